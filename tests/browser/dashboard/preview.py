"""The page object of a preview: the button, the frame, and the text below it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .kernels import Notebook

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Locator

    from .board import Board

ADDRESS = re.compile(r"/comm-broker/preview/frame$")


class Preview:
    """One comm's page, and the widget that is drawn there."""

    def __init__(self, board: Board, kernel_id: str, comm_id: str) -> None:
        self._board = board
        self._page = board.page
        board.open(f"view=comm&kernel={kernel_id}&comm={comm_id}")
        self.button = self._page.get_by_role("button", name="Preview", exact=True)
        board.wait_until(lambda: self.button.count(), 20, "the comm's page is there")

    @classmethod
    def of(cls, board: Board, notebook: Notebook, name: str) -> Preview:
        """Return the preview of the widget with a name in the kernel, once it is drawn."""
        found = cls(board, notebook.kernel_id, notebook.value(f"{name}.comm.comm_id").strip("'"))
        found.ask()
        return found

    def ask(self) -> None:
        """Click on the button, and wait until the widget is drawn or refused."""
        self.button.click()
        self._board.wait_until(lambda: self.is_drawn or self.words, 30, "the widget is drawn")

    @property
    def frame(self) -> Frame:
        """The frame's own document."""
        found = [each for each in self._page.frames if ADDRESS.search(each.url)]
        assert len(found) == 1, f"{len(found)} previews; the page:\n{self._board.said}"
        return found[0]

    @property
    def is_drawn(self) -> bool:
        """Whether the page shows the frame."""
        return self._page.locator("[data-shown=true] iframe").count() == 1

    @property
    def words(self) -> str:
        """The page's text about the preview."""
        said = self._page.get_by_label("Preview", exact=True).get_by_role("status")
        return "\n".join(each for each in said.all_inner_texts() if each and "Drawing" not in each)

    @property
    def shown(self) -> str:
        """The text in the frame."""
        return self.frame.locator("body").inner_text()

    @property
    def handle(self) -> Locator:
        """The first slider's."""
        return self.frame.locator(".noUi-handle").first

    @property
    def slider(self) -> int:
        """The value of the first slider."""
        return int(float(self.handle.get_attribute("aria-valuenow") or "nan"))

    def press(self, key: str, times: int) -> None:
        """Move the first slider by keyboard."""
        self.handle.focus()
        for _ in range(times):
            self.handle.press(key)

    def wait_for(self, text: str, within: float = 20) -> None:
        """Wait for a text in the frame."""
        self._board.wait_until(lambda: text in self.shown, within, f"the frame shows {text!r}")

    def wait_for_words(self, text: str, within: float = 20) -> None:
        """Wait for a text about the preview."""
        self._board.wait_until(lambda: text in self.words, within, f"the page says {text!r}")
