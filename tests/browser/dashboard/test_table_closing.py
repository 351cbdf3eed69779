"""Closing many comms from the table: left-overs close, used widgets work, the rest says why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ..server import Server
from .board import NOT_THERE
from .conftest import Boards
from .kernels import Notebook
from .table import OPENED, Table

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

Notebooks = Callable[..., Notebook]

RULES = """
from jupyter_server.auth import Authorizer


class Rules(Authorizer):
    def is_authorized(self, handler, user, action, resource):
        return not (resource == "comms" and action == "execute")


c.ServerApp.authorizer_class = Rules
"""


def test_left_overs_of_a_cell_that_ran_ten_times(
    hub: Server, boards: Boards, notebooks: Notebooks
) -> None:
    """30 comms show, the 27 that are older than the last run go, the last 3 work."""
    notebook = notebooks("left overs.ipynb")
    notebook.run("import ipywidgets as w; kept = []")
    for _ in range(10):
        notebook.run("s = w.IntSlider(); kept.append(s)")
    table = Table(boards(hub), "sort=age")
    table.wait_for(30)
    told = ("jupyter.widget", "left overs.ipynb", "none")
    table.board.wait_until(lambda: all(each in table.board.said for each in told), 10, "its facts")
    on_screen = set(table.ids()[:3])
    table.press("ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "Shift+End")
    assert "27 selected" in table.board.said
    table.board.picture("table-left-overs")
    table.page.get_by_role("button", name="Close 27 comms…").click()
    dialog = table.page.get_by_role("dialog")
    table.board.wait_until(lambda: dialog.locator("[data-going]").count() == 27, 20, "the list")
    assert table.rows == 30, "nothing is closed by a look"
    table.board.picture("table-close-question")
    assert table.board.complaints() == []
    dialog.get_by_role("button", name="Close 27 comms").click()
    table.wait_for(3)
    table.board.wait_until(lambda: "27 comms closed." in table.board.said, 10, "it says so")
    assert not dialog.count()
    assert set(table.ids()) == on_screen
    listed = hub.rest("GET", f"/api/kernels/{notebook.kernel_id}/comms")
    assert {each["comm_id"] for each in listed["comms"]} == on_screen
    assert notebook.value("len(__import__('comm').get_comm_manager().comms)") == "3"
    slider = next(
        each["comm_id"]
        for each in listed["comms"]
        if "Slider" in each["model"]["name"] and "Style" not in each["model"]["name"]
    )
    state = {"method": "update", "state": {"value": 42}, "buffer_paths": []}
    path = f"/api/kernels/{notebook.kernel_id}/comms/{slider}/messages"
    hub.rest("POST", path, {"data": state})
    table.board.wait_until(lambda: notebook.value("s.value") == "42", 10, "the last one works")


def test_what_others_need_stays_and_says_so(
    hub: Server, boards: Boards, notebooks: Notebooks
) -> None:
    notebooks("needed.ipynb").run(
        OPENED
        + "s = opened('SliderModel', 'slider', layout='IPY_MODEL_layout')\n"
        + "l = opened('LayoutModel', 'layout'); o = opened('OtherModel', 'other')"
    )
    table = Table(boards(hub), "sort=id")
    table.wait_for(3)
    table.press("ArrowDown", "Space", "ArrowDown", "Space")
    table.page.get_by_role("button", name="Close 2 comms…").click()
    dialog = table.page.get_by_role("dialog")
    table.board.wait_until(lambda: "Close 1 comm?" in dialog.inner_text(), 20, "one can go")
    stays = dialog.locator('[data-staying="layout"]')
    assert "SliderModel" in stays.inner_text()
    assert "needs it" in stays.inner_text()
    table.board.picture("table-close-held")
    table.page.keyboard.press("Escape")
    table.board.wait_until(lambda: not dialog.count(), 5, "Escape leaves all as it is")
    assert table.rows == 3
    assert "2 selected" in table.board.said
    table.page.get_by_role("button", name="Close 2 comms…").click()
    dialog.get_by_role("button", name="Close 1 comm", exact=True).click()
    table.wait_for(2)
    assert set(table.ids()) == {"slider", "layout"}
    # The other way round: what nothing else uses can go along, where somebody wants that.
    table.press("Escape", "End", "Space")
    table.page.get_by_role("button", name="Close 1 comm…").click()
    table.board.wait_until(lambda: "Close 1 comm?" in dialog.inner_text(), 20, "the slider alone")
    dialog.get_by_role("checkbox", name="Also close what only these use: 1 comm").click()
    table.board.wait_until(lambda: "Close 2 comms?" in dialog.inner_text(), 20, "its layout too")
    assert table.board.complaints() == []
    table.board.picture("table-close-along")
    dialog.get_by_role("button", name="Close 2 comms", exact=True).click()
    table.board.wait_until(
        lambda: "No comm is open on this server" in table.board.said, 20, "both are closed"
    )


def test_a_kernel_that_died_meanwhile_is_told_of(
    hub: Server, boards: Boards, notebooks: Notebooks
) -> None:
    notebook = notebooks("dies.ipynb")
    notebook.run(OPENED + "a = opened('AModel')")
    table = Table(boards(hub))
    table.wait_for(1)
    table.press("Control+a")
    table.page.get_by_role("button", name="Close 1 comm…").click()
    dialog = table.page.get_by_role("dialog")
    table.board.wait_until(lambda: "Close 1 comm?" in dialog.inner_text(), 20, "the question")
    notebook.shut_down()
    dialog.get_by_role("button", name="Close 1 comm", exact=True).click()
    table.board.wait_until(lambda: "Nothing was closed" in dialog.inner_text(), 20, "what became")
    assert "The kernel is gone" in dialog.inner_text()
    dialog.get_by_role("button", name="Done").click()
    table.board.wait_until(
        lambda: "No comm is open on this server" in table.board.said, 20, "the table knows"
    )
    table.board.forgive(*NOT_THERE)


@pytest.fixture
def ruled(chromium: Browser, tmp_path: Path) -> Iterator[Server]:
    """A server on which nobody may open or close comms."""
    server = Server(tmp_path / "server", "broker", config=RULES)
    with server:
        yield server


def test_who_may_not_close_finds_the_button_off_with_the_reason(
    ruled: Server, boards: Boards
) -> None:
    Notebook(ruled, "seen.ipynb").run(OPENED + "a = opened('AModel')")
    table = Table(boards(ruled))
    table.wait_for(1)
    table.press("ArrowDown", "Space")
    button = table.page.get_by_role("button", name="Close 1 comm…")
    assert button.get_attribute("aria-disabled") == "true"
    button.focus()
    reason = table.page.get_by_role("tooltip")
    assert reason.is_visible()
    assert "no execute permission" in reason.inner_text()
    table.board.picture("table-may-not-close")
    button.click(force=True)
    assert not table.page.get_by_role("dialog").count()
