"""Writes texts as markdown: cells, tables, anchors, and docstrings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from inspect import cleandoc

SECTION = re.compile(r"(Args|Returns|Raises|Yields):$")
NAMED = re.compile(r"(\*{0,2}\w+): (.*)")
WORD = re.compile(r"[a-z]+(?: [a-z`\d]|[.,])")
ROLE = re.compile(r":\w+:`~?\.?([^`]+)`")


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; empty if it has no rows."""
    lines = [f"| {' | '.join(cell(each) for each in row)} |" for row in rows]
    if not lines:
        return ""
    return "\n".join([f"| {' | '.join(columns)} |", "|" + " --- |" * len(columns), *lines]) + "\n"


def cell(text: str) -> str:
    r"""
    Return a text that stays in its cell.

    >>> cell("a | b\nc")
    'a \\| b c'
    """
    return " ".join(text.split()).replace("|", "\\|")


def sentence(text: str) -> str:
    """
    Return a text that begins as a sentence and ends as one.

    >>> sentence("only this one: its id")
    'Only this one: its id.'
    """
    text = text.strip()
    ended = text if not text or text[-1] in ".!?:" else f"{text}."
    # A name keeps its letters.
    return ended[:1].upper() + ended[1:] if WORD.match(ended) else ended


def code(text: str, language: str = "python") -> str:
    """Return a fenced block."""
    return f"```{language}\n{text.strip()}\n```\n"


def inline(text: str) -> str:
    """
    Return a line of a docstring: one back quote where reStructuredText has two.

    >>> inline("``None`` as :meth:`Comm.send` says")
    '`None` as `Comm.send` says'
    """
    return ROLE.sub(r"`\1`", text).replace("``", "`")


def docstring(text: str, language: str = "python") -> str:
    """
    Return a docstring as markdown: its sections as lists, its literal blocks fenced.

    Args:
        text: the docstring.
        language: the language of its literal blocks.
    """
    found: list[str] = []
    block: list[str] = []
    begins = False
    section = ""
    for line in [*cleandoc(text).splitlines(), "end"]:
        indented = line.startswith("    ")
        if begins and (indented or not line):
            block.append(line[4:])
            continue
        if begins:
            found += [code("\n".join(block), language), ""]
            begins, block = False, []
        if line.endswith("::"):
            found.append(inline(line[:-1]))
            found.append("")
            begins = True
        elif heading := SECTION.match(line):
            section = heading[1]
            found += [f"{section}:", ""]
        elif section and indented:
            found.append(_item(line.strip(), continued=line.startswith("     ")))
        else:
            section = "" if line else section
            found.append(inline(line))
    return "\n".join(found[:-1]).strip() + "\n"


def _item(line: str, *, continued: bool) -> str:
    named = None if continued else NAMED.match(line)
    if named:
        return f"* `{named[1]}`: {inline(named[2])}"
    return f"  {inline(line)}" if continued else f"* {inline(line)}"
