"""More than one page, and a page whose socket breaks."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from .notebooks import ENOUGH, HTML, SLIDER, bar, main_job
from .proxy import goes_on

if TYPE_CHECKING:
    from .desk import Desk
    from .proxy import Proxy
    from .server import Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

KINDS = {"slider": 1, "bar": 1, "html": 1}

TELL_OF_OUTAGE = f"""\
for n in ticks({ENOUGH}):
    bar.value = n + 1
    print(f"line {{n}}")
    if signalled("outage") and "was" in html.value:
        html.value = "changed meanwhile"
        display(widgets.HTML("born meanwhile"))
"""

LAST_CELL = ".jp-Notebook .jp-CodeCell[data-windowed-list-index='4']"


def test_two_pages(desk: Desk, subject: Server, figures: dict[str, Any]) -> None:
    """A page opened during the cell shows what the first one shows; each sees the other move."""
    notebook = desk.notebook(subject, main_job())
    first = desk.page(subject)
    first.begin(notebook, views=3, **KINDS)
    first.press_on_slider("ArrowRight", 2)

    second = desk.page(subject)
    second.open_notebook(notebook, workspace="second")
    figures["second page, busy"] = second.widgets_drawn(5, **KINDS)
    stood = first.bar(), second.bar()
    second.pause(1)
    assert first.bar() > stood[0], "the first page's bar stands still"
    assert second.bar() > stood[1], "the second page's bar stands still"
    desk.picture(second)

    first.let_go(notebook)
    second.wait_until(lambda: second.slider() == 2, 10, "the second page sees the slider moved")
    assert subject.evaluate(notebook.path, "slider.value") == "2"
    full = int(subject.evaluate(notebook.path, "bar.max"))
    reached = 100 * int(subject.evaluate(notebook.path, "bar.value")) / full
    first.wait_until(lambda: abs(first.bar() - reached) < 0.01, 5, "the first page's bar is true")
    second.wait_until(lambda: abs(second.bar() - reached) < 0.01, 5, "the second page's bar too")

    second.press_on_slider("ArrowRight", 3)
    first.wait_until(lambda: first.slider() == 5, 10, "the first page sees the slider moved")
    first.press_on_slider("ArrowLeft", 1)
    second.wait_until(lambda: second.slider() == 4, 10, "and the other way round")
    assert subject.evaluate(notebook.path, "slider.value") == "4"
    assert first.errors == []
    assert second.errors == []


def test_dropped_socket(desk: Desk, subject: Server, proxy: Proxy, figures: dict[str, Any]) -> None:
    """The same page catches up after an outage: old widgets, a new one, every printed line."""
    notebook = desk.notebook(subject, [SLIDER, bar(), HTML, TELL_OF_OUTAGE])
    lab = desk.page(subject, port=proxy.port)
    lab.begin(notebook, views=3, **KINDS)
    lab.page.evaluate("window.__same = true")

    assert proxy.cut() > 0
    lab.pause(0.3)
    notebook.signal("outage")
    lab.pause(1.2)
    stood, before = lab.bar(), lab.lines(LAST_CELL)
    assert lab.html() == ["as it was"], "the page was told of the outage in spite of it"
    proxy.mend()
    mended = time.monotonic()
    lab.back_behind(proxy)
    back = time.monotonic()
    figures["from mended to back"] = back - mended
    right = ["changed meanwhile", "born meanwhile"]
    lab.wait_until(lambda: lab.html() == right, 15, "both widgets are right", lab.html)
    figures["from back to right"] = time.monotonic() - back
    lab.wait_until(lambda: lab.bar() > stood, 10, "the bar moves", lab.bar)
    lab.wait_until(lambda: lab.status() == "busy", 5, "the indicator says busy", lab.status)
    desk.picture(lab)

    lab.let_go(notebook)
    last = int(subject.evaluate(notebook.path, "n"))
    lines = [f"line {n}" for n in range(last + 1)]
    lab.wait_until(
        lambda: goes_on(before, lab.lines(LAST_CELL), lines),
        10,
        "every line is there, in order, once but for the moment of the cut",
        lambda: lab.lines(LAST_CELL),
    )
    lab.press_on_slider("ArrowRight", 3)
    lab.wait_until(
        lambda: subject.evaluate(notebook.path, "slider.value") == "3",
        10,
        "the slider drives the kernel",
    )
    assert lab.page.evaluate("window.__same") is True
