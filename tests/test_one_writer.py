"""
Each fact has one owner: its own class, or at most one other module, sets it.

Who reads ``record.taken`` finds one place that sets it. A part that wants a fact to change calls a
method of its owner.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

CORE = Path(__file__).parents[1] / "jupyter_comm_broker" / "core"

SAME_NAME = {"most"}
"""Names of two facts: an ``InFlight`` has a bound, and so has its ``FlightLog``."""


def set_from_outside(source: str) -> set[str]:
    """Return the attributes that a module sets of other objects than ``self``."""
    return {
        node.attr
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and not (isinstance(node.value, ast.Name) and node.value.id == "self")
    }


def test_no_fact_is_set_by_two_modules_besides_its_class() -> None:
    writers: defaultdict[str, set[str]] = defaultdict(set)
    for path in CORE.rglob("*.py"):
        for fact in set_from_outside(path.read_text()):
            writers[fact].add(str(path.relative_to(CORE)))
    assert len(writers) > 30
    several = {fact: found for fact, found in writers.items() if len(found) > 1}
    assert several.keys() <= SAME_NAME, several


def test_who_sets_is_found() -> None:
    source = "self.a = 1\nrecord.b = 1\nx.y.c += 1\nrecord.d, self.e = 1, 2\nprint(record.f)"
    assert set_from_outside(source) == {"b", "c", "d"}
