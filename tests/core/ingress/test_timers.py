"""All parts are woken in their order, and one that fails does not stop the others."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_comm_broker.core.ingress.timers import Timers
from jupyter_comm_broker.core.timed import SOON

from ..room import Room


class Part:
    def __init__(self, due: Any, fault: Exception | None = None) -> None:
        self.due = due
        self.fault = fault
        self.ticks: list[float] = []

    def next_due(self) -> float | None:
        if isinstance(self.due, Exception):
            raise self.due
        return self.due  # type: ignore[no-any-return]

    def tick(self, now: float) -> None:
        self.ticks.append(now)
        self.due = None
        if self.fault is not None:
            raise self.fault


def test_the_soonest_counts_and_nothing_is_due_where_nobody_waits() -> None:
    ledger = Room().broker._parts.ledger
    assert Timers(ledger, [Part(5.0), Part(None), Part(3.0)]).next_due() == 3.0
    assert Timers(ledger, [Part(None)]).next_due() is None


def test_those_that_are_due_have_their_turn_and_the_others_are_left_alone() -> None:
    parts = [Part(5.0), Part(None), Part(SOON), Part(2.0)]
    timed = Timers(Room().broker._parts.ledger, parts)
    assert timed.tick(2.0) == 5.0
    assert [part.ticks for part in parts] == [[], [], [2.0], [2.0]]
    assert timed.tick(3.0) == 5.0
    assert parts[0].ticks == []


def test_what_one_makes_due_is_told() -> None:
    first, second = Part(None), Part(1.0)
    second.tick = lambda now: setattr(first, "due", now + 1)  # type: ignore[method-assign]
    assert Timers(Room().broker._parts.ledger, [first, second]).tick(1.0) == 1.0


def test_after_messages_that_were_only_passed_on_they_are_asked_ten_times_a_second() -> None:
    part = Part(None)
    timed = Timers(Room().broker._parts.ledger, [part])
    assert timed.tick(10.0) is None
    part.due = 10.01
    assert timed.tick_after_messages(10.02) == pytest.approx(10.1)
    assert part.ticks == []
    assert timed.tick_after_messages(10.1) is None
    assert part.ticks == [10.1]


def test_what_was_due_before_is_not_put_off_by_messages() -> None:
    part = Part(10.05)
    timed = Timers(Room().broker._parts.ledger, [part])
    assert timed.tick(10.0) == 10.05
    assert timed.tick_after_messages(10.04) == 10.05
    timed.tick_after_messages(10.05)
    assert part.ticks == [10.05]


def test_after_anything_else_they_are_asked_at_once() -> None:
    part = Part(None)
    timed = Timers(Room().broker._parts.ledger, [part])
    timed.tick(10.0)
    part.due, timed.is_routine = 10.0, False
    timed.tick_after_messages(10.01)
    assert (part.ticks, timed.is_routine) == ([10.01], True)


def test_one_that_fails_is_logged_and_the_others_have_their_turn() -> None:
    parts_of_broker = Room().broker._parts
    parts = [Part(ZeroDivisionError()), Part(1.0, KeyError()), Part(3.0), Part(9.0)]
    assert Timers(parts_of_broker.ledger, parts).tick(4.0) == 9.0
    assert [part.ticks for part in parts] == [[], [4.0], [4.0], []]
    assert parts_of_broker.ledger.counters["faults"] == 3
    told = [line.text for line in parts_of_broker.effects.log]
    assert "asking when Part is due failed" in told[0]
    assert told[1].startswith("Part failed")
