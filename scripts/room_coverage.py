"""Prints how many lines and branches of each room the tests ran, and fails below a floor.

``python scripts/room_coverage.py`` reads the data of ``coverage run``. Servers and kernels in
processes of their own are not counted. Code that only they run counts as not run.
"""

import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path, PurePath

PACKAGE = "jupyter_comm_broker"
FLOOR = 90.0
"""The per cent below which a room fails the build."""

Report = dict[str, dict[str, dict[str, dict[str, int]]]]
"""The part of coverage's report that is read: each file's ``summary`` under ``files``."""

LINES = ("covered_lines", "num_statements")
BRANCHES = ("covered_branches", "num_branches")


def room_of(file: str) -> str:
    """
    Return the room that a module belongs to.

    >>> room_of("jupyter_comm_broker/core/state/mirror.py")
    'core/state'
    """
    inside = PurePath(file).parts
    folders = inside[inside.index(PACKAGE) + 1 : -1]
    return "/".join(folders[: 2 if folders[:1] == ("core",) else 1]) or "the top"


def by_room(report: Report) -> dict[str, list[float]]:
    """Return the per cent of lines and of branches that were run, by room."""
    sums: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for file, found in report["files"].items():
        for name, number in found["summary"].items():
            if name in LINES + BRANCHES:
                sums[room_of(file)][name] += number
    return {
        room: [
            100 * counts[run] / counts[all_] if counts[all_] else 100.0
            for run, all_ in (LINES, BRANCHES)
        ]
        for room, counts in sorted(sums.items())
    }


def read() -> Report:
    """Return coverage's own report."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "coverage.json"
        subprocess.run(
            [sys.executable, "-m", "coverage", "json", "-q", "-o", str(file)], check=True
        )
        report: Report = json.loads(file.read_text())
        return report


if __name__ == "__main__":
    rooms = by_room(read())
    print(f"{'room':16} {'lines':>7} {'branches':>9}")
    for room, (lines, branches) in rooms.items():
        low = "  below the floor" if min(lines, branches) < FLOOR else ""
        print(f"{room:16} {lines:6.1f}% {branches:8.1f}%{low}")
    sys.exit(any(min(shares) < FLOOR for shares in rooms.values()))
