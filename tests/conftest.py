"""What all tests share: no settings of anybody, and marks by folder."""

import asyncio
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.fakes.managers import ipykernel
from tests.fakes.provisioner import offer, stop_all
from tests.fakes.server import EXTENSIONS, Desk

TESTS = Path(__file__).parent

UNSET = (
    "JUPYTER_PATH",
    "JUPYTER_TOKEN",
    "JUPYTER_GATEWAY_URL",
    # A process of pytest-xdist has a terminal's size in its environment, but no terminal.
    "COLUMNS",
    "LINES",
)

NOT_NEEDED = ("jupyterlab", "jupyter_lsp", "notebook", "notebook_shim")
"""Extensions that only browsers need. They take more than half of a server's start."""

os.environ.setdefault("JUPYTER_PLATFORM_DIRS", "1")

# A busy machine makes an example slow, not wrong.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark tests by the folder they are in, and skip what this run leaves out."""
    long_run = bool(os.environ.get("JCB_LONG"))
    for item in items:
        if not item.path.is_relative_to(TESTS):
            continue
        for room in ("acceptance", "browser"):
            if room in item.path.relative_to(TESTS).parts:
                item.add_marker(room)
        if item.get_closest_marker("long") and not long_run:
            item.add_marker(pytest.mark.skip(reason="takes minutes: set JCB_LONG=1"))
    if hasattr(config, "workerinput"):
        # Processes that run files at once begin with the slow ones, so that they end together.
        slow = {item.path for item in items if item.get_closest_marker("slow")}
        items.sort(key=lambda item: item.path not in slow)


@pytest.fixture
def ipykernel6_python() -> str:
    """The Python of an environment with ipykernel 6.31, the previous major version."""
    path = os.environ.get("JCB_IPYKERNEL6_PYTHON")
    if not path:
        pytest.skip(
            "no environment with ipykernel 6: set JCB_IPYKERNEL6_PYTHON, as scripts/test does"
        )
    return path


@pytest.fixture(scope="session", autouse=True)
def nobodys_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the settings of whoever runs the tests out of the servers and kernels they start."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
            patch.setenv(name, str(home / name.lower()))
        for name in UNSET:
            patch.delenv(name, raising=False)
        switches = home / "switches" / "jupyter_server_config.d"
        switches.mkdir(parents=True)
        off = {"ServerApp": {"jpserver_extensions": dict.fromkeys(NOT_NEEDED, False)}}
        (switches / "not_needed.json").write_text(json.dumps(off))
        patch.setenv("JUPYTER_CONFIG_PATH", str(switches.parent))
        yield


@pytest.fixture(autouse=True)
def jp_server_cleanup(request: pytest.FixtureRequest) -> None:
    """
    Clean up after a test's server, if it had one.

    pytest-jupyter's own, which this replaces, makes a whole server after every
    test only to stop it.
    """
    if "jp_configurable_serverapp" in request.fixturenames:
        request.getfixturevalue("jp_server_cleanup")


@pytest.fixture
def jp_server_config(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The settings of a server in this process, with the broker on. A parameter adds to them."""
    return {**EXTENSIONS, **getattr(request, "param", {})}


@pytest.fixture
def in_process_kernels(
    jp_environ: None, jp_data_dir: Path, jp_asyncio_loop: asyncio.AbstractEventLoop
) -> Iterator[None]:
    """Let kernel managers start kernels in this process."""
    offer(jp_data_dir)
    yield

    async def stopped() -> None:
        stop_all()

    jp_asyncio_loop.run_until_complete(stopped())


@pytest.fixture
def desk(
    in_process_kernels: None,
    jp_serverapp: Any,
    jp_fetch: Any,
    jp_ws_fetch: Any,
    jp_asyncio_loop: asyncio.AbstractEventLoop,
) -> Iterator[Desk]:
    """A server in this process with the broker, and kernels for it."""
    desk = Desk(jp_serverapp, jp_fetch, jp_ws_fetch)
    yield desk
    jp_asyncio_loop.run_until_complete(desk.close())


@pytest.fixture(scope="session")
def real_kernel(nobodys_settings: None) -> Iterator[Mapping[str, Any]]:
    """A real ipykernel, for links and for the contract tests of the fake kernel."""
    with ipykernel() as info:
        yield info
