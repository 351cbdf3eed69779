"""Add up JUnit reports to one closing line, since the suite is more than one run of pytest."""

import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree


def count(folder: Path) -> Counter[str]:
    """
    Return how many tests passed, failed and were skipped; an error counts as failed.

    A test that is in two reports was repeated: the later one, by name, counts.
    """
    outcomes: dict[tuple[str | None, str | None], str] = {}
    for report in sorted(folder.glob("*.xml")):
        # What pytest calls one test may be two elements here, if its teardown failed as well.
        failed = set()
        # The reports were written by our own pytest a moment ago.
        for case in ElementTree.parse(report).getroot().iter("testcase"):  # noqa: S314
            name = (case.get("classname"), case.get("name"))
            marks = {child.tag for child in case}
            if marks & {"failure", "error"}:
                failed.add(name)
            outcomes[name] = "skipped" if "skipped" in marks else "passed"
        outcomes |= dict.fromkeys(failed, "failed")
    return Counter(outcomes.values())


if __name__ == "__main__":
    totals = count(Path(sys.argv[1]))
    print(f"{totals['passed']} passed, {totals['failed']} failed, {totals['skipped']} skipped")
    sys.exit(totals["failed"] > 0 or totals["passed"] == 0)
