"""The fenced blocks of a markdown page: what is to be run, and what it should print."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"(`{3,})(\w*)$")
NOT_RUN = re.compile(r"<!-- not run: .+ -->")
EXITS = re.compile(r"<!-- exits with (\d+) -->")
NAMED = re.compile(r"# ([\w-]+\.\w+)$")
"""The first line of a block that is a file: the page tells people to save it."""

RUN = ("bash", "python", "toml")
OUTPUT = "text"


@dataclass(frozen=True, slots=True)
class Fence:
    """One fenced block."""

    language: str
    text: str
    line: int
    """Where it begins on its page."""
    before: str
    """The line in front of it."""


@dataclass(frozen=True, slots=True)
class Example:
    """One block that people type, with the output that they should see."""

    language: str
    text: str
    line: int
    exit_code: int = 0
    output: str | None = None
    """``None`` where the page does not show it."""

    @property
    def file_name(self) -> str | None:
        """The file that the block is to be saved as, if it is one."""
        named = NAMED.match(self.text.partition("\n")[0])
        return named[1] if named else None


def fences(markdown: str) -> Iterator[Fence]:
    """
    Yield the fenced blocks of a page.

    >>> [(each.language, each.text, each.line) for each in fences("x\\n```bash\\nls\\n```")]
    [('bash', 'ls\\n', 2)]
    """
    before, opened, language, begin = "", "", "", 0
    inside: list[str] = []
    for number, line in enumerate(markdown.splitlines(), 1):
        mark = FENCE.match(line)
        if opened:
            if line == opened:
                yield Fence(language, "".join(f"{each}\n" for each in inside), begin, before)
                before, opened = line, ""
            else:
                inside.append(line)
        elif mark:
            opened, language, begin, inside = mark[1], mark[2], number, []
        elif line:
            before = line
    if opened:
        raise ValueError(f"the block of line {begin} has no end")


def examples(page: Path) -> list[Example]:
    """Return what a page tells people to run, in its order."""
    found: list[Example] = []
    runs = False
    for fence in fences(page.read_text()):
        if fence.language in RUN:
            runs = not NOT_RUN.match(fence.before)
            if runs:
                exits = EXITS.match(fence.before)
                code = int(exits[1]) if exits else 0
                found.append(Example(fence.language, fence.text, fence.line, code))
        elif fence.language == OUTPUT and fence.before.startswith("```") and runs:
            last = found.pop()
            found.append(Example(last.language, last.text, last.line, last.exit_code, fence.text))
        else:
            runs = False
    return found


def shows(expected: str, printed: str) -> bool:
    """
    Whether a page shows what was printed: ``...`` stands for anything, spaces for any spaces.

    >>> shows("id ...\\n", "id  7 \\n"), shows("id ...\\n", "name 7\\n")
    (True, False)
    """
    parts = [re.escape(part) for part in _plain(expected).split("...")]
    return re.fullmatch(".*".join(parts), _plain(printed), re.DOTALL) is not None


def _plain(text: str) -> str:
    lines = [" ".join(line.split()) for line in text.strip().splitlines()]
    return "\n".join(lines)
