"""All parts are woken in their order, and one that fails does not stop the others."""

from __future__ import annotations

from typing import Any

from jupyter_comm_broker.core.ingress.timers import TimedParts

from .room import Room


class Part:
    def __init__(self, due: Any) -> None:
        self.due = due
        self.ticks: list[float] = []

    def next_due(self) -> float | None:
        if isinstance(self.due, Exception):
            raise self.due
        return self.due  # type: ignore[no-any-return]

    def tick(self, now: float) -> None:
        self.ticks.append(now)
        if isinstance(self.due, Exception):
            raise self.due


def test_the_soonest_counts_and_nothing_is_due_where_nobody_waits() -> None:
    context = Room().broker.context
    assert TimedParts(context, [Part(5.0), Part(None), Part(3.0)]).next_due() == 3.0
    assert TimedParts(context, [Part(None)]).next_due() is None


def test_one_that_fails_is_logged_and_the_others_have_their_turn() -> None:
    context = Room().broker.context
    parts = [Part(ZeroDivisionError()), Part(3.0)]
    timed = TimedParts(context, parts)
    assert timed.next_due() == 3.0
    timed.tick(4.0)
    assert [part.ticks for part in parts] == [[4.0], [4.0]]
    assert context.counters["faults"] == 2
    assert "asking when Part is due failed" in context.effects.log[-2].text
