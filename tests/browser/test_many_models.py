"""Five thousand models: none is lost in the page's own race between building and looking."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from .notebooks import DRIVE, bar

if TYPE_CHECKING:
    from .desk import Desk
    from .server import Server

LONG = os.environ.get("JCB_LONG") == "1"

RELOADS = 20 if LONG else 2

SECONDS = 600.0
"""How long the cell could run; the test lets it go sooner."""

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(SECONDS + 300)]

SLIDERS, OUTPUTS, STRIDE = 1660, 12, 137

# A slider is three models: itself, its layout, its style.
MANY = f"sliders = [widgets.IntSlider(value=n % 100) for n in range({SLIDERS})]"
SOME = f"display(widgets.VBox(sliders[{{first}}::{STRIDE}]))"

SHOWN = sum(len(range(first, SLIDERS, STRIDE)) for first in range(OUTPUTS))

NOT_FOUND = "Error displaying widget"


def test_many_models(desk: Desk, subject: Server, figures: dict[str, Any]) -> None:
    """Twelve outputs spread over 5,000 models are drawn after each reload (rule 21)."""
    some = [SOME.format(first=first) for first in range(OUTPUTS)]
    cells = [MANY, bar(SECONDS), *some, DRIVE.format(seconds=SECONDS)]
    notebook = desk.notebook(subject, cells)
    lab = desk.page(subject)
    kinds = {"slider": SHOWN, "box": OUTPUTS, "bar": 1}
    dropped = subject.dropped_by_kernels()
    lab.begin(notebook, views=OUTPUTS + 1, **kinds)

    took: list[float] = []
    figures["busy"] = took
    for _ in range(RELOADS):
        lab.wire.passed.clear()
        lab.reload()
        took.append(lab.widgets_drawn(15, **kinds))
        lab.pause(0.5)
        assert NOT_FOUND not in lab.page.locator("body").inner_text()
        assert max(passed.states for passed in lab.wire.messages) >= 5000
        assert notebook.running, "the cell was over before the widgets were back"
    # What changed while the page was building reaches it afterwards.
    stood = lab.bar()
    lab.wait_until(lambda: lab.bar() > stood, 10, "the bar moves")
    desk.picture(lab)
    lab.let_go(notebook)
    # On a machine that is busy, a kernel may drop the opening of a child (fact 2.3.12). On stock
    # too, a page that waits for the child then says so.
    assert lab.errors == [] or subject.dropped_by_kernels() > dropped
