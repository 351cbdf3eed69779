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

Run = tuple[str, int]
"""A workload, and how many messages it handles."""


class NotCountableError(Exception):
    """This machine has no counter, or no stored figures."""


def counter() -> Callable[[list[Run]], list[int]]:
    """Return the counter of this machine. Raises NotCountableError if it has none."""
    perf = shutil.which("perf")
    if perf and "<not" not in _stderr([perf, "stat", "-x,", "-e", "instructions:u", "true"]):
        return lambda runs: [_with_perf(str(perf), run) for run in runs]
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
    """Count the instructions of every workload, per message."""
    runs = [(place, number) for place in WORKLOADS.values() for number in (FEW, MANY)]
    counts = counter()(runs)
    pairs = zip(counts[::2], counts[1::2], strict=True)
    return {
        name: (many - few) / (MANY - FEW)
        for name, (few, many) in zip(WORKLOADS, pairs, strict=True)
    }


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


def _command(*runs: Run) -> list[str]:
    words = [str(word) for run in runs for word in run]
    return [sys.executable, "-m", "benchmarks.instructions", "--work", *words]


def _environment() -> dict[str, str]:
    # Hashes decide the layout of dicts. They are fixed, so that two runs have the same count.
    return {**os.environ, "PYTHONHASHSEED": "0"}


def _told(command: list[str]) -> subprocess.CompletedProcess[str]:
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
    return done


def _stderr(command: list[str]) -> str:
    return _told(command).stderr


def _with_perf(perf: str, run: Run) -> int:
    told = _stderr([perf, "stat", "-x,", "-e", "instructions:u", *_command(run)])
    return int(told.strip().splitlines()[-1].split(",")[0])


def _with_callgrind(runs: list[Run]) -> list[int]:
    with tempfile.TemporaryDirectory() as folder:
        told = _told(
            [
                "valgrind",
                "--tool=callgrind",
                f"--callgrind-out-file={folder}/out.%p",
                *_command(*runs),
            ]
        )
    found = {int(pid): int(n) for pid, n in re.findall(r"==(\d+)== Collected : (\d+)", told.stderr)}
    counts = [found[pid] for pid in map(int, told.stdout.split()) if pid in found]
    if len(counts) != len(runs):
        raise NotCountableError(f"callgrind did not say a number: {told.stderr[-500:]}")
    return counts


def _work(runs: list[Run]) -> None:
    """
    Do each run in a process of its own, and print its id.

    All begin in the state of this one. What it imports takes most of the time under valgrind.
    """
    # What the runs are compared by must not depend on which of them imported a module.
    functions = [_function(workload) for workload, _ in runs]
    for function, (_, number) in zip(functions, runs, strict=True):
        pid = os.fork()
        if not pid:
            function(number)
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        if status:
            raise NotCountableError(f"{function.__name__} ended with {status}")
        sys.stdout.write(f"{pid}\n")


def _function(workload: str) -> Callable[[int], None]:
    module, name = workload.split(":")
    function: Callable[[int], None] = getattr(importlib.import_module(module), name)
    return function


def main(arguments: list[str] | None = None) -> int:
    """Count, and then compare or store."""
    known = argparse.ArgumentParser(prog="python -m benchmarks.instructions", description=__doc__)
    known.add_argument("--store", action="store_true", help=f"write {STORED.name}")
    known.add_argument("--work", nargs="+", metavar="WORKLOAD COUNT", help=argparse.SUPPRESS)
    asked = known.parse_args(arguments)
    if asked.work:
        _work(list(zip(asked.work[::2], map(int, asked.work[1::2]), strict=True)))
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
