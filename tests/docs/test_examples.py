"""What the tutorial and the how-tos tell people to type does what they say, line by line."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

import pytest

from tests.docs.fences import Example, examples
from tests.docs.terminal import typed, wrong

DOCS = Path(__file__).parents[2] / "docs"
PAGES = [DOCS / "tutorial.md", *sorted((DOCS / "how-to").glob("*.md"))]
PORTS = ("8888", "8889")
"""What the pages say; here others have these ports, perhaps."""

pytestmark = pytest.mark.acceptance


def free_ports(count: int) -> list[str]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [str(each.getsockname()[1]) for each in sockets]
    finally:
        for each in sockets:
            each.close()


def moved(example: Example, ports: list[str]) -> Example:
    """Return an example on ports that are free."""
    text, output = example.text, example.output
    for said, free in zip(PORTS, ports, strict=True):
        text = text.replace(said, free)
        output = output.replace(said, free) if output is not None else None
    return replace(example, text=text, output=output)


@pytest.mark.timeout(360)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_tells_people_to_type_does_what_it_says(page: Path, tmp_path: Path) -> None:
    ports = free_ports(len(PORTS))
    told = [moved(each, ports) for each in examples(page)]
    assert told, "a page without an example that runs"
    if found := wrong(told, typed(told, tmp_path)):
        # Not an assertion: pytest would cut the text that says what happened.
        pytest.fail(f"{page.name}, {found}", pytrace=False)
