"""One comm: its state follows, what changed is lit, messages are sent, answered and recorded."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ..server import Server
from .conftest import Boards
from .kernels import Notebook
from .one_comm import OneComm, model_id

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

SLIDER = "import ipywidgets as w; s = w.IntSlider(description='depth'); box = w.VBox([s])"


@pytest.fixture
def notebook(notebooks: Callable[..., Notebook]) -> Notebook:
    """A kernel with a slider in a box."""
    found = notebooks("one comm.ipynb")
    found.run(SLIDER)
    return found


@pytest.fixture
def slider(hub: Server, notebook: Notebook, boards: Boards) -> OneComm:
    """The slider's page, which is closed before its kernel ends."""
    one = OneComm(boards(hub), notebook, model_id(hub, notebook, "IntSliderModel"))
    one.open()
    one.board.wait_until(lambda: "0" in one.value("value"), 20, "the state")
    return one


def test_its_state_follows_and_what_changed_is_lit(slider: OneComm, notebook: Notebook) -> None:
    board = slider.board
    assert "one comm.ipynb" in board.said
    assert "jupyter.widget" in board.said
    assert slider.row("value").get_attribute("data-lit") is None
    notebook.run("s.value = 37")
    board.wait_until(lambda: "37" in slider.value("value"), 10, "the new value")
    assert slider.row("value").get_attribute("data-lit") is not None
    assert slider.row("max").get_attribute("data-lit") is None
    assert "Last change" in slider.part("State").inner_text()
    notebook.run("s.max = 50")
    board.wait_until(lambda: slider.row("max").get_attribute("data-lit"), 10, "the next change")
    assert slider.row("value").get_attribute("data-lit") is None, "only the last change is lit"


def test_nothing_moves_for_who_wants_no_motion(slider: OneComm, notebook: Notebook) -> None:
    page = slider.page
    lights = "document.getAnimations().filter((each) => each.effect.target.dataset.path).length"
    notebook.run("s.value = 5")
    slider.board.wait_until(lambda: page.evaluate(lights), 10, "it fades")
    page.emulate_media(reduced_motion="reduce")
    page.wait_for_timeout(2500)
    notebook.run("s.value = 6")
    slider.board.wait_until(lambda: "6" in slider.value("value"), 10, "the new value")
    assert slider.row("value").get_attribute("data-lit") is not None, "it is marked all the same"
    assert page.evaluate(lights) == 0


def test_the_tree_is_walked_by_keyboard_searched_and_copied(
    slider: OneComm, notebook: Notebook
) -> None:
    page, focused = slider.page, "document.activeElement.dataset.path"
    slider.row("value").focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focused) == '["description"]'
    notebook.run("s.value = 12")
    slider.board.wait_until(lambda: "12" in slider.value("value"), 10, "the new value")
    assert page.evaluate(focused) == '["description"]', "an update took the focus away"
    page.keyboard.press("Enter")
    chosen = slider.part("Chosen value")
    assert "depth" in chosen.inner_text()
    slider.button("Copy value").click()
    clipboard = "navigator.clipboard.readText()"
    slider.board.wait_until(lambda: page.evaluate(clipboard) == "depth", 10, "the copy")
    slider.button("Copy path").click()
    slider.board.wait_until(lambda: page.evaluate(clipboard) == "description", 10, "the path")
    slider.page.get_by_label("Search names and values").fill("DEPTH")
    slider.board.wait_until(
        lambda: slider.part("State").get_by_role("treeitem").count() == 1, 10, "one match"
    )
    slider.page.get_by_label("Search names and values").fill("nothing has this")
    slider.board.wait_until(lambda: "Nothing in it matches" in slider.board.said, 10, "none")


def test_related_widgets_are_links(slider: OneComm) -> None:
    related = slider.part("Related widgets")
    assert "LayoutModel" in related.inner_text()
    related.get_by_role("link", name="VBoxModel").click()
    heading = slider.page.get_by_role("heading", level=1)
    slider.board.wait_until(lambda: "VBoxModel" in heading.inner_text(), 10, "the box")
    slider.board.wait_until(lambda: slider.row("children").count(), 10, "its state")
    slider.row("children").click()
    slider.row("children", 0).get_by_role("link").click()
    slider.board.wait_until(lambda: "IntSliderModel" in heading.inner_text(), 10, "back again")
    slider.page.go_back()
    slider.board.wait_until(lambda: "VBoxModel" in heading.inner_text(), 10, "the back button")


