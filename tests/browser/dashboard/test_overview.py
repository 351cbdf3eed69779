"""The overview shows new kernels and comms at once, with notebook names and running times."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ..server import Server
from .conftest import Boards
from .kernels import Notebook

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

Notebooks = Callable[..., Notebook]


def test_a_widget_shows_at_once_under_its_notebooks_name(
    hub: Server, boards: Boards, notebooks: Notebooks, figures: dict[str, Any]
) -> None:
    board = boards(hub)
    board.open()
    board.wait_until(
        lambda: "No kernel is running" in board.said, 10, "an empty page says what to do"
    )
    notebook = notebooks("climate model.ipynb")
    card = board.kernel(notebook.kernel_id)
    board.wait_until(lambda: card.count(), 10, "the kernel is there")
    notebook.run("import ipywidgets as w")
    board.wait_until(lambda: "No comms" in card.inner_text(), 10, "it has no comms")
    notebook.run("s = w.IntSlider()")
    seconds = board.wait_until(lambda: "3 comms" in card.inner_text(), 10, "the slider's comms")
    figures["seconds until an opened widget shows"] = seconds
    board.wait_until(lambda: "climate model.ipynb" in card.inner_text(), 5, "the name")
    assert "python" in card.inner_text()
    assert "In the path" in board.said
    notebook.run("s.close()")
    board.wait_until(lambda: "2 comms" in card.inner_text(), 10, "the slider is gone")


def test_it_says_what_runs_and_for_how_long_and_what_passes(
    hub: Server, boards: Boards, notebooks: Notebooks
) -> None:
    notebook = notebooks("training.ipynb")
    notebook.run("import ipywidgets as w, time; p = w.IntProgress(max=10**6)")
    board = boards(hub)
    board.open()
    card = board.kernel(notebook.kernel_id)
    board.wait_until(lambda: "Idle" in card.inner_text(), 10, "it is idle")
    notebook.begin("for i in range(600):\n    p.value = i\n    time.sleep(0.05)")
    board.wait_until(lambda: "Busy for" in card.inner_text(), 10, "it is busy")

    def busy_for() -> str:
        return card.inner_text().partition("Busy for ")[2].partition("\n")[0]

    first = busy_for()
    board.wait_until(lambda: busy_for() not in ("", first), 10, "the time goes on")
    traffic = board.page.get_by_role("img", name="Messages per second")
    label = traffic.get_attribute
    board.wait_until(
        lambda: float((label("aria-label") or "").split(": ")[1].split(" ")[0]) > 2,
        15,
        "the plot tells of what passes",
    )
    board.wait_until(lambda: traffic.locator("canvas").count() == 1, 15, "it is drawn")
    notebook.interrupt()
    board.wait_until(lambda: "Idle" in card.inner_text(), 10, "it is idle again")


def test_a_kernel_that_dies_and_one_that_is_shut_down_are_told_of(
    hub: Server, boards: Boards, notebooks: Notebooks
) -> None:
    notebook = notebooks("dies.ipynb")
    notebook.run("import ipywidgets as w; s = w.IntSlider()")
    board = boards(hub)
    board.open()
    card = board.kernel(notebook.kernel_id)
    board.wait_until(lambda: "3 comms" in card.inner_text(), 10, "it has comms")
    notebook.kill()
    board.wait_until(lambda: "The kernel of dies.ipynb" in board.said, 30, "a notice says so")
    board.wait_until(lambda: "No comms" in card.inner_text(), 30, "its comms are gone")
    # jupyter_server fails to end a kernel that is just being started again.
    board.wait_until(lambda: "Idle" in card.inner_text(), 30, "another process took its place")
    notebook.shut_down()
    board.wait_until(lambda: not card.count(), 10, "the kernel is gone")


def test_a_target_leads_to_its_comms_and_back_leads_here(
    hub: Server, boards: Boards, notebooks: Notebooks
) -> None:
    notebook = notebooks("targets.ipynb")
    notebook.run("from comm import create_comm; c = create_comm(target_name='my <b>target')")
    board = boards(hub)
    board.open()
    link = board.page.get_by_role("link", name="my <b>target")
    board.wait_until(lambda: link.count(), 10, "the target is listed")
    link.click()
    assert "view=comms" in board.page.url
    assert "target=my" in board.page.url
    assert "token" not in board.page.url
    board.page.go_back()
    board.wait_until(lambda: "Comms per target" in board.said, 10, "the overview is back")


def test_by_keyboard_one_skips_to_the_content(hub: Server, boards: Boards) -> None:
    board = boards(hub)
    board.open()
    board.page.keyboard.press("Tab")
    assert board.page.evaluate("document.activeElement.textContent.trim()") == "Skip to the content"
    board.page.keyboard.press("Enter")
    assert board.page.evaluate("document.activeElement.id") == "main"
    assert board.page.evaluate("location.hash") == ""
