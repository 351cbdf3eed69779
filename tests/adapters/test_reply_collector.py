"""The answers to a message are collected until the kernel is done with it, within a bound."""

from __future__ import annotations

import asyncio

import pytest

from jupyter_comm_broker.adapters import reply_collector as module
from jupyter_comm_broker.adapters.reply_collector import ReplyCollector
from jupyter_comm_broker.errors import KernelUnavailableError
from jupyter_comm_broker.protocol.message import Message
from tests.core.talker import Talker

KERNEL = Talker("kernel")


def status(state: str) -> Message:
    return KERNEL.write("iopub", "status", {"execution_state": state})


def printed(text: str) -> Message:
    return KERNEL.write("iopub", "stream", {"name": "stdout", "text": text})


async def test_it_is_done_when_the_kernel_is_idle_again() -> None:
    asked, said = ReplyCollector("k", "1"), printed("a")
    for each in (status("busy"), said):
        asked.hears(each)
    assert await asked.until_done(0.01) is False
    asked.hears(status("idle"))
    assert await asked.until_done(5) is True
    assert asked.heard == [said]


async def test_a_kernel_that_says_no_status_is_done_a_while_after_its_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "STATUSLESS_SECONDS", 0.05)
    asked = ReplyCollector("k", "1")
    asked.hears(printed("a"))
    asked.hears(printed("b"))
    assert await asked.until_done(5) is True
    assert len(asked.heard) == 2


async def test_a_busy_kernel_is_waited_for_however_much_it_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "STATUSLESS_SECONDS", 0.01)
    for first in (status("busy"), printed("early")):
        asked = ReplyCollector("k", "1")
        asked.hears(first)
        asked.hears(status("busy"))
        assert await asked.until_done(0.1) is False
        asked.leave()


async def test_a_status_that_cannot_be_read_ends_nothing_and_costs_no_other_answer() -> None:
    asked, said = ReplyCollector("k", "1"), printed("a")
    parts = status("idle").parts
    for each in (Message("iopub", [*parts[:3], b"["]), said):
        asked.hears(each)
    assert await asked.until_done(0.01) is False
    asked.hears(status("idle"))
    assert (await asked.until_done(5), asked.heard) == (True, [said])


async def test_who_waits_hears_that_the_process_ended_unless_it_was_done_before() -> None:
    asked = ReplyCollector("k", "1")
    waiting = asyncio.create_task(asked.until_done(5))
    await asyncio.sleep(0)
    asked.ended("dead")
    with pytest.raises(KernelUnavailableError) as caught:
        await waiting
    assert (caught.value.kernel_id, caught.value.state) == ("k", "dead")
    done = ReplyCollector("k", "2")
    done.hears(status("idle"))
    done.ended("dead")
    assert await done.until_done(5) is True


async def test_who_leaves_waits_no_longer() -> None:
    asked = ReplyCollector("k", "1")
    asked.hears(printed("a"))
    asked.leave()
    asked.leave()
    assert await asked.until_done(5) is False


async def test_no_more_is_collected_than_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = printed("a"), printed("b" * 100)
    monkeypatch.setattr(module, "MOST_BYTES", first.size + second.size - 1)
    asked = ReplyCollector("k", "1")
    asked.hears(status("busy"))
    asked.hears(first)
    assert asked.truncated is False
    asked.hears(second)
    assert (asked.heard, asked.truncated) == ([first], True)
