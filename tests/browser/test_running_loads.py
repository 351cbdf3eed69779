"""Cells that print a lot, draw with matplotlib, or are run as soon as they can be."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Any

import pytest

from .cells import Cells, document, save
from .reloading import LONG, prompts, run, see_through

if TYPE_CHECKING:
    from .desk import Desk
    from .reloading import Undisturbed
    from .server import Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600), pytest.mark.long]

SECONDS = 8

FLOOD = """\
begun = time.monotonic()
for n in range({lines}):
    print(f"line {{n}}", flush={flush})
    time.sleep(max(0, begun + n / {rate} - time.monotonic()))"""

FIGURES = """\
import matplotlib
matplotlib.use("module://matplotlib_inline.backend_inline")
from matplotlib import pyplot
for n in range(12):
    clear_output(wait=True)
    pyplot.figure(figsize=(3, 2))
    pyplot.plot(range(n + 2))
    pyplot.show()
    time.sleep(0.2)"""

ROUNDS = 10


@pytest.mark.parametrize(("rate", "flush"), [(1_000, False), (500, True)])
def test_reload_while_many_lines_come_each_second(
    desk: Desk, subject: Server, rate: int, flush: bool
) -> None:
    """
    The page attaches in the middle of them. Each line is there once, in order.

    A thousand prints a second are few messages, since the kernel joins them. If each is flushed,
    half of it stays below jupyter_server's own limit of messages.
    """
    lines = rate * SECONDS
    flood = FLOOD.format(lines=lines, rate=rate, flush=flush)
    lab, cells, notebook = run(desk, subject, [flood])
    lab.wait_until(lambda: bool(cells.numbers(1)), 60, "the cell counts")
    for _ in range(2):
        lab.reload()
        lab.wait_until(lambda: bool(cells.numbers(1)), 20, "the cell is back")
    cells.show_prompts("[1]", "[2]", within=60)
    save(lab, notebook)
    outputs = document(subject, notebook)["cells"][1]["outputs"]
    printed = "".join(text for output in outputs for text in output["text"])
    assert printed.splitlines() == [f"line {n}" for n in range(lines)]
    assert lab.errors == []


@pytest.mark.parametrize("number", range(4))
def test_reload_among_figures_of_matplotlib(
    desk: Desk, subject: Server, undisturbed: Undisturbed, number: int
) -> None:
    sources = ["from IPython.display import clear_output", FIGURES]
    right = undisturbed.document(sources)
    lab, cells, notebook = run(desk, subject, sources)
    see_through(lab, cells, prompts(sources), [random.uniform(0, 4)])  # noqa: S311
    desk.picture(lab)
    save(lab, notebook)
    assert document(subject, notebook) == right
    assert lab.errors == []


def test_outputs_are_there_soon_after_the_cells(
    desk: Desk, subject: Server, figures: dict[str, Any]
) -> None:
    """Within half a second of the notebook being drawn, measured from outside."""
    lab, cells, notebook = run(desk, subject, [LONG])
    lab.wait_until(lambda: bool(cells.numbers(1)), 60, "the cell counts")
    took = figures["seconds"] = []
    for _ in range(ROUNDS):
        lab.reload()
        drawn = time.monotonic()
        lab.wait_until(lambda: bool(cells.numbers(1)), 20, "the lines are back")
        took.append(round(time.monotonic() - drawn, 3))
        assert cells.prompts[1] == "[*]"
    lab.let_go(notebook)
    cells.show_prompts("[1]", "[2]")
    assert lab.errors == []


@pytest.mark.parametrize("number", range(20))
def test_a_first_run_right_after_the_page_was_loaded(
    desk: Desk, subject: Server, number: int
) -> None:
    """The question that the page asks when it has its kernel does not disturb the run."""
    notebook = desk.notebook(subject, ["for n in range(5): print(f'line {n}', flush=True)"])
    lab = desk.page(subject)
    cells = Cells(lab)
    lab.open_notebook(notebook)
    lab.run_all()
    cells.show_prompts("[1]", "[2]")
    assert cells.numbers(1) == list(range(5))
    lab.pause(0.3)
    assert cells.numbers(1) == list(range(5))
    assert lab.errors == []
