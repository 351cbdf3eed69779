"""A kernel restarted in the middle of its cell: the page goes on with the new one's widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .notebooks import main_job

if TYPE_CHECKING:
    from .desk import Desk
    from .server import Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

KINDS = {"slider": 1, "bar": 1, "html": 1}

SAID_ON_A_RESTART = (
    "Could not restore the debugger state: Canceled future for debug_request",
    "uncaught: Canceled future for kernel_info_request",
    # The page forgets its comms before it asks for the restart, and hears that they ended
    # while it still has its old socket: without effect but for this line.
    "Comm not found for comm id",
)
"""What JupyterLab itself logs when a kernel is restarted; the first two on stock as well."""


def test_restart(desk: Desk, subject: Server, figures: dict[str, Any]) -> None:
    """Restart and run all after a reload, reload again: only the new kernel's widgets."""
    notebook = desk.notebook(subject, main_job())
    lab = desk.page(subject)
    lab.begin(notebook, views=3, **KINDS)
    lab.reload()
    lab.widgets_drawn(5, **KINDS)
    stood = lab.bar()

    lab.restart_and_run_all(notebook)
    lab.wait_until(lambda: 0 < lab.bar() < stood, 10, "the bar begins again")
    lab.wait_until(lambda: lab.status() == "busy", 5, "the indicator says busy")
    lab.save(notebook, views=3)

    lab.reload()
    figures["busy, after a restart"] = lab.widgets_drawn(5, **KINDS)
    stood = lab.bar()
    lab.pause(1)
    assert lab.bar() > stood, "the bar stands still"
    desk.picture(lab)

    lab.let_go(notebook)
    lab.wait_until(lambda: lab.status() == "idle", 5, "the indicator says idle")
    lab.press_on_slider("ArrowRight", 3)
    lab.wait_until(
        lambda: subject.evaluate(notebook.path, "slider.value") == "3",
        10,
        "the slider drives the new kernel",
    )
    assert [error for error in lab.errors if not error.startswith(SAID_ON_A_RESTART)] == []
