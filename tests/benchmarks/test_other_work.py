"""Work of others is told apart from that of the servers that are measured."""

from __future__ import annotations

import doctest
import subprocess
import sys

import psutil
import pytest

from benchmarks import other_work
from benchmarks.other_work import OtherWork

WORKS = "import time; begun = time.process_time()\nwhile time.process_time() - begun < 1: pass"


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that the machine's processors have worked, as far as the watcher knows."""
    seconds = [1_000.0]
    monkeypatch.setattr(other_work, "_busy", lambda: seconds[0])
    return seconds


def test_what_processes_of_ours_do_is_none_of_others(counted: list[float]) -> None:
    watch = OtherWork()
    subprocess.run([sys.executable, "-c", WORKS], check=True)  # noqa: S603 - written above
    counted[0] += 1.0
    assert watch.share() < 0.1


def test_what_others_do_is_seen(counted: list[float]) -> None:
    watch = OtherWork()
    counted[0] += 1_000.0
    assert watch.share() == 1.0


def test_the_machine_says_what_its_processors_have_done() -> None:
    before = other_work._busy()
    subprocess.run([sys.executable, "-c", WORKS], check=True)  # noqa: S603 - written above
    assert other_work._busy() - before > 0.5
    assert other_work._busy() <= sum(psutil.cpu_times())


def test_the_remark_is_as_its_examples_say() -> None:
    assert doctest.testmod(other_work).failed == 0
