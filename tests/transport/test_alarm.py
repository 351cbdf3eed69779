"""The alarm rings once, at the latest time it was set to, and never spins."""

from __future__ import annotations

import asyncio
from typing import Any

from jupyter_comm_broker.transport.alarm import LEAST_PAUSE, Alarm
from tests.until import until


def timers() -> list[asyncio.TimerHandle]:
    """Return the timers of the running loop that will still ring."""
    loop: Any = asyncio.get_running_loop()
    return [
        each
        for each in loop._scheduled
        if not each.cancelled() and each._callback.__qualname__.startswith(Alarm.__name__)
    ]


async def test_it_is_moved_earlier_and_later_and_taken_away() -> None:
    loop = asyncio.get_running_loop()
    alarm, now = Alarm(loop, lambda: None), loop.time()
    for due in (now + 60.0, now + 30.0, now + 90.0):
        alarm.set(due)
        assert [timer.when() for timer in timers()] == [due]
    alarm.set(None)
    alarm.stop()
    assert timers() == []


async def test_a_little_later_is_not_worth_another_timer_and_earlier_is() -> None:
    loop = asyncio.get_running_loop()
    alarm, due = Alarm(loop, lambda: None), loop.time() + 60.0
    alarm.set(due)
    alarm.set(due + LEAST_PAUSE / 2)
    assert [timer.when() for timer in timers()] == [due]
    alarm.set(due - LEAST_PAUSE / 2)
    assert [timer.when() for timer in timers()] == [due - LEAST_PAUSE / 2]
    alarm.stop()


async def test_what_is_overdue_for_ever_rings_again_and_again_with_a_pause_between() -> None:
    loop = asyncio.get_running_loop()
    rang: list[float] = []

    def ring() -> None:
        rang.append(loop.time())
        alarm.set(0.0)

    alarm = Alarm(loop, ring)
    before = loop.time()
    alarm.set(0.0)
    assert timers()[0].when() >= before + LEAST_PAUSE
    await until(lambda: len(rang) >= 5)
    assert timers()[0].when() >= rang[-1] + LEAST_PAUSE
    alarm.stop()
