"""
Beside extensions that own outputs or run cells, a reload brings widgets back and doubles nothing.

It runs only in an environment that has one of these extensions.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from .cells import Cells
from .reloading import LONG

if TYPE_CHECKING:
    from .desk import Desk
    from .server import Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600), pytest.mark.long]

BAR = "bar = widgets.IntProgress(max=2000); display(bar)"
MOVED = LONG.replace("print(", "bar.value = n; print(")

NEIGHBOURS = {
    "jupyter_server_nbmodel": set[str](),
    "jupyter_server_documents": {"lines"},
    "jupyter_collaboration": {"lines", "widgets"},
}
"""
The packages, and what goes on beside each after a reload in mid-cell.

Nothing more does without the broker: nbmodel 0.2's page forgets its cell, and the page of
documents 0.3.3 fails when it draws a widget.
"""


@pytest.fixture
def neighbour() -> str:
    """The extension of this environment that owns outputs."""
    for name in NEIGHBOURS:
        if find_spec(name):
            return name
    pytest.skip(f"none of {', '.join(NEIGHBOURS)} is installed here")


def test_a_reload_in_mid_cell(neighbour: str, desk: Desk, subject: Server) -> None:
    if "lines" not in NEIGHBOURS[neighbour]:
        pytest.skip(f"the page of {neighbour} forgets its cell at a reload")
    notebook = desk.notebook(subject, [BAR, MOVED])
    lab = desk.page(subject)
    cells = Cells(lab)
    lab.open_notebook(notebook)
    lab.run_all()
    lab.wait_until(lambda: len(cells.numbers(2)) > 20, 60, "the cell counts", lambda: cells.texts)
    lab.reload()
    stood = len(cells.numbers(2))
    lab.wait_until(lambda: len(cells.numbers(2)) > stood, 20, "the lines go on")
    if "widgets" in NEIGHBOURS[neighbour]:
        lab.widgets_drawn(30, bar=1)
        value = lab.bar()
        lab.wait_until(lambda: lab.bar() > value, 20, "the bar moves")
    desk.picture(lab, f"-{neighbour}")
    lab.let_go(notebook)
    lab.wait_until(lambda: lab.status() == "idle", 20, "the cell is over")
    lab.pause(1)
    numbers = cells.numbers(2)
    assert sorted(set(numbers)) == numbers, "a line came twice"
    # Once for each load of the page.
    assert len(cells.told) == 2
    assert {"another extension" in text for text in cells.told} == {True}
    desk.picture(lab, f"-{neighbour}-end")


def test_a_cell_asks_and_ends(neighbour: str, desk: Desk, subject: Server) -> None:
    if neighbour != "jupyter_server_nbmodel":
        pytest.skip("only nbmodel asks a server of its own for the ends of cells")
    notebook = desk.notebook(subject, ["name = input('Name? ')", "print(f'hello {name}')"])
    lab = desk.page(subject)
    cells = Cells(lab)
    lab.open_notebook(notebook)
    lab.run_all()
    lab.wait_until(lambda: bool(cells.boxes), 60, "the cell asks")
    cells.answer("Ada")
    cells.show_prompts("[1]", "[2]", "[3]")
    assert cells.text(2) == "hello Ada\n"
