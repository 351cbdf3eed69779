"""
How many machine instructions the pure hot path takes per message, guarded against growth.

Time on a shared machine varies by tens of percent, counted instructions by less than one. So this
count can fail a build. ``perf stat`` counts where the kernel allows it, otherwise valgrind's
callgrind. Without both, or with another interpreter than that of the stored figures, nothing is
compared, and the command says why. ``python -m benchmarks.instructions`` compares. ``--store``
writes new figures.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

STORED = Path(__file__).parent / "instructions.json"
ROOT = Path(__file__).parent.parent

WORKLOADS = {
    "reference": "benchmarks.workloads:reference",
    "kernel to 8 pages": "benchmarks.workloads:kernel_to_pages",
    "page to kernel": "benchmarks.workloads:page_to_kernel",
}
"""
Functions by name. Each takes a number of messages, and handles that many.

``reference`` is fixed work that has nothing to do with the broker. If its count changed, the
interpreter changed, and nothing can be compared.
"""

ROOM = 1.10
FEW, MANY = 100, 600
"""Both counts include the same imports and first steps. Their difference is the messages."""


class NotCountableError(Exception):
    """This machine has no counter, or no stored figures."""


def count(workload: str) -> float:
    """Return the instructions of a workload per message."""
    run = counter()
    return (run(workload, MANY) - run(workload, FEW)) / (MANY - FEW)


def counter() -> Callable[[str, int], int]:
    """Return the counter of this machine. Raises NotCountableError if it has none."""
    perf = shutil.which("perf")
    if perf and "<not" not in _stderr([perf, "stat", "-x,", "-e", "instructions:u", "true"]):
        return lambda workload, number: _with_perf(str(perf), workload, number)
    if shutil.which("valgrind"):
        return _with_callgrind
    raise NotCountableError("neither perf with hardware counters nor valgrind")


def setting() -> str:
    """Return the setting that figures must share to be comparable."""
    tool = "perf" if counter().__name__ == "<lambda>" else "callgrind"
    version = ".".join(platform.python_version_tuple()[:2])
    return f"{tool}, {platform.python_implementation()} {version}, {platform.machine()}"


def compare(measured: dict[str, float]) -> list[str]:
    """Return a line for each workload that takes over 10 % more than its stored figure."""
    stored = _stored()
    reference = measured["reference"] / stored["reference"]
    if not 1 / ROOM < reference < ROOM:
        raise NotCountableError(
            f"another interpreter build: reference work takes {reference:.2f} of the stored"
        )
    return [
        f"{name}: {now:,.0f} instructions per message, stored {stored[name]:,.0f}, room is 10 %"
        for name, now in measured.items()
        if name in stored and now > stored[name] * ROOM
    ]


def measure_all() -> dict[str, float]:
    """Count the instructions of every workload."""
    return {name: count(place) for name, place in WORKLOADS.items()}


def store(measured: dict[str, float]) -> None:
    """Write new figures for this setting, beside those of other settings."""
    figures = json.loads(STORED.read_text()) if STORED.exists() else {}
    figures[setting()] = {name: round(value) for name, value in measured.items()}
    STORED.write_text(json.dumps(figures, indent=2, sort_keys=True) + "\n")


def _stored() -> dict[str, float]:
    figures = json.loads(STORED.read_text()) if STORED.exists() else {}
    if setting() not in figures:
        raise NotCountableError(f"no stored figures for {setting()}")
    return {str(name): float(value) for name, value in figures[setting()].items()}


def _command(workload: str, number: int) -> list[str]:
    return [sys.executable, "-m", "benchmarks.instructions", "--work", workload, str(number)]


def _environment() -> dict[str, str]:
    # Hashes decide the layout of dicts. They are fixed, so that two runs have the same count.
    return {**os.environ, "PYTHONHASHSEED": "0"}


def _stderr(command: list[str]) -> str:
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    if done.returncode:
        raise NotCountableError(f"{command[0]} failed: {done.stderr[-500:]}")
    return done.stderr


def _with_perf(perf: str, workload: str, number: int) -> int:
    told = _stderr([perf, "stat", "-x,", "-e", "instructions:u", *_command(workload, number)])
    return int(told.strip().splitlines()[-1].split(",")[0])


def _with_callgrind(workload: str, number: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        told = _stderr(
            [
                "valgrind",
                "--tool=callgrind",
                f"--callgrind-out-file={folder}/out",
                *_command(workload, number),
            ]
        )
    found = re.search(r"Collected : (\d+)", told)
    if found is None:
        raise NotCountableError(f"callgrind did not say a number: {told[-500:]}")
    return int(found[1])


def _work(workload: str, number: int) -> None:
    module, function = workload.split(":")
    getattr(importlib.import_module(module), function)(number)


def main(arguments: list[str] | None = None) -> int:
    """Count, and then compare or store."""
    known = argparse.ArgumentParser(prog="python -m benchmarks.instructions", description=__doc__)
    known.add_argument("--store", action="store_true", help=f"write {STORED.name}")
    known.add_argument("--work", nargs=2, metavar=("WORKLOAD", "COUNT"), help=argparse.SUPPRESS)
    asked = known.parse_args(arguments)
    if asked.work:
        _work(asked.work[0], int(asked.work[1]))
        return 0
    try:
        measured = measure_all()
        for name, value in measured.items():
            sys.stdout.write(f"{name}: {value:,.0f} instructions per message ({setting()})\n")
        if asked.store:
            store(measured)
            return 0
        wrong = compare(measured)
    except NotCountableError as reason:
        sys.stdout.write(f"skipped: {reason}\n")
        return 0
    sys.stdout.write("".join(f"{line}\n" for line in wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
