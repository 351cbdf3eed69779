"""Fit for everybody: axe finds nothing, the policy has nothing to forbid, no text is cut off."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ..server import Server
from .conftest import Boards
from .kernels import Notebook

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

LIVELY = """
import ipywidgets as w, threading, time
from comm import create_comm
sliders = [w.IntSlider() for _ in range(20)]
other = [create_comm(target_name=name) for name in ("my.target", "plots.live", "a" * 90)]
def move():
    for i in range(10000):
        sliders[i % 20].value = i % 100
        time.sleep(0.05)
threading.Thread(target=move, daemon=True).start()
"""

WIDER_THAN_SHOWN = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
def lively(notebooks: Callable[..., Notebook]) -> Notebook:
    """A kernel in which much happens, and one that works."""
    notebook = notebooks("analysis of a rather long name that goes on and on.ipynb")
    notebook.run(LIVELY)
    busy = notebooks("training.ipynb")
    busy.run("import ipywidgets as w, time; p = w.IntProgress()")
    busy.begin("for i in range(600):\n    p.value = i % 100\n    time.sleep(0.2)")
    return notebook


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_overview(
    hub: Server, boards: Boards, lively: Notebook, dark: bool, phone: bool
) -> None:
    board = boards(hub, dark=dark, phone=phone)
    board.open()
    card = board.kernel(lively.kernel_id)
    board.wait_until(lambda: "comms" in card.inner_text(), 20, "the kernel is there")
    board.wait_until(lambda: board.page.locator("canvas").count() == 2, 20, "plots are drawn")
    board.page.wait_for_timeout(5000)
    assert board.complaints() == []
    assert not board.page.evaluate(WIDER_THAN_SHOWN), "the page is wider than its window"
    board.picture(f"overview-{'dark' if dark else 'light'}{'-phone' if phone else ''}", whole=phone)


def test_the_policy_is_strict_and_a_script_of_others_does_not_run(
    hub: Server, boards: Boards, pictures: Path
) -> None:
    board = boards(hub)
    board.open()
    assert board.violations == []
    # A test that can fail: the watch sees what the policy forbids.
    board.page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.__ran = 1\">')"
    )
    board.wait_until(lambda: board.violations, 10, "the violation is seen")
    assert board.page.evaluate("window.__ran") is None
    board.page.evaluate("window.__violations = []")
    board.forgive("Content Security Policy", "Failed to load resource")
