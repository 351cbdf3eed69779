"""A terminal into which the examples of one page are typed, one after the other."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.docs.fences import Example, shows

PATIENCE = 300
"""Seconds for one page: of a calm machine it takes some, of a busy one very many."""

MARK = "=== that was line"

END = "kill $(jobs -p) 2>/dev/null; wait"
"""What a person does in the end: who started a server ends it, also after a failure."""


def typed(examples: Sequence[Example], folder: Path) -> dict[int, str]:
    """
    Run examples in one shell, each only if those before it did what they should.

    Returns:
        what each printed, by its line; the output of the last one is all that there was.
    """
    script = [f"trap {shlex.quote(END)} EXIT", "set -e"]
    for each in examples:
        script += _lines(each, folder)
    (folder / "page.sh").write_text("\n".join(script))
    with (folder / "printed.txt").open("w+") as printed:
        process = subprocess.Popen(
            ["bash", "page.sh"],  # noqa: S607 - the page says bash, so it is the one people have
            cwd=folder,
            env=_own(folder),
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)
        printed.seek(0)
        return _by_line(printed.read())


def wrong(examples: Sequence[Example], printed: Mapping[int, str]) -> str:
    """Return what differs from the page; empty if nothing does."""
    for each in examples:
        if each.line not in printed:
            return f"line {each.line} was not reached"
        text, _, code = printed[each.line].rpartition("exit ")
        if code.strip() != str(each.exit_code):
            return f"line {each.line}: exit code {code.strip() or 'unknown'}, after:\n{text}"
        if each.output is not None and not shows(each.output, text):
            return f"line {each.line} should print:\n{each.output}\nand printed:\n{text}"
    return ""


def _lines(example: Example, folder: Path) -> list[str]:
    name = example.file_name
    if name is None:
        name = f"line{example.line}.{'sh' if example.language == 'bash' else 'py'}"
        how = f". ./{name}" if example.language == "bash" else f"python {name}"
    else:
        how = "true"
    (folder / "typed").mkdir(exist_ok=True)
    (folder / "typed" / name).write_text(example.text)
    # A page may save several versions of one file: each appears when its block is reached.
    run = [f"echo; echo '{MARK} {example.line}'", f"cp typed/{name} {name}"]
    if example.exit_code:
        # Without -e the code is that of its last command.
        return [*run, "set +e", how, 'echo "exit $?"', "set -e"]
    return [*run, how, 'echo "exit $?"']


def _by_line(printed: str) -> dict[int, str]:
    found = {}
    for part in printed.split(MARK)[1:]:
        line, _, text = part.partition("\n")
        found[int(line)] = text
    return found


def _own(folder: Path) -> dict[str, str]:
    """Return the environment of a person who has only the project and a home."""
    hidden = ("JUPYTER_", "JCB_", "PYTHON", "IPYTHON", "VIRTUAL_ENV", "PYTEST")
    kept = {name: text for name, text in os.environ.items() if not name.startswith(hidden)}
    config = folder / "config"
    config.mkdir(exist_ok=True)
    # As after the tutorial's installation: no other extension, each of which takes its time.
    others = dict.fromkeys(("jupyterlab", "jupyter_lsp", "notebook", "notebook_shim"), False)
    settings = {"ServerApp": {"allow_root": True, "jpserver_extensions": others}}
    (config / "jupyter_server_config.json").write_text(json.dumps(settings))
    return {
        **kept,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}",
        "HOME": str(folder),
        "JUPYTER_CONFIG_DIR": str(config),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "JUPYTER_PLATFORM_DIRS": "1",
        # What a page installs goes into its own folder, and stays out of this environment.
        "PIP_TARGET": str(folder / "installed"),
        # Old pips cannot isolate a build beside a target. It says "build isolation: no".
        "PIP_NO_BUILD_ISOLATION": "0",
        "PYTHONPATH": str(folder / "installed"),
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
