"""Every rule and fact that the repository refers to stands among the protocol facts."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FACTS = ROOT / "docs" / "topics" / "protocol-facts.md"
SUFFIXES = (".py", ".ts", ".tsx", ".md")
NOT_OURS = {"artefacts", "build", "dist", "node_modules", "static"}

NUMBER = r"\d+(?:\.\d+)*"
AND_MORE = rf"(?:(?:,|,?\s+(?:and|or|to))\s+{NUMBER})*"
REFERENCE = re.compile(rf"\b(rule|fact)s?[\s#*]+({NUMBER}{AND_MORE})", re.IGNORECASE)
"""Also one that a line's end cuts in two, in a comment too."""

SAID = re.compile(rf"^(?:### |(?:\* )?\*\*)(Rule|Fact) ({NUMBER})[.:]", re.MULTILINE)

ELSEWHERE = re.compile(
    r"\b(?:protocol facts|decisions?|scenarios?)[\s#*]+\d|\b(?:PF|demand) [A-Z]?\d", re.IGNORECASE
)
"""What other documents number, which nobody who reads the code has."""


def said(facts: str) -> list[tuple[str, str]]:
    """Return what a text numbers, in its order."""
    return [(kind.lower(), number) for kind, number in SAID.findall(facts)]


def line_of(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def referred(text: str) -> Iterator[tuple[int, tuple[str, str]]]:
    """Yield the rules and facts that a text names, each with its line."""
    for found in REFERENCE.finditer(text):
        for number in re.findall(NUMBER, found[2]):
            yield line_of(text, found.start()), (found[1].lower(), number)


def texts() -> Iterator[tuple[str, str]]:
    """Yield the repository's sources and documents, each with its name."""
    for folder, below, names in os.walk(ROOT):
        below[:] = sorted(
            name for name in below if name not in NOT_OURS and not name.startswith(".")
        )
        for name in sorted(names):
            if name.endswith(SUFFIXES):
                path = Path(folder, name)
                yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def test_every_rule_and_fact_that_is_named_can_be_read() -> None:
    known = set(said(FACTS.read_text()))
    unknown = [
        f"{name}:{line}: {kind} {number} is not in docs/topics/{FACTS.name}"
        for name, text in texts()
        for line, (kind, number) in referred(text)
        if (kind, number) not in known
    ]
    assert unknown == []


def test_no_number_of_another_document_is_named() -> None:
    foreign = [
        f"{name}:{line_of(text, found.start())}: {found[0]!r}"
        for name, text in texts()
        for found in ELSEWHERE.finditer(text)
    ]
    assert foreign == []


def test_each_number_is_given_once_and_rules_have_no_gap() -> None:
    numbers = said(FACTS.read_text())
    assert len(set(numbers)) == len(numbers)
    rules = [int(number) for kind, number in numbers if kind == "rule"]
    assert rules == list(range(1, len(rules) + 1))


def test_references_are_found_in_every_form() -> None:
    text = f"as (rule {7}), (facts {1.1} and {2.2})\n# by rules\n#   {6}, {8} and {24}. Fact {3.6}."
    assert list(referred(text)) == [
        (1, ("rule", "7")),
        (1, ("fact", "1.1")),
        (1, ("fact", "2.2")),
        (2, ("rule", "6")),
        (2, ("rule", "8")),
        (2, ("rule", "24")),
        (3, ("fact", "3.6")),
    ]
    assert len(list(texts())) > 500
