"""Reads from ``docs/index.md`` which pages the site has, and under which title each stands."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

INDEX = "docs/index"
"""The site's first page. It has a link to each other page."""

TABLES = "benchmarks/results/README"
"""The page above the benchmark's tables, of which each run adds one."""

HEADING = re.compile(r"## (.+)")
LINK = re.compile(r"\[[^\]]*\]\(([^):#\s]+)\.md(?:#[^)\s]*)?\)")


def navigation(index: str) -> dict[str, list[str]]:
    r"""
    Return the pages by the heading that they stand under, each once, in their order.

    A page is named by its path in the repository, without its suffix. Pages before the first
    heading have an empty one.

    >>> navigation("[a](../A.md)\n## Do\n* [b](b.md#c), [d](e/d.md)\n* [a](../A.md)\n")
    {'': ['A'], 'Do': ['docs/b', 'docs/e/d']}
    """
    found: dict[str, list[str]] = {}
    seen: set[str] = set()
    heading = ""
    for line in index.splitlines():
        if begins := HEADING.match(line):
            heading = begins[1]
        for link in LINK.findall(line):
            page = posixpath.normpath(posixpath.join(posixpath.dirname(INDEX), link))
            if page not in seen:
                seen.add(page)
                found.setdefault(heading, []).append(page)
    return found


def contents(pages: Mapping[str, list[str]]) -> str:
    """Return what the site adds below the first page: its navigation, which is shown beside it."""
    return "".join(
        toctree(
            *(f"/{page}" for page in found), options=f":caption: {heading}\n" if heading else ""
        )
        for heading, found in pages.items()
    )


def toctree(*pages: str, options: str) -> str:
    """Return one part of the navigation, in the words of Sphinx."""
    return "\n\n```{toctree}\n:hidden:\n" + options + "\n" + "\n".join(pages) + "\n```\n"


def with_contents(page: str, text: str) -> str:
    """Return the text of a page as the site reads it. Code hosts show it without the addition."""
    if page == INDEX:
        return text + contents(navigation(text))
    if page == TABLES:
        return text + toctree("*", options=":glob:\n:reversed:\n")
    return text
