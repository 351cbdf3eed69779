"""The page of one comm, as a person sees it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from ..server import Server
    from .board import Board
    from .kernels import Notebook


class OneComm:
    """The page of one comm: its contents, and what a person can do there."""

    def __init__(self, board: Board, notebook: Notebook, comm_id: str) -> None:
        self.board = board
        self.page = board.page
        self._query = f"view=comm&kernel={notebook.kernel_id}&comm={comm_id}"

    def open(self) -> None:
        """Open the page, and wait for the state or for the text in its place."""
        self.board.open(self._query)
        self.board.wait_until(lambda: self.page.get_by_role("heading", level=1).count(), 20, "it")

    def row(self, *path: str | int) -> Locator:
        """A row of the state's tree."""
        return self.part("State").locator(
            f"[data-path='{json.dumps(path, separators=(',', ':'))}']"
        )

    def value(self, *path: str | int) -> str:
        """The text of a row; ``None`` if there is no such row."""
        row = self.row(*path)
        return row.inner_text().replace("\n", " ") if row.count() else ""

    def part(self, name: str) -> Locator:
        """A part of the page, by its heading."""
        return self.page.get_by_role("region", name=name, exact=True)

    def button(self, name: str) -> Locator:
        """A button, by its words."""
        return self.page.get_by_role("button", name=name, exact=True)

    def why_off(self, name: str) -> str:
        """Why a button is off."""
        button = self.button(name)
        assert button.get_attribute("aria-disabled") == "true", f"{name} is on"
        described = button.get_attribute("aria-describedby")
        # It can be read by ears always, and by eyes when the button is pointed at.
        return self.page.locator(f'[id="{described}"]').text_content() or ""

    def type(self, data: Any) -> None:
        """Write a message into the form."""
        text = data if isinstance(data, str) else json.dumps(data)
        self.page.get_by_label("Data (JSON)").fill(text)


def model_id(server: Server, notebook: Notebook, model: str) -> str:
    """The comm of the kernel's only widget of a model."""
    path = f"/api/kernels/{notebook.kernel_id}/comms?model={model}"
    (comm,) = server.rest("GET", path)["comms"]
    found: str = comm["comm_id"]
    return found
