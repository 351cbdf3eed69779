"""Optional: where a server's time goes during a measure, recorded by py-spy from outside."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

RATE = 500


class NoProfilerError(Exception):
    """A profile was asked for and py-spy is not installed."""


@contextmanager
def profile(pid: int, file: Path | None) -> Iterator[None]:
    """Record collapsed stacks, one a line with its number of samples, into ``file`` if given."""
    if file is None:
        yield
        return
    program = shutil.which("py-spy", path=str(Path(sys.executable).parent)) or shutil.which(
        "py-spy"
    )
    if program is None:
        raise NoProfilerError("--profile needs py-spy: pip install py-spy")
    file.parent.mkdir(parents=True, exist_ok=True)
    command = [program, "record", "-p", str(pid), "-f", "raw", "-r", str(RATE), "-d", "3600"]
    recorder = subprocess.Popen(
        [*command, "-o", str(file)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        # On an interrupt py-spy writes what it has.
        recorder.send_signal(signal.SIGINT)
        recorder.wait(30)
