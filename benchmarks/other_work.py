"""
How much of the processors others take while something is measured.

A figure that was measured beside other work says little about the servers. So each measure is
watched, and a run beside too much other work is marked.
"""

from __future__ import annotations

import os
import time

import psutil

MOST = 0.1
"""The share of all processors' time above which a run is marked."""


class OtherWork:
    """Watches from its making on. Time that another virtual machine takes counts too."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._others = _busy() - _ours()

    def share(self) -> float:
        """Return the share of all processors' time that others have taken so far, from 0 to 1."""
        elapsed = (time.monotonic() - self._begun) * (os.cpu_count() or 1)
        others = _busy() - _ours() - self._others
        return min(1.0, max(0.0, others / elapsed)) if elapsed else 0.0


def remark(shares: dict[str, float]) -> str:
    """
    Return what is said of a run.

    >>> remark({"echo": 0.02, "connect": 0.25})
    'MARKED: others took 25 % of the processors during connect; more than 10 % is too much'
    >>> remark({"echo": 0.02})
    'others took at most 2 % of the processors'

    Args:
        shares: the shares by measure.
    """
    share, measure = max(((share, name) for name, share in shares.items()), default=(0.0, ""))
    if share <= MOST:
        return f"others took at most {share:.0%} of the processors".replace("%", " %")
    said = f"MARKED: others took {share:.0%} of the processors during {measure}; "
    return (said + f"more than {MOST:.0%} is too much").replace("%", " %")


def _busy() -> float:
    """Return the seconds that the processors have worked since the machine's start."""
    times = psutil.cpu_times()
    at_rest = times.idle + getattr(times, "iowait", 0.0) + getattr(times, "guest", 0.0)
    return float(sum(times) - at_rest)


def _ours() -> float:
    """Return the seconds that this process and those that it started have worked."""
    me = psutil.Process()
    seconds = 0.0
    for process in (me, *me.children(recursive=True)):
        try:
            # With those of its children that have ended.
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        seconds += times.user + times.system + times.children_user + times.children_system
    return seconds
