"""Waiting ends with the result, at the limit, or when the task is cancelled: in every moment."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from jupyter_comm_broker.patience import within


async def test_a_result_and_an_error_are_handed_on() -> None:
    async def fails() -> None:
        raise ZeroDivisionError

    assert await within(5, asyncio.sleep(0, "result")) == "result"
    with pytest.raises(ZeroDivisionError):
        await within(5, fails())


async def test_what_takes_too_long_is_cancelled() -> None:
    slow: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    with pytest.raises(asyncio.TimeoutError):
        await within(0.01, slow)
    assert slow.cancelled()


async def test_a_task_that_is_cancelled_ends_also_when_the_result_has_just_come() -> None:
    result: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    task = asyncio.ensure_future(within(5, result))
    await asyncio.sleep(0)
    result.set_result("just now")
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert task.cancelled()


async def test_what_fails_after_it_was_given_up_is_not_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def stubborn() -> None:
        try:
            await asyncio.sleep(5)
        finally:
            raise ZeroDivisionError

    with pytest.raises(asyncio.TimeoutError):
        await within(0.01, stubborn())
    await asyncio.sleep(0.01)
    assert caplog.text == ""
