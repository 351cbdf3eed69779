"""Opens the notebooks and pages of one case, and clears all of them away."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .lab import App, Lab
from .notebooks import Notebook

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from .server import Server


class Desk:
    """Owns the notebooks, kernels and pages of one case."""

    def __init__(self, chromium: Browser, artefacts: Path, case: str) -> None:
        self._context = chromium.new_context(viewport={"width": 1280, "height": 1000})
        self._artefacts = artefacts
        self._case = case
        self._labs: list[Lab] = []
        self._notebooks: list[tuple[Server, Notebook]] = []

    def notebook(self, server: Server, cells: list[str]) -> Notebook:
        """Put a notebook with these cells on the server's disk."""
        notebook = Notebook(server.notebooks, f"{self._case}-{len(self._notebooks)}", cells)
        self._notebooks.append((server, notebook))
        return notebook

    def page(self, server: Server, app: App = "lab", port: int | None = None) -> Lab:
        """Open an empty page that will talk to the server, through another ``port`` if given."""
        origin = f"http://127.0.0.1:{port or server.port}"
        lab = Lab(self._context.new_page(), origin, server.token, app)
        self._labs.append(lab)
        return lab

    def picture(self, lab: Lab, suffix: str = "") -> None:
        """Keep a screenshot of the page as an artefact."""
        lab.page.screenshot(path=self._artefacts / f"{self._case}{suffix}.png")

    def clear(self, *, failed: bool) -> None:
        """Close every page and end every kernel. Keep the evidence of a failure."""
        for number, lab in enumerate(self._labs if failed else []):
            self.picture(lab, f".failed-{number}")
            evidence = f"console errors: {lab.errors}\n{lab.wire}"
            (self._artefacts / f"{self._case}.failed-{number}.wire.txt").write_text(evidence)
        self._context.close()
        for server, notebook in self._notebooks:
            notebook.let_go()
            server.shut_down(notebook.path)
