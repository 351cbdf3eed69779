"""A comm that is closed from the page or elsewhere, kernels and servers that end, unknown ids."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ..server import Server
from .board import NOT_THERE
from .conftest import Boards
from .kernels import Notebook
from .one_comm import OneComm, model_id

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.fixture
def notebook(notebooks: Callable[..., Notebook]) -> Notebook:
    """A kernel with a slider."""
    found = notebooks("ending.ipynb")
    found.run("import ipywidgets as w; s = w.IntSlider(value=64)")
    return found


@pytest.fixture
def slider(hub: Server, notebook: Notebook, boards: Boards) -> OneComm:
    """The slider's page, which is closed before its kernel ends."""
    one = OneComm(boards(hub), notebook, model_id(hub, notebook, "IntSliderModel"))
    one.open()
    one.board.wait_until(lambda: "64" in one.value("value"), 20, "the state")
    return one


def settle(one: OneComm) -> None:
    """Let the last answers come, which rightly say that it is not there, and nothing else."""
    one.page.wait_for_timeout(2500)
    one.board.forgive(*NOT_THERE)


def test_it_is_closed_after_a_question(slider: OneComm, notebook: Notebook) -> None:
    slider.button("Close comm").click()
    dialog = slider.page.get_by_role("dialog")
    assert "Close IntSliderModel?" in dialog.inner_text()
    assert slider.board.complaints() == []
    slider.button("Keep it").click()
    assert notebook.value("s.comm._closed") == "False"
    slider.button("Close comm").click()
    slider.button("Close it").click()
    slider.board.wait_until(lambda: "This comm was closed" in slider.board.said, 10, "it says so")
    slider.board.wait_until(
        lambda: notebook.value("s.comm._closed") == "True", 10, "the kernel has heard of it"
    )
    assert slider.why_off("Close comm") == "This comm is closed."
    assert slider.why_off("Send") == "This comm is closed."
    settle(slider)


def test_it_is_closed_under_ones_eyes(slider: OneComm, notebook: Notebook) -> None:
    notebook.run("s.close()")
    slider.board.wait_until(
        lambda: "This comm was closed by the kernel at" in slider.board.said, 10, "it says so"
    )
    assert "64" in slider.value("value"), "the last state is still shown"
    slider.board.picture("one-comm-closed")
    assert slider.board.complaints() == []
    settle(slider)


def test_its_kernel_dies(slider: OneComm, notebook: Notebook) -> None:
    notebook.kill()
    slider.board.wait_until(
        lambda: "This page shows its last known state" in slider.board.said, 60, "it says so"
    )
    assert "64" in slider.value("value"), "the last state is still shown"
    settle(slider)


def test_an_unknown_one_says_what_to_do(hub: Server, notebook: Notebook, boards: Boards) -> None:
    one = OneComm(boards(hub), notebook, "nobody-has-this")
    one.open()
    one.board.wait_until(lambda: "There is no such comm" in one.board.said, 20, "it says so")
    assert one.board.complaints() == []
    one.board.picture("one-comm-unknown")
    one.page.get_by_role("link", name="Show the open comms").click()
    assert f"kernel={notebook.kernel_id}" in one.page.url
    settle(one)


def test_who_may_only_look_is_told_so(hub: Server, notebook: Notebook, boards: Boards) -> None:
    one = OneComm(boards(hub), notebook, model_id(hub, notebook, "IntSliderModel"))
    only = {"identity": {}, "permissions": {"comms": ["read"]}}
    one.page.route("**/api/me*", lambda route: route.fulfill(json=only))
    one.open()
    one.board.wait_until(lambda: "64" in one.value("value"), 20, "the state")
    assert "no write permission" in one.why_off("Send")
    assert "no write permission" in one.why_off("Record")
    assert "no execute permission" in one.why_off("Close comm")


@pytest.fixture
def own(chromium: Browser, tmp_path: Path) -> Iterator[Server]:
    """A server that a case may stop and start."""
    server = Server(tmp_path / "server", "broker")
    with server:
        yield server


def test_a_restarted_server_is_found_again_without_a_load(own: Server, boards: Boards) -> None:
    notebook = Notebook(own, "before.ipynb")
    notebook.run("import ipywidgets as w; s = w.IntSlider(value=64)")
    one = OneComm(boards(own), notebook, model_id(own, notebook, "IntSliderModel"))
    one.open()
    one.board.wait_until(lambda: "64" in one.value("value"), 20, "the state")
    one.page.evaluate("window.__same = true")
    own.stop()
    one.board.wait_until(lambda: one.board.connection == "lost", 30, "the page says so")
    assert "64" in one.value("value"), "the last state is still shown"
    own.start()
    one.board.wait_until(lambda: one.board.connection == "live", 30, "the page is live again")
    one.board.wait_until(
        lambda: "This page shows its last known state" in one.board.said, 30, "its kernel is gone"
    )
    assert one.page.evaluate("window.__same"), "the page was loaded anew"
    one.board.forgive("net::ERR_", "Failed to load resource")


def test_a_lost_connection_makes_up_for_what_was_missed(
    slider: OneComm, notebook: Notebook
) -> None:
    slider.page.context.set_offline(True)
    slider.page.evaluate("window.__same = true")
    notebook.run("s.value = 13")
    slider.page.wait_for_timeout(1000)
    slider.page.context.set_offline(False)
    slider.board.wait_until(lambda: "13" in slider.value("value"), 60, "what was missed")
    assert slider.page.evaluate("window.__same"), "the page was loaded anew"
    slider.board.forgive("net::ERR_", "Failed to load resource")
