"""A service that was held up does not believe what had waited, and believes what comes then."""

from __future__ import annotations

import asyncio
import time

from jupyter_comm_broker.fleet.service import pulse as subject
from jupyter_comm_broker.fleet.service.pulse import DEAF, LATE, Pulse
from tests.until import until


class Time:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_after_a_pause_it_is_deaf_for_a_moment() -> None:
    clock = Time()
    pulse = Pulse(clock)
    assert not pulse.is_deaf()
    clock.now += LATE
    assert not pulse.is_deaf()
    clock.now += LATE + 0.1
    assert pulse.is_deaf()
    clock.now += DEAF - 0.1
    assert pulse.is_deaf()
    clock.now += 0.2
    assert not pulse.is_deaf()


async def test_it_beats_while_the_loop_runs_freely() -> None:
    clock = Time()
    pulse = Pulse(clock)
    pulse.start()
    pulse.start()
    for _ in range(3):
        clock.now += LATE
        await until(lambda: pulse._beat_at == clock.now)
    assert not pulse.is_deaf()
    await pulse.close()
    await pulse.close()


async def test_a_loop_that_is_blocked_makes_it_deaf() -> None:
    pulse = Pulse(time.monotonic)
    late, subject.LATE = subject.LATE, 0.2
    try:
        pulse.start()
        await asyncio.sleep(0)
        time.sleep(0.3)  # noqa: ASYNC251 - the loop is to be blocked
        assert pulse.is_deaf()
    finally:
        subject.LATE = late
        await pulse.close()
