"""The table of comms as a person finds it on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from .board import Board

OPENED = """
from comm import create_comm

def opened(model, comm_id=None, **state):
    state = {"_model_name": model, "_model_module": "@jupyter-widgets/controls",
             "_model_module_version": "2.0.0", **state}
    return create_comm(target_name="jupyter.widget", comm_id=comm_id, data={"state": state},
                       metadata={"version": "2.1.0"})
"""
"""Opens widgets' comms that are nothing but that."""


class Table:
    """The view ``comms`` of a page."""

    def __init__(self, board: Board, query: str = "") -> None:
        self.board = board
        self.page = board.page
        board.open(f"view=comms&{query}")

    @property
    def grid(self) -> Locator:
        """The grid itself, which has the focus."""
        return self.page.get_by_label("Comms", exact=True).and_(
            self.page.locator("[aria-rowcount]")
        )

    @property
    def rows(self) -> int:
        """How many rows there are, drawn or not."""
        if not self.grid.count():
            return 0
        return int(self.grid.get_attribute("aria-rowcount") or 1) - 1

    def wait_for(self, rows: int, within: float = 20.0) -> float:
        """Wait until the table has this many rows."""
        return self.board.wait_until(lambda: self.rows == rows, within, f"{rows} rows")

    def names(self) -> list[str]:
        """The names of the drawn rows, from the top."""
        found: list[list[str]] = self.grid.locator("[data-row]").evaluate_all(
            """(rows) => rows
                 .sort((one, other) => one.ariaRowIndex - other.ariaRowIndex)
                 .map((row) => row.children[1].querySelector("bdi, em")?.textContent ?? "")"""
        )
        return [str(each) for each in found]

    def ids(self) -> list[str | None]:
        """The comm ids of the drawn rows, from the top. A group has none."""
        found: list[str | None] = self.grid.locator("[data-row]").evaluate_all(
            """(rows) => rows
                 .sort((one, other) => one.ariaRowIndex - other.ariaRowIndex)
                 .map((row) => row.dataset.comm ?? null)"""
        )
        return found

    def field(self, name: str) -> Locator:
        """The control under a title above the table."""
        title = self.page.get_by_text(name, exact=True)
        return self.page.locator("label").filter(has=title).locator("input, select")

    def row(self, comm_id: str) -> Locator:
        """A comm's row."""
        return self.grid.locator(f'[data-comm="{comm_id}"]')

    @property
    def cursor(self) -> str | None:
        """The comm id of the row with the cursor."""
        found: str | None = self.grid.evaluate(
            """(grid) => document.getElementById(grid.getAttribute("aria-activedescendant"))
                           ?.dataset.comm ?? null"""
        )
        return found

    @property
    def has_focus(self) -> bool:
        """Whether keys go to the grid."""
        found: bool = self.grid.evaluate("(grid) => document.activeElement === grid")
        return found

    def press(self, *keys: str) -> None:
        """Press keys in the grid."""
        self.grid.focus()
        for key in keys:
            self.page.keyboard.press(key)

    def selected(self) -> list[str | None]:
        """The comm ids of the drawn rows that are selected."""
        found: list[str | None] = self.grid.locator(
            '[data-row][aria-selected="true"]'
        ).evaluate_all("(rows) => rows.map((row) => row.dataset.comm ?? null).sort()")
        return found
