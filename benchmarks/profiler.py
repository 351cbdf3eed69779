"""Records with py-spy, if that is wanted, where a server spends its time during a measure."""

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
    """A profile was asked for, but py-spy is not installed."""


@contextmanager
def profile(pid: int, file: Path | None) -> Iterator[None]:
    """Record collapsed stacks, one in a line with its samples, in ``file``; ``None``: nothing."""
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
        # On an interrupt, py-spy writes its samples.
        recorder.send_signal(signal.SIGINT)
        recorder.wait(30)
