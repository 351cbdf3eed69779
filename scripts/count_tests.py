"""Adds up JUnit reports to one closing line, because the suite is several runs of pytest.

``count_tests.py FOLDER`` adds up the reports in a folder. ``count_tests.py --few REPORT`` says by
its exit code whether few tests failed in a report. Then it makes sense to try these once more.
"""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

FEW = 5
"""How many failures may come from a busy machine. More than that come from the code."""


class Outcome(NamedTuple):
    """The outcome of one test in one run."""

    kind: str
    """``passed``, ``failed`` or ``skipped``. An error counts as failed."""

    reason: str
    """The first line of a failed test's message."""


def outcomes(report: Path) -> dict[str, Outcome]:
    """Return the outcome of each test in a report, by its name."""
    found: dict[str, Outcome] = {}
    # Our own pytest wrote the reports a moment ago.
    for case in ElementTree.parse(report).getroot().iter("testcase"):  # noqa: S314
        name = f"{case.get('classname')}.{case.get('name')}"
        wrong = [child for child in case if child.tag in {"failure", "error"}]
        # One test of pytest may be two elements here, if its teardown failed as well.
        if wrong:
            reason = (wrong[0].get("message") or "").strip().partition("\n")[0][:200]
            found[name] = Outcome("failed", reason)
        elif name not in found:
            skipped = case.find("skipped") is not None
            found[name] = Outcome("skipped" if skipped else "passed", "")
    return found


def few_failed(report: Path) -> bool:
    """Return whether a run failed only because a few tests failed."""
    if not report.exists():
        return False
    failed = [each for each in outcomes(report).values() if each.kind == "failed"]
    return 0 < len(failed) <= FEW


def last_outcomes(reports: Iterable[Path]) -> tuple[dict[str, Outcome], list[str]]:
    """
    Return the last outcome of each test, and a line for each that failed before it passed.

    Args:
        reports: the reports in their order. What a later one says counts.
    """
    last: dict[str, Outcome] = {}
    lines: list[str] = []
    for report in reports:
        for name, outcome in outcomes(report).items():
            before = last.get(name)
            if before and (before.kind, outcome.kind) == ("failed", "passed"):
                lines.append(f"passed only when tried once more: {name}: {before.reason}")
            last[name] = outcome
    return last, lines


def closing_lines(reports: Iterable[Path]) -> tuple[list[str], bool]:
    """Return the closing lines, and whether all is well. A later report replaces an earlier one."""
    last, lines = last_outcomes(reports)
    lines += [f"failed: {name}: {o.reason}" for name, o in last.items() if o.kind == "failed"]
    kinds = [each.kind for each in last.values()]
    numbers = {kind: kinds.count(kind) for kind in ("passed", "failed", "skipped")}
    lines.append(", ".join(f"{number} {kind}" for kind, number in numbers.items()))
    return lines, numbers["passed"] > 0 and not numbers["failed"]


if __name__ == "__main__":
    if sys.argv[1] == "--few":
        sys.exit(not few_failed(Path(sys.argv[2])))
    said, good = closing_lines(sorted(Path(sys.argv[1]).glob("*.xml")))
    print("\n".join(said))
    sys.exit(not good)
