"""The settings of the site for Sphinx. It reads the repository's pages where they stand."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

from docs.site.navigation import INDEX, with_contents

ROOT = Path(__file__).parents[2]

project = "jupyter_comm_broker"
author = "the jupyter_comm_broker contributors"
version = release = runpy.run_path(str(ROOT / project / "_version.py"))["__version__"]

extensions = ["myst_parser", "sphinxcontrib.mermaid"]
root_doc = INDEX
include_patterns = ["*.md", "docs/**.md", "benchmarks/results/*.md", "ui/README.md"]
# All but the first are not entered at all: they may hold thousands of files.
exclude_patterns = ["docs/generate/templates", ".*", "artefacts", "**/node_modules", "tests"]

# Links to headings are those of code hosts, so that one text works in both places.
myst_heading_anchors = 4
myst_fence_as_directive = ["mermaid"]
nitpicky = True

html_theme = "furo"
html_title = f"{project} {release}"
html_extra_path = ["root"]
# The pages have no objects of Sphinx, and so no index.
html_use_index = False
html_copy_source = False


def setup(app: Any) -> None:
    """Let Sphinx read each page with what the site adds to it."""
    app.connect("source-read", add_contents)


def add_contents(app: Any, page: str, source: list[str]) -> None:
    """Add the navigation to the pages that have one. Sphinx takes the text from ``source``."""
    del app
    source[0] = with_contents(page, source[0])
