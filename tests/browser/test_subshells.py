"""JupyterLab's subshells do not pile up in the kernel, and sliders go on working."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .desk import Desk
    from .notebooks import Notebook
    from .server import Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1_200)]

LOADS = 50 if os.environ.get("JCB_LONG") else 4

SLIDER = """\
import ipywidgets as widgets, threading
slider = widgets.IntSlider()
slider
"""

SUBSHELLS = "sum(each.name.startswith('subshell-') for each in threading.enumerate())"


def has(server: Server, notebook: Notebook, value: int) -> bool:
    """Return whether the kernel's slider has this value."""
    return server.evaluate(notebook.path, "slider.value") == str(value)


def test_loads_leave_no_threads_in_the_kernel(desk: Desk, subject: Server) -> None:
    """Stock: two more for each load."""
    notebook = desk.notebook(subject, [SLIDER])
    lab = desk.page(subject)
    lab.open_notebook(notebook)
    lab.run_all()
    for moved in range(LOADS + 1):
        if moved:
            lab.reload()
        lab.widgets_drawn(30, slider=1)
        assert lab.slider() == moved
        lab.press_on_slider("ArrowRight", 1)
        is_there = partial(has, subject, notebook, moved + 1)
        lab.wait_until(is_there, 10, "the kernel has the new value")
    lab.wait_until(
        lambda: int(subject.evaluate(notebook.path, SUBSHELLS)) <= 2,
        60,
        "only the subshells of this load are left",
    )
    lab.press_on_slider("ArrowRight", 1)
    lab.wait_until(partial(has, subject, notebook, LOADS + 2), 10, "the slider still moves")
