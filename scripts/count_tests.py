"""Add up JUnit reports to one closing line, since the suite is more than one run of pytest."""

import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree


def count(reports: list[Path]) -> Counter[str]:
    """Return how many tests passed, failed and were skipped; an error counts as failed."""
    totals: Counter[str] = Counter()
    for report in reports:
        # The reports were written by our own pytest a moment ago.
        for case in ElementTree.parse(report).getroot().iter("testcase"):  # noqa: S314
            marks = {child.tag for child in case}
            if marks & {"failure", "error"}:
                totals["failed"] += 1
            else:
                totals["skipped" if "skipped" in marks else "passed"] += 1
    return totals


if __name__ == "__main__":
    totals = count(list(Path(sys.argv[1]).glob("*.xml")))
    print(f"{totals['passed']} passed, {totals['failed']} failed, {totals['skipped']} skipped")
    sys.exit(totals["failed"] > 0 or totals["passed"] == 0)
