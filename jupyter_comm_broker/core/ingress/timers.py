"""The parts of a broker that want to be woken: when next, and what is due."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Protocol

from jupyter_comm_broker.core.context import Context


class Timed(Protocol):
    """A part that does something in time."""

    def next_due(self) -> float | None:
        """Return when it has something to do, if nothing else happens before."""

    def tick(self, now: float) -> None:
        """Do what is due."""


class TimedParts:
    """Wakes them in their order; one that fails must not stop the others."""

    def __init__(self, context: Context, parts: Sequence[Timed]) -> None:
        self._context = context
        self._parts = parts

    def next_due(self) -> float | None:
        """Return when :meth:`tick` is worth it next."""
        moments = []
        for part in self._parts:
            try:
                moments.append(part.next_due())
            except Exception as fault:  # noqa: BLE001, PERF203 - one clock must not stop the rest
                self._context.counters["faults"] += 1
                what = f"asking when {type(part).__name__} is due failed"
                self._context.log("error", what, fault)
        return min((moment for moment in moments if moment is not None), default=None)

    def tick(self, now: float) -> None:
        """Let all do what is due."""
        for part in self._parts:
            self._context.shielded(type(part).__name__, partial(part.tick, now))
