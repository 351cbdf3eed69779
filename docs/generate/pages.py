"""The pages of the reference. Each has a template and a module that fills it from the code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from docs.generate import (
    combinations,
    command_line,
    events,
    metrics,
    python,
    rest,
    settings,
    strategy,
    testing,
)

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
REFERENCE = HERE.parent / "reference"

NOTE = (
    "<!-- Written by `python -m docs.generate`, from the code and docs/generate/templates. -->\n\n"
)

PLACE = re.compile(r"<!-- (\w+) -->")
BLANK_LINES = re.compile(r"\n{3,}")

PARTS = {
    "rest.md": rest.parts,
    "python.md": python.parts,
    "command-line.md": command_line.parts,
    "settings.md": settings.parts,
    "events.md": events.parts,
    "metrics.md": metrics.parts,
    "strategy.md": strategy.parts,
    "testing.md": testing.parts,
    "combinations.md": combinations.parts,
}


def pages() -> dict[str, str]:
    """Return the text of each page, by the name of its file."""
    return {
        name: NOTE + filled((TEMPLATES / name).read_text(), parts())
        for name, parts in PARTS.items()
    }


def filled(template: str, parts: Mapping[str, str]) -> str:
    r"""
    Return a template with a part in each of its places.

    >>> filled("# Title\n<!-- body -->\n", {"body": "text"})
    '# Title\ntext\n'

    Raises:
        ValueError: the template's places and the parts have different names.
    """
    places = PLACE.findall(template)
    if sorted(places) != sorted(parts):
        raise ValueError(f"the template has {sorted(places)}, but the parts are {sorted(parts)}")
    text = PLACE.sub(lambda place: parts[place[1]].strip(), template)
    return BLANK_LINES.sub("\n\n", text)
