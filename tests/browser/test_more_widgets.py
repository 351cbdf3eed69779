"""The main job again with what people use: tqdm, interact with Output, saved widget state."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import pytest

from .notebooks import ENOUGH, STEP, main_job
from .proxy import goes_on
from .server import WIDGETS

if TYPE_CHECKING:
    from .desk import Desk
    from .lab import Lab
    from .notebooks import Notebook
    from .proxy import Proxy
    from .server import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]

SOON = 3.5
"""Seconds a restore may take here: less than the 4 s after which a page stops waiting."""

TQDM = f"""\
from tqdm.notebook import tqdm
progress = tqdm(ticks({ENOUGH}), total={round(ENOUGH / STEP)})
for n in progress: pass
"""

INTERACT = """\
@widgets.interact(x=(0, 9))
def show(x=4):
    print(f"value {x}")
"""

OUTPUT = "out = widgets.Output(); display(out)"

CAPTURE = f"""\
with out:
    for n in ticks({ENOUGH}): print(f"line {{n}}")
"""

OF_INTERACT = ".widget-interact .widget-output"
OF_CAPTURE = ".widget-output:not(.widget-interact .widget-output)"


def all_lines_are_there(
    lab: Lab, subject: Server, notebook: Notebook, before: list[str] | None = None
) -> list[str]:
    """
    Check captured lines against what the cell printed, in the page and in the kernel.

    Args:
        lab: the page.
        subject: its server.
        notebook: its notebook.
        before: what the page showed when it was cut off, if it was.
    """
    shown = before or []
    last = int(subject.evaluate(notebook.path, "n"))
    lines = [f"line {n}" for n in range(last + 1)]
    lab.wait_until(
        lambda: goes_on(shown, lab.lines(OF_CAPTURE), lines),
        10,
        "all lines are in the page, once",
        lambda: lab.lines(OF_CAPTURE),
    )
    of_kernel = "''.join(output['text'] for output in out.outputs)"
    lab.wait_until(
        lambda: goes_on(
            shown, ast.literal_eval(subject.evaluate(notebook.path, of_kernel)).splitlines(), lines
        ),
        10,
        "all lines are in the kernel's Output, once",
    )
    return lines


def test_tqdm(desk: Desk, subject: Server, figures: dict[str, Any]) -> None:
    """A tqdm bar is back with its texts, moves on, and ends where the kernel ended."""
    kinds = {"box": 1, "bar": 1, "html": 2}
    notebook = desk.notebook(subject, [TQDM])
    lab = desk.page(subject)
    lab.begin(notebook, views=1, **kinds)

    lab.reload()
    figures["busy"] = lab.widgets_drawn(SOON, **kinds)
    stood, text = lab.bar(), lab.html()
    lab.pause(1)
    assert lab.bar() > stood, "the bar stands still"
    assert lab.html() != text, "the numbers beside the bar stand still"
    desk.picture(lab)

    lab.let_go(notebook)
    done = subject.evaluate(notebook.path, "progress.n")
    lab.wait_until(lambda: f"{done}/" in lab.html()[-1], 5, f"the page says {done}")
    assert lab.errors == []


def test_interact_and_output(desk: Desk, subject: Server, figures: dict[str, Any]) -> None:
    """Every line that ``with out:`` captured is there, in order, once; also in the kernel."""
    kinds = {"slider": 1, "output": 2}
    notebook = desk.notebook(subject, [INTERACT, OUTPUT, CAPTURE])
    lab = desk.page(subject)
    lab.begin(notebook, views=2, **kinds)

    lab.reload()
    figures["busy"] = lab.widgets_drawn(SOON, **kinds)
    lab.wait_until(lambda: len(lab.lines(OF_CAPTURE)) > 0, 5, "captured lines are back")
    before = len(lab.lines(OF_CAPTURE))
    lab.wait_until(lambda: len(lab.lines(OF_CAPTURE)) > before + 10, 5, "more lines are captured")
    assert lab.lines(OF_INTERACT) == ["value 4"]
    desk.picture(lab)

    lab.let_go(notebook)
    lines = all_lines_are_there(lab, subject, notebook)
    lab.press_on_slider("ArrowRight", 1)
    lab.wait_until(lambda: lab.lines(OF_INTERACT) == ["value 5"], 10, "interact runs its function")

    lab.reload()
    lab.widgets_drawn(SOON, **kinds)
    assert lab.lines(OF_CAPTURE) == lines
    assert lab.lines(OF_INTERACT) == ["value 5"]
    assert lab.errors == []


def test_output_of_a_page_that_stays(desk: Desk, subject: Server, proxy: Proxy) -> None:
    """A page that collects the lines itself is not disturbed, nor is it by a dropped socket."""
    notebook = desk.notebook(subject, [OUTPUT, CAPTURE])
    lab = desk.page(subject, port=proxy.port)
    lab.begin(notebook, views=1, output=1)
    # Over the moment, 3 s after its socket opened, when it is told again what it may have missed.
    lab.pause(3.5)
    proxy.cut()
    lab.pause(1)
    before = lab.lines(OF_CAPTURE)
    proxy.mend()
    lab.back_behind(proxy)
    # Again over that moment.
    lab.pause(4)
    desk.picture(lab)
    lab.let_go(notebook)
    all_lines_are_there(lab, subject, notebook, before)


def test_saved_widget_state(desk: Desk, subject: Server, figures: dict[str, Any]) -> None:
    """A notebook that carries widget state shows the live values, not the saved ones."""
    kinds = {"slider": 1, "bar": 1, "html": 1}
    notebook = desk.notebook(subject, main_job())
    lab = desk.page(subject)
    subject.configure(WIDGETS, {"saveState": True})
    try:
        lab.begin(notebook, views=3, **kinds)
        lab.wait_until(lambda: notebook.saved_models > 3, 5, "widget state is saved")
        saved = lab.bar()
        lab.pause(1)

        lab.reload()
        figures["busy"] = lab.widgets_drawn(SOON, **kinds)
        stood = lab.bar()
        assert stood > saved, "the bar shows what was saved"
        lab.pause(1)
        assert lab.bar() > stood, "the bar stands still"
        desk.picture(lab)
        lab.let_go(notebook)
        lab.press_on_slider("ArrowRight", 3)
        lab.wait_until(
            lambda: subject.evaluate(notebook.path, "slider.value") == "3",
            10,
            "the slider drives the kernel",
        )
        assert lab.errors == []
    finally:
        subject.configure(WIDGETS, {})
