"""What a person sees of a notebook's code cells, and the document that they save."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import nbformat

from .notebooks import VIEW

if TYPE_CHECKING:
    from .lab import Lab
    from .notebooks import Notebook
    from .server import Server

CELL = ".jp-Notebook .jp-CodeCell"

PROMPTS = """cells => cells.map(
    cell => (cell.querySelector('.jp-InputPrompt')?.textContent ?? '').replace(':', '').trim()
)"""

TEXTS = "cells => cells.map(cell => cell.querySelector('.jp-Cell-outputArea')?.innerText ?? '')"

BOX = "input.jp-Stdin-input"

HIDDEN_BOX = ".jp-OutputArea-stdin-hiding"
"""A box that was answered. JupyterLab takes it away half a second later."""


class Cells:
    """The code cells that a page shows, from the top."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        # A notebook that fits: JupyterLab keeps cells that are out of sight out of the document.
        lab.page.set_viewport_size({"width": 1280, "height": 3000})
        self.told: list[str] = []
        """What the plug-in said in the console."""
        lab.page.on("console", lambda message: self._listen(message.text))

    # -- what is seen ------------------------------------------------------------------------

    @property
    def prompts(self) -> list[str]:
        """The prompts, such as ``[*]``, ``[3]`` and ``[ ]``."""
        found: list[str] = self._lab.page.locator(CELL).evaluate_all(PROMPTS)
        return found

    @property
    def texts(self) -> list[str]:
        """The text of each cell's outputs."""
        found: list[str] = self._lab.page.locator(CELL).evaluate_all(TEXTS)
        return [text.replace("\xa0", " ") for text in found]

    def text(self, index: int) -> str:
        """The text of one cell's outputs."""
        texts = self.texts
        return texts[index] if index < len(texts) else ""

    def numbers(self, index: int) -> list[int]:
        """The numbers of the lines ``line 0``, ``line 1`` and so on that a cell shows."""
        words = [line.split() for line in self.text(index).splitlines()]
        return [int(each[1]) for each in words if each[:1] == ["line"]]

    @property
    def boxes(self) -> int:
        """How many boxes of ``input()`` wait for an answer."""
        waiting = f".jp-OutputArea-stdin-item:not({HIDDEN_BOX}) {BOX}"
        return self._lab.page.locator(waiting).count()

    # -- waiting -----------------------------------------------------------------------------

    def show_prompts(self, *prompts: str, within: float = 20) -> None:
        """Wait until the cells have these prompts."""
        self._lab.wait_until(
            lambda: self.prompts == list(prompts),
            within,
            f"the prompts are {prompts}",
            lambda: self.prompts,
        )

    def show_text(self, index: int, text: str, within: float = 20) -> None:
        """Wait until a cell shows a text."""
        self._lab.wait_until(
            lambda: text in self.text(index),
            within,
            f"cell {index} shows {text!r}",
            lambda: self.texts,
        )

    def ask(self, within: float = 20) -> None:
        """Wait until one box of ``input()`` is there."""
        self._lab.wait_until(lambda: self.boxes == 1, within, "one box", lambda: self.boxes)

    def ask_nothing(self, within: float = 20) -> None:
        """Wait until no box of ``input()`` is there."""
        self._lab.wait_until(lambda: self.boxes == 0, within, "no box", lambda: self.boxes)

    # -- what a person does --------------------------------------------------------------------

    def answer(self, text: str) -> None:
        """Wait for the box of ``input()``, and answer."""
        self.ask()
        box = self._lab.page.locator(BOX).last
        box.fill(text)
        box.press("Enter")

    def choose(self, index: int) -> None:
        """Make a cell the active one, in command mode."""
        self._lab.page.locator(CELL).nth(index).locator(".jp-InputPrompt").click()

    def _listen(self, text: str) -> None:
        if text.startswith("jupyter_comm_broker"):
            self.told.append(text)


def save(lab: Lab, notebook: Notebook) -> None:
    """Save, and wait until the file is written anew. JupyterLab does nothing if nothing changed."""
    # A box that was just answered keeps what is typed.
    lab.wait_until(lambda: lab.page.locator(HIDDEN_BOX).count() == 0, 10, "answered boxes are gone")
    before = notebook.saved_at
    lab.page.keyboard.press("Control+s")
    lab.wait_until(lambda: notebook.saved_at != before or lab.is_saved, 30, "all is saved")
    lab.wait_until(lambda: bool(notebook.saved_cells), 30, "the file is whole")


def document(server: Server, notebook: Notebook) -> dict[str, Any]:
    """Return the saved notebook, without what differs from run to run: names, ids and times."""
    path = server.notebooks / notebook.path
    nbformat.validate(nbformat.read(path, as_version=4))  # type: ignore[no-untyped-call]
    read: dict[str, Any] = json.loads(path.read_text().replace(notebook.name, "name"))
    for cell in read["cells"]:
        cell.pop("id", None)
        times = cell["metadata"].get("execution")
        if times is not None:
            cell["metadata"]["execution"] = sorted(times)
        for output in cell.get("outputs", []):
            if VIEW in output.get("data", {}):
                output["data"][VIEW]["model_id"] = "a model"
    return read
