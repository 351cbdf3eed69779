"""Chromium, the two servers, and a desk for each case. Screenshots are kept as artefacts."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from jupyter_comm_broker.testing.server import Subject

from .desk import Desk
from .proxy import Proxy
from .reloading import Undisturbed
from .server import NOTIFICATIONS, Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

CHROMIUM = Path(os.environ.get("JCB_CHROMIUM", "/usr/bin/chromium"))

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

FAILED: pytest.StashKey[bool] = pytest.StashKey()


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, also if only this folder is run."""
    config.addinivalue_line("markers", "browser: a case in a real Chromium")


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Note a failure on the item, so that the desk keeps its evidence."""
    if call.excinfo is not None and call.when == "call":
        item.stash[FAILED] = True


def _missing(what: str) -> NoReturn:
    if os.environ.get("JCB_REQUIRE_BROWSER") == "1":
        pytest.fail(f"JCB_REQUIRE_BROWSER=1, but {what}", pytrace=False)
    pytest.skip(what)


@pytest.fixture
def jp_asyncio_loop() -> None:
    """Keep pytest-jupyter's loop away. It would take Playwright's own loop, and close it."""


@pytest.fixture(scope="package", autouse=True)
def with_frontends() -> Iterator[None]:
    """Leave JupyterLab and Notebook on in the servers of this folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("JUPYTER_CONFIG_PATH")
        yield


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Playwright's own process. It ends with the last test of this folder."""
    if not CHROMIUM.exists():
        _missing(f"there is no {CHROMIUM}: install Debian's chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _missing("the package playwright is not installed")
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="package")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """One headless Chromium for all cases."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
    yield browser
    browser.close()


def _serve(tmp_path_factory: pytest.TempPathFactory, subject: Subject) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp(subject) / "server", subject)
    with server:
        # No question about news in the way of the cases.
        server.configure(NOTIFICATIONS, {"fetchNews": "false", "checkForUpdates": False})
        yield server


@pytest.fixture(scope="package")
def stock(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server to compare with: the extension is off."""
    for server in _serve(tmp_path_factory, "stock"):
        assert server.self_check() is None
        yield server


@pytest.fixture(scope="package")
def subject(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """
    The server under test: with the broker in the path.

    With ``JCB_BROWSER_SUBJECT=stock`` a stock one takes its place: a way to see which of the
    cases fail without the broker.
    """
    kind: Subject = "stock" if os.environ.get("JCB_BROWSER_SUBJECT") == "stock" else "broker"
    for server in _serve(tmp_path_factory, kind):
        if kind == "broker":
            said = server.self_check()
            assert said is not None, "the server knows nothing of a broker"
            assert said["in_path"], said["reason"]
        yield server


@pytest.fixture(scope="package")
def artefacts(pytestconfig: pytest.Config) -> Path:
    """The folder of screenshots and figures."""
    named = os.environ.get("JCB_ARTEFACTS")
    folder = (Path(named) if named else pytestconfig.rootpath / "artefacts") / "browser"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="package")
def all_figures(artefacts: Path) -> Iterator[dict[str, Any]]:
    """The measures of all cases. They are written to ``figures.json`` at the end."""
    figures: dict[str, Any] = {}
    yield figures
    (artefacts / "figures.json").write_text(json.dumps(figures, indent=2) + "\n")


def _case(request: pytest.FixtureRequest) -> str:
    # Becomes part of file names and addresses: no brackets.
    name: str = request.node.name
    return re.sub(r"\W+", "-", name.removeprefix("test_")).strip("-")


@pytest.fixture
def figures(request: pytest.FixtureRequest, all_figures: dict[str, Any]) -> dict[str, Any]:
    """The measures of this case."""
    mine: dict[str, Any] = all_figures.setdefault(_case(request), {})
    return mine


@pytest.fixture
def desk(request: pytest.FixtureRequest, chromium: Browser, artefacts: Path) -> Iterator[Desk]:
    """The desk of a case. It is cleared afterwards, but a failure's evidence is kept."""
    desk = Desk(chromium, artefacts, _case(request))
    yield desk
    desk.clear(failed=request.node.stash.get(FAILED, False))


@pytest.fixture(scope="package")
def undisturbed(chromium: Browser, artefacts: Path, stock: Server) -> Iterator[Undisturbed]:
    """What notebooks look like at the end if nobody reloads."""
    desk = Desk(chromium, artefacts, "undisturbed")
    yield Undisturbed(desk, stock)
    desk.clear(failed=False)


@pytest.fixture
def proxy(subject: Server) -> Iterator[Proxy]:
    """The proxy between page and server."""
    proxy = Proxy(subject.port)
    proxy.start()
    yield proxy
    proxy.close()
