"""A server below a base_url, notebooks and pages. What a case leaves is cleared away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from jupyter_comm_broker.errors import ServerRefusedError

from ..conftest import FAILED
from ..server import Server
from .board import Board
from .kernels import Notebook

if TYPE_CHECKING:
    from playwright.sync_api import Browser

BASE_URL = "/user/anna/"
"""As JupyterHub gives its users one."""


class Boards(Protocol):
    """Opens pages."""

    def __call__(self, server: Server, *, dark: bool = False, phone: bool = False) -> Board: ...


@pytest.fixture(scope="package")
def hub(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server below a base_url."""
    server = Server(tmp_path_factory.mktemp("dashboard") / "server", "broker", BASE_URL)
    with server:
        yield server


@pytest.fixture(scope="package")
def pictures(artefacts: Path) -> Path:
    """Where screenshots are kept."""
    folder = artefacts.parent / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def boards(request: pytest.FixtureRequest, chromium: Browser, pictures: Path) -> Iterator[Boards]:
    """Open pages that are closed afterwards, without an error or anything forbidden in them."""
    opened: list[Board] = []

    def open_one(server: Server, *, dark: bool = False, phone: bool = False) -> Board:
        opened.append(Board(chromium, server, pictures, dark=dark, phone=phone))
        return opened[-1]

    yield open_one
    failed = request.node.stash.get(FAILED, False)
    for number, board in enumerate(opened):
        if failed:
            board.picture(f"failed-{request.node.name}-{number}", whole=True)
        errors, violations = board.errors, board.violations
        board.close()
        assert (errors, violations) == ([], []) or failed


@pytest.fixture
def notebooks(hub: Server) -> Iterator[Callable[..., Notebook]]:
    """Start notebooks, whose kernels end with the case."""
    started: list[Notebook] = []

    def start(path: str, server: Server | None = None) -> Notebook:
        started.append(Notebook(server or hub, path))
        return started[-1]

    yield start
    for notebook in started:
        # The case may have ended it, or its server.
        with suppress(ServerRefusedError, ConnectionError):
            notebook.shut_down()
