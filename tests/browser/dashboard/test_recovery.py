"""A server that goes away, a login that ends: the page says so and recovers without a reload."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ..server import Server
from .board import Board
from .conftest import Boards
from .kernels import Notebook

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

SAME_PAGE = "window.__same = true"


@pytest.fixture
def own(chromium: Browser, tmp_path: Path) -> Iterator[Server]:
    """A server that a case may stop and start."""
    server = Server(tmp_path / "server", "broker")
    with server:
        yield server


def test_a_restarted_server_is_waited_for(own: Server, boards: Boards) -> None:
    before = Notebook(own, "before.ipynb")
    before.run("import ipywidgets as w; s = w.IntSlider()")
    board = boards(own)
    board.open()
    board.wait_until(lambda: "before.ipynb" in board.said, 20, "the kernel is there")
    board.page.evaluate(SAME_PAGE)
    own.stop()
    board.wait_until(lambda: "The server does not answer." in board.said, 20, "the page says so")
    assert board.connection == "lost"
    assert "before.ipynb" in board.said, "what was known is still shown"
    board.picture("server-away")
    own.start()
    board.wait_until(lambda: board.connection == "live", 30, "the page is live again")
    board.wait_until(lambda: "before.ipynb" not in board.said, 10, "the old kernel is gone")
    after = Notebook(own, "after.ipynb")
    after.run("import ipywidgets as w; s = w.IntSlider()")
    board.wait_until(lambda: "after.ipynb" in board.said, 20, "the new kernel is there")
    board.wait_until(
        lambda: "3 comms" in board.kernel(after.kernel_id).inner_text(), 10, "its comms are there"
    )
    assert board.page.evaluate("window.__same"), "the page was loaded anew"
    board.forgive("net::ERR_", "Failed to load resource")


def sign_in_leads_to(board: Board) -> str:
    """Where the server sends who follows the link, without leaving the page."""
    link = board.page.get_by_role("link", name="Sign in").get_attribute("href")
    origin = board.page.url.partition("/comm-broker")[0]
    answer = board.page.context.request.get(f"{origin}{link}", max_redirects=0)
    assert answer.status == 302
    return answer.headers["location"]


def test_a_login_that_ended_is_told_of_and_waited_for(own: Server, boards: Boards) -> None:
    board = boards(own)
    board.open()
    board.page.evaluate(SAME_PAGE)
    cookies = board.page.context.cookies()
    board.page.context.clear_cookies()
    board.wait_until(lambda: board.connection == "signed out", 30, "the page says so")
    assert "You are signed out." in board.said
    assert sign_in_leads_to(board) == "/login?next=%2Fcomm-broker"
    board.page.context.add_cookies([{**each} for each in cookies])  # type: ignore[typeddict-item]
    board.wait_until(lambda: board.connection == "live", 20, "the page is live again")
    assert board.page.evaluate("window.__same"), "the page was loaded anew"
    board.forgive("Failed to load resource")
