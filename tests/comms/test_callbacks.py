"""Callbacks run in order where they are posted, and what they do is counted and bounded."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from jupyter_comm_broker.comms.callbacks import Callbacks, at_once
from tests.until import until

LOG = logging.getLogger("callbacks")


def test_steps_run_in_their_turn_and_are_counted_until_they_have() -> None:
    later: list[Any] = []
    ran: list[int] = []
    callbacks = Callbacks(later.append, LOG)
    for number in range(3):
        callbacks.post(lambda number=number: ran.append(number))  # type: ignore[misc]
    assert (callbacks.waiting, ran) == (3, [])
    for step in later:
        step()
    assert (callbacks.waiting, ran) == (0, [0, 1, 2])


def test_nothing_runs_once_it_is_closed() -> None:
    later: list[Any] = []
    ran: list[int] = []
    callbacks = Callbacks(later.append, LOG)
    callbacks.post(lambda: ran.append(1))
    callbacks.close()
    later[0]()
    assert (ran, callbacks.waiting) == ([], 0)


async def test_tasks_begin_in_order_and_count_until_they_end() -> None:
    callbacks = Callbacks(at_once, LOG)
    began: list[int] = []
    go, failures = asyncio.Event(), list[str]()

    async def work(number: int) -> None:
        began.append(number)
        await go.wait()
        if number == 1:
            raise ValueError(number)

    for number in range(3):
        callbacks.call("a test", lambda number=number: work(number), lambda: failures.append("x"))  # type: ignore[misc]
    await until(lambda: len(began) == 3)
    assert (began, callbacks.waiting) == ([0, 1, 2], 3)
    go.set()
    await until(lambda: not callbacks.waiting)
    assert failures == ["x"]


def test_an_async_callback_without_a_loop_is_a_failure_like_any() -> None:
    failures: list[str] = []

    async def work() -> None:
        """Never runs."""

    made = work()
    Callbacks(at_once, LOG).call("a test", lambda: made, lambda: failures.append("x"))
    made.close()
    assert failures == ["x"]