def test_a_message_is_checked_sent_and_answered(slider: OneComm, notebook: Notebook) -> None:
    send = slider.part("Send a message")
    slider.type('{"method": "update",\n "state": {"value": 42,}}')
    slider.board.wait_until(lambda: "Line 2, column 24" in send.inner_text(), 10, "the mistake")
    assert slider.why_off("Send") == "First put the JSON right."
    slider.type({"method": "update", "state": {"value": 42}})
    slider.button("Send").click()
    slider.board.wait_until(lambda: "Done" in send.inner_text(), 20, "the answer")
    assert notebook.value("s.value") == "42"
    slider.board.wait_until(lambda: "42" in slider.value("value"), 10, "the new value")
    assert "echo_update" in send.inner_text()
    options = send.get_by_label("Begin with").locator("option").all_inner_texts()
    assert any(each.startswith("Sent from here") for each in options)
    slider.board.picture("one-comm")


def test_errors_and_output_of_the_kernel_are_shown(slider: OneComm, notebook: Notebook) -> None:
    notebook.run("def fail(widget, content, buffers):\n    print('heard', content)\n    1 / 0")
    notebook.run("s.on_msg(fail)")
    slider.type({"method": "custom", "content": {"a": 1}})
    slider.button("Send").click()
    send = slider.part("Send a message")
    slider.board.wait_until(lambda: "heard" in send.inner_text(), 20, "what was printed")
    assert "ZeroDivisionError" in send.inner_text()


def test_it_says_behind_what_a_message_waits(slider: OneComm, notebook: Notebook) -> None:
    notebook.begin("import time; time.sleep(60)")
    send = slider.part("Send a message")
    slider.board.wait_until(lambda: "The kernel is busy" in send.inner_text(), 20, "a warning")
    slider.type({"method": "update", "state": {"value": 3}})
    slider.button("Send").click()
    slider.board.wait_until(
        lambda: "queued behind what the kernel runs" in send.inner_text(), 20, "behind what"
    )
    slider.button("Wait no longer").click()
    send.get_by_label("Then").select_option("none")
    slider.button("Send").click()
    slider.board.wait_until(lambda: "On its way" in send.inner_text(), 20, "it is on its way")
    assert "queued behind what the kernel runs" in send.inner_text()
    notebook.interrupt()
    slider.board.wait_until(lambda: "3" in slider.value("value"), 20, "it came in the end")


def test_messages_are_recorded_in_both_directions(slider: OneComm, notebook: Notebook) -> None:
    messages = slider.part("Messages")
    assert "Nothing is recorded" in messages.inner_text()
    slider.button("Record").click()
    slider.board.wait_until(
        lambda: "the server keeps the last" in messages.inner_text(), 10, "it is on"
    )
    assert "for all users who may read comms" in messages.inner_text()
    notebook.run("s.value = 71")
    slider.type({"method": "update", "state": {"value": 72}})
    slider.button("Send").click()
    rows = messages.locator("li[data-side]")
    slider.board.wait_until(lambda: "72" in messages.inner_text(), 20, "what was sent")
    assert "71" in messages.inner_text()
    sides = {row.get_attribute("data-side") for row in rows.all()}
    assert sides == {"kernel", "frontend"}
    messages.get_by_role("button", name="From pages").click()
    slider.board.wait_until(
        lambda: {row.get_attribute("data-side") for row in rows.all()} == {"frontend"}, 10, "one"
    )
    rows.last.get_by_role("button").click()
    slider.board.wait_until(
        lambda: messages.get_by_role("treeitem", name="value").count(), 10, "the payload"
    )
    slider.page.evaluate("scrollTo(0, 0)")
    slider.board.picture("one-comm-messages", whole=True)
    messages.get_by_role("button", name="Both").click()
    messages.get_by_role("button", name="Pause").click()
    before = rows.count()
    notebook.run("s.value = 80")
    slider.board.wait_until(
        lambda: messages.get_by_role("button", name="new").count(), 10, "new ones are counted"
    )
    assert rows.count() == before
    slider.button("Stop recording").click()
    slider.board.wait_until(lambda: "was switched off" in messages.inner_text(), 10, "off")
