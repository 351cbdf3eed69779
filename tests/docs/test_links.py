"""Every link between the pages leads somewhere, and every page can be found from the first one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
TEMPLATES = DOCS / "generate" / "templates"
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(page for page in DOCS.rglob("*.md") if not page.is_relative_to(TEMPLATES)),
    ]
)

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"#{1,6} (.+)")


def prose(page: Path) -> Iterator[str]:
    """Yield the lines of a page that are no code."""
    fenced = False
    for line in page.read_text().splitlines():
        if line.startswith("```"):
            fenced = not fenced
        elif not fenced:
            yield line


def links(page: Path) -> Iterator[str]:
    for line in prose(page):
        yield from (link for link in LINK.findall(line) if "://" not in link)


def anchors(page: Path) -> set[str]:
    """Return what the headings of a page are called in links, as code hosts make it."""
    found: set[str] = set()
    for line in prose(page):
        if heading := HEADING.match(line):
            kept = re.sub(r"[^\w\- ]", "", heading[1].lower()).replace(" ", "-")
            count = sum(
                re.fullmatch(rf"{re.escape(kept)}(-\d+)?", each) is not None for each in found
            )
            found.add(f"{kept}-{count}" if count else kept)
    return found


def leads_nowhere(page: Path, link: str) -> str:
    """Return what is wrong with a link, or nothing."""
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists():
        return f"{link}: no such file"
    if anchor and anchor not in anchors(target):
        return f"{link}: no such heading"
    return ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    assert [found for link in links(page) if (found := leads_nowhere(page, link))] == []


def test_every_page_can_be_found_from_the_first_one() -> None:
    seen: set[Path] = set()
    waiting = [DOCS / "index.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        waiting += [(page.parent / link.partition("#")[0]).resolve() for link in links(page)]
    lost = [str(page) for page in PAGES if page.is_relative_to(DOCS) and page not in seen]
    assert lost == []
    assert ROOT / "README.md" in seen


MODULE = re.compile(r"`((?:[a-z_]+/)*[a-z_]+\.(?:py|ts))(?:: ([\w.]+))?`")
"""How ARCHITECTURE.md names a module, and something in it."""


def named_in_vain(text: str) -> list[str]:
    """Return what a text names that is not in the code."""
    found = []
    for path, name in MODULE.findall(text):
        places = [ROOT / path, ROOT / "jupyter_comm_broker" / path, *ROOT.glob(f"ui/src/**/{path}")]
        place = next((each for each in places if each.is_file()), None)
        if place is None:
            found.append(path)
        elif name and name.rpartition(".")[2] not in place.read_text():
            found.append(f"{path}: {name}")
    return found


def test_what_the_architecture_names_is_in_the_code() -> None:
    assert named_in_vain((ROOT / "ARCHITECTURE.md").read_text()) == []
    assert named_in_vain("`core/nowhere.py` and `core/broker.py: KernelBroker.sings`") == [
        "core/nowhere.py",
        "core/broker.py: KernelBroker.sings",
    ]
