"""The site has every page that people read, and shows each in its navigation."""

from __future__ import annotations

import doctest

import pytest

from docs.site import navigation
from docs.site.navigation import INDEX, TABLES, contents, with_contents
from tests.docs.test_links import DOCS, PAGES, ROOT

INDEX_PAGE = ROOT / f"{INDEX}.md"


def test_every_page_is_in_the_navigation() -> None:
    shown = navigation.navigation(INDEX_PAGE.read_text())
    pages = [page for found in shown.values() for page in found]
    wanted = {page.relative_to(ROOT).with_suffix("").as_posix() for page in PAGES} - {INDEX}
    assert wanted - set(pages) == set(), f"link it from {DOCS.name}/index.md"
    assert [page for page in pages if not (ROOT / f"{page}.md").is_file()] == []


def test_the_navigation_has_the_headings_of_the_first_page() -> None:
    headings = [*navigation.navigation(INDEX_PAGE.read_text())]
    assert headings == ["", "Learn", "Do", "Look up", "Understand", "The project"]


@pytest.mark.parametrize(("page", "added"), [(INDEX, 6), (TABLES, 1), ("README", 0)])
def test_the_site_adds_nothing_but_the_navigation(page: str, added: int) -> None:
    text = (ROOT / f"{page}.md").read_text()
    read = with_contents(page, text)
    assert read.startswith(text)
    assert read.count("```{toctree}") == added


def test_a_part_of_the_navigation_is_written_for_sphinx() -> None:
    assert contents({"": ["README"], "Do": ["docs/a", "docs/b"]}) == (
        "\n\n```{toctree}\n:hidden:\n\n/README\n```\n"
        "\n\n```{toctree}\n:hidden:\n:caption: Do\n\n/docs/a\n/docs/b\n```\n"
    )


def test_the_examples_of_the_navigation_hold() -> None:
    assert doctest.testmod(navigation).failed == 0
