"""Runs notebooks, with reloads and without."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from .cells import Cells, document, save

if TYPE_CHECKING:
    from .desk import Desk
    from .lab import App, Lab
    from .notebooks import Notebook
    from .server import Server


LONG = "for n in ticks(90): print(f'line {n}', flush=True)"
"""A cell that prints lines until it is let go."""


def prompts(notebook_cells: list[str]) -> list[str]:
    """The prompts of a notebook that has run to its end."""
    return [f"[{number + 1}]" for number in range(len(notebook_cells) + 1)]


def agree(shown: list[str], right: list[str]) -> bool:
    """
    Whether these are the right prompts. Older JupyterLabs do not draw those that are out of sight.

    >>> agree(["", "[2]"], ["[1]", "[2]"]), agree(["", "[*]"], ["[1]", "[2]"])
    (True, False)
    """
    pairs = zip(shown, right, strict=False)
    return len(shown) == len(right) and shown[-1] != "" and all(a in ("", b) for a, b in pairs)


def see_through(lab: Lab, cells: Cells, right: list[str], moments: list[float]) -> None:
    """
    Reload at these moments, answer what is asked, and wait until all cells have run.

    Args:
        lab: the page. Its notebook has just been run.
        cells: its cells.
        right: the prompts at the end.
        moments: seconds from now.
    """
    begun = time.monotonic()
    left = sorted(moments)
    while left or not agree(cells.prompts, right):
        if left and time.monotonic() - begun > left[0]:
            left.pop(0)
            lab.reload()
            # All of them were sent: each has ended or goes on.
            lab.wait_until(
                lambda: len(cells.prompts) == len(right) and "[ ]" not in cells.prompts,
                10,
                f"no prompt is empty after a reload at one of {moments}",
                lambda: cells.prompts,
            )
        elif cells.boxes:
            cells.answer("Ada")
        assert time.monotonic() - begun < 120, f"{moments}: the page shows {cells.prompts}"
        lab.pause(0.05)


def run(
    desk: Desk, server: Server, sources: list[str], app: App = "lab"
) -> tuple[Lab, Cells, Notebook]:
    """Open a notebook with these cells, and run all."""
    notebook = desk.notebook(server, sources)
    lab = desk.page(server, app)
    cells = Cells(lab)
    lab.open_notebook(notebook)
    lab.run_all()
    return lab, cells, notebook


class Undisturbed:
    """What notebooks look like at the end if nobody reloads, by a server without a broker."""

    def __init__(self, desk: Desk, stock: Server) -> None:
        self._desk = desk
        self._stock = stock
        self._known: dict[tuple[str, ...], dict[str, Any]] = {}

    def document(self, sources: list[str]) -> dict[str, Any]:
        """The saved document of a notebook with these cells."""
        if tuple(sources) not in self._known:
            lab, cells, notebook = run(self._desk, self._stock, sources)
            see_through(lab, cells, prompts(sources), [])
            save(lab, notebook)
            self._known[tuple(sources)] = document(self._stock, notebook)
        return self._known[tuple(sources)]


def reload_while_it_counts(lab: Lab, cells: Cells, index: int) -> None:
    """Reload, and wait until the cell goes on."""
    lab.wait_until(lambda: bool(cells.numbers(index)), 60, "the cell counts")
    lab.reload()
    lab.wait_until(lambda: bool(cells.numbers(index)), 20, "the cell is back")
    assert cells.prompts[index] == "[*]"
