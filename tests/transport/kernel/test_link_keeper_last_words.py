"""What a process still said is heard, in turns and within bounds, before its end is told."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

import pytest

from jupyter_comm_broker.transport.driver import KernelDriver
from jupyter_comm_broker.transport.kernel import link_keeper
from tests.fakes.kernel import ZmqKernel
from tests.fakes.page import Page
from tests.transport.linked import linked, proven
from tests.until import until


def floods(kernel: ZmqKernel, driver: KernelDriver, count: int, slice_seconds: float) -> None:
    """Let so much have arrived on iopub, of which a turn takes what it may."""
    channel: Any = driver.link._channels["iopub"]  # type: ignore[attr-defined]
    queued = deque(
        kernel._written("comm_msg", {"comm_id": "w", "data": {"number": number}}, None, ())
        for number in range(count)
    )
    receive_one, drain = channel._receive_one, channel.drain
    channel._receive_one = lambda: queued.popleft() if queued else receive_one()
    channel.drain = lambda: drain(slice_seconds)


def restarting(page: Page) -> bool:
    return {"execution_state": "restarting"} in page.contents("status")


@pytest.mark.parametrize("slice_seconds", [0.0, 60.0])
async def test_all_that_a_process_said_is_heard_in_turns_before_its_end_is_told(
    kernel: ZmqKernel, monkeypatch: pytest.MonkeyPatch, slice_seconds: float
) -> None:
    # A busy machine may need more than the half second that is the bound.
    monkeypatch.setattr(link_keeper, "LAST_WORDS_SECONDS", 60.0)
    async with linked(kernel) as driver:
        page = Page("a")
        driver.attach("a", page)
        floods(kernel, driver, 900, slice_seconds)
        driver.kernel_restarting()
        waiting = page.sends(driver, "execute_request", {})
        turns = 0
        while not restarting(page):
            turns += 1
            await asyncio.sleep(0)
        assert (turns > 1) is (slice_seconds == 0.0)
        assert page.heard[-1].content == {"execution_state": "restarting"}
        numbers = [each["data"]["number"] for each in page.contents("comm_msg")]
        assert numbers == list(range(900))
        # Nothing goes to the next process before that is heard.
        assert driver.broker._parts.handshake.held
        await proven(driver)
        assert (await kernel.taken("execute_request")).parts == list(waiting.parts)


@pytest.mark.parametrize("bound", ["LAST_WORDS", "LAST_WORDS_SECONDS", "LAST_WORDS_BYTES"])
async def test_a_process_that_said_more_than_is_heard_out_is_cut_and_nothing_of_it_comes_later(
    kernel: ZmqKernel,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    bound: str,
) -> None:
    async with linked(kernel) as driver:
        page = Page("a")
        driver.attach("a", page)
        monkeypatch.setattr(link_keeper, bound, 0)
        floods(kernel, driver, 900, 0.0)
        driver.kernel_restarting()
        assert restarting(page)
        heard = len(page.contents("comm_msg"))
        assert 0 < heard < 900
        assert driver.broker._parts.ledger.counters["last_words_cut"] == 1
        assert "the last of them are not read" in caplog.text
        await proven(driver)
        assert len(page.contents("comm_msg")) == heard
        kernel.publish("stream", {"text": "the next process"})
        await page.hears("stream", text="the next process")


async def test_two_ends_are_told_in_their_order_and_one_that_cannot_be_heard_out_is_told_too(
    kernel: ZmqKernel, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with linked(kernel) as driver:
        page = Page("a")
        driver.attach("a", page)

        def fails() -> bool:
            raise ZeroDivisionError("a fault of ours")

        told: list[str] = []
        happened = driver._tell

        def tell(event: Callable[..., None], *facts: object) -> None:
            told.append(event.__name__)
            happened(event, *facts)

        monkeypatch.setattr(driver._keeper, "_tell", tell)
        answers = iter([False])
        monkeypatch.setattr(driver.link, "drain", lambda: next(answers, None) is None and fails())
        driver.kernel_restarting()
        driver.kernel_restarted()
        await until(lambda: "kernel_restarted" in told)
        assert told == ["link_waits", "kernel_restarting", "kernel_restarted"]
        assert "last messages failed" in caplog.text
        monkeypatch.undo()
        await proven(driver)


async def test_a_driver_that_is_closed_while_a_process_is_heard_out_stays_closed(
    kernel: ZmqKernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with linked(kernel) as driver:
        page = Page("a")
        driver.attach("a", page)
        monkeypatch.setattr(driver.link, "drain", lambda: False)
        driver.kernel_restarting()
        driver.close()
        page.sends(driver, "execute_request", {})
        assert driver.broker._parts.ledger.counters["sent_to_gone_kernel"] == 1
        driver.follow_moves()
        driver.kernel_restarted()
        await asyncio.sleep(0)
        assert (driver.link.is_open, driver.broker._parts.handshake.link) == (False, "lost")
        assert page.closed == []
