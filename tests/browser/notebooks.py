"""
Notebooks built in code, whose long cell the test can watch, signal and let go.

A test and its cell share a folder: the cell writes when it started and ended, so the test knows
the truth without asking the page, and ends early when the test has seen enough.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

VIEW = "application/vnd.jupyter.widget-view+json"

STEP = 0.05
"""Seconds between two ticks of a long cell: 20 updates a second, as a progress bar makes."""

PREAMBLE = """\
import time
from pathlib import Path
import ipywidgets as widgets
from IPython.display import display

def signalled(name):
    return Path("{name}." + name).exists()

def note(name):
    Path("{name}.part").write_text(str(time.time()))
    Path("{name}.part").rename("{name}." + name)

def ticks(seconds):
    note("started")
    for n in range(round(seconds / {step})):
        if signalled("let-go"):
            break
        yield n
        time.sleep({step})
    note("ended")
"""

SLIDER = "slider = widgets.IntSlider(); display(slider)"
BAR = "bar = widgets.IntProgress(max={ticks}); display(bar)"
HTML = "html = widgets.HTML('<b>as it was</b>'); display(html)"
DRIVE = "for n in ticks({seconds}): bar.value = n + 1"

ENOUGH = 90.0
"""Seconds that a long cell takes where nobody lets it go: longer than any test needs."""


def main_job(seconds: float = ENOUGH) -> list[str]:
    """A slider, a bar and an HTML widget. The last cell moves the bar for ``seconds``."""
    return [SLIDER, bar(seconds), HTML, DRIVE.format(seconds=seconds)]


def bar(seconds: float = ENOUGH) -> str:
    """A cell with a bar that is full after ``seconds`` of ticks."""
    return BAR.format(ticks=round(seconds / STEP))


class Notebook:
    """One notebook on a server's disk, and the files that its long cell writes beside it."""

    def __init__(self, folder: Path, name: str, cells: list[str]) -> None:
        self.name = name
        self.path = f"{name}.ipynb"
        self._folder = folder
        cells = [PREAMBLE.format(name=name, step=STEP), *cells]
        spec = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
        document = new_notebook(  # type: ignore[no-untyped-call]
            cells=[new_code_cell(source) for source in cells],  # type: ignore[no-untyped-call]
            metadata={"kernelspec": spec},
        )
        nbformat.write(document, folder / self.path)  # type: ignore[no-untyped-call]

    # -- the long cell ---------------------------------------------------------------------

    @property
    def started_at(self) -> float | None:
        """When the long cell began, as ``time.time()``; ``None`` before that."""
        return self._noted("started")

    @property
    def ended_at(self) -> float | None:
        """When the long cell ended; ``None`` while it runs."""
        return self._noted("ended")

    @property
    def running(self) -> bool:
        """Whether the kernel is in the long cell right now."""
        return self.started_at is not None and self.ended_at is None

    def signal(self, name: str) -> None:
        """Send the cell a signal. Its ``signalled(name)`` is true from now on."""
        (self._folder / f"{self.name}.{name}").touch()

    def let_go(self) -> None:
        """End the long cell at its next tick."""
        self.signal("let-go")

    def forget(self) -> None:
        """Remove the files of a run, so that they are not taken for those of the next run."""
        for note in ("started", "ended"):
            (self._folder / f"{self.name}.{note}").unlink(missing_ok=True)

    def _noted(self, name: str) -> float | None:
        try:
            return float((self._folder / f"{self.name}.{name}").read_text())
        except FileNotFoundError:
            return None

    # -- the document on disk ----------------------------------------------------------------

    @property
    def saved_at(self) -> int:
        """When the document was last written, in nanoseconds of the file system's clock."""
        return (self._folder / self.path).stat().st_mtime_ns

    @property
    def saved_views(self) -> int:
        """How many widget views the saved document shows."""
        return sum(
            VIEW in output.get("data", {})
            for cell in self._document["cells"]
            for output in cell.get("outputs", [])
        )

    @property
    def saved_models(self) -> int:
        """How many widget states the saved document has."""
        states = self._document["metadata"].get("widgets", {})
        return sum(len(document["state"]) for document in states.values())

    @property
    def saved_cells(self) -> list[dict[str, Any]]:
        """The cells of the saved document. There are none while it is being written."""
        cells: list[dict[str, Any]] = self._document["cells"]
        return cells

    @property
    def _document(self) -> dict[str, Any]:
        text = (self._folder / self.path).read_text()
        try:
            document: dict[str, Any] = json.loads(text)
        except json.JSONDecodeError:
            # The document is being saved. Nothing is complete yet.
            return {"cells": [], "metadata": {}}
        return document
