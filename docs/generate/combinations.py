"""Writes the page of combinations from the records of test runs in ``docs/combinations.json``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from docs.generate.markdown import table

RECORDS = Path(__file__).parents[1] / "combinations.json"


def parts() -> dict[str, str]:
    """Return the parts of the page that come from the records."""
    records = json.loads(RECORDS.read_text())
    areas = list(dict.fromkeys(area for each in records.values() for area in each["areas"]))
    passed = [
        (name, each["date"], *(counts(each["areas"].get(area, {})) for area in areas))
        for name, each in records.items()
    ]
    versions = [
        (name, ", ".join(f"{package} {number}" for package, number in each["versions"].items()))
        for name, each in records.items()
    ]
    remarks = [(name, each["remark"]) for name, each in records.items() if each["remark"]]
    return {
        "passed": table(("combination", "tried on", *areas), passed),
        "remarks": table(("combination", "remark"), remarks),
        "versions": table(("combination", "versions"), versions),
    }


def counts(kinds: Mapping[str, Any]) -> str:
    """
    Return how many tests passed, failed and were skipped.

    >>> counts({"passed": 41, "failed": 1}), counts({"passed": 3}), counts({})
    ('41 passed, 1 failed', '3 passed', 'not tried')
    """
    said = [f"{kinds[kind]} {kind}" for kind in ("passed", "failed", "skipped") if kinds.get(kind)]
    return ", ".join(said) or "not tried"
