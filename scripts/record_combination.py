"""
Writes into ``docs/combinations.json`` what passed with the versions of one environment.

``python -m scripts.record_combination NAME PYTHON FOLDER`` reads the JUnit reports in a folder, and
asks that Python which versions it has. The remark of an earlier record of that name stays: it is
written by hand. ``python -m docs.generate`` makes the page from the file.
"""

import datetime
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from scripts.count_tests import Outcome, last_outcomes

RECORDS = Path(__file__).parents[1] / "docs" / "combinations.json"

PACKAGES = (
    *("jupyter_server", "jupyter_client", "tornado", "pyzmq", "ipykernel", "ipywidgets"),
    *("jupyterlab", "notebook", "jupyterhub"),
    *("jupyter-server-documents", "jupyter-collaboration", "jupyter-server-nbmodel"),
)

AREAS = {
    "a gateway": "tests.acceptance.gateway.",
    "JupyterHub": "tests.acceptance.hub.",
    "JupyterHub in a browser": "tests.browser.fleet.",
    "the dashboard": "tests.browser.dashboard.",
    "JupyterLab and Notebook": "tests.browser.",
    "servers and kernels": "tests.acceptance.",
    "without servers": "",
}
"""Beginnings of tests' names. The first that fits counts."""

ASK = """
import json, platform, sys
from importlib.metadata import PackageNotFoundError, version
found = {"Python": platform.python_version()}
for name in sys.argv[1:]:
    try:
        found[name] = version(name)
    except PackageNotFoundError:
        pass
print(json.dumps(found))
"""


def versions(python: str) -> dict[str, str]:
    """Return which of the packages an environment has, and their versions."""
    told = subprocess.run(
        [python, "-c", ASK, *PACKAGES], capture_output=True, check=True, text=True
    )
    found: dict[str, str] = json.loads(told.stdout)
    return found


def by_area(outcomes: Mapping[str, Outcome]) -> dict[str, dict[str, int]]:
    """Return how many tests passed, failed and were skipped, by area."""
    counts: dict[str, Counter[str]] = {}
    for name, outcome in outcomes.items():
        area = next(area for area, begin in AREAS.items() if name.startswith(begin))
        counts.setdefault(area, Counter())[outcome.kind] += 1
    return {area: dict(sorted(counts[area].items())) for area in reversed(AREAS) if area in counts}


def record(name: str, python: str, folder: Path) -> None:
    """Add a record, or replace the one of that name."""
    records = json.loads(RECORDS.read_text()) if RECORDS.exists() else {}
    # The suite of jupyter_server has its reports there too.
    ours = sorted([*folder.glob("pytest*.xml"), *folder.glob("browser*.xml")])
    outcomes, _ = last_outcomes(ours)
    records[name] = {
        "date": datetime.datetime.now(tz=datetime.timezone.utc).date().isoformat(),
        "versions": versions(python),
        "areas": by_area(outcomes),
        "remark": records.get(name, {}).get("remark", ""),
    }
    RECORDS.write_text(json.dumps(records, indent=2) + "\n")


if __name__ == "__main__":
    record(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
