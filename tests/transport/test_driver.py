"""A driver carries out what its broker wants, in order, with one timer, until it is closed."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import Any

import pytest

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.outboxes.outbox import Outbox
from jupyter_comm_broker.core.pages.effects import Effects, LogLine
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.alias import alias
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.transport.alarm import LEAST_PAUSE, Alarm
from tests.fakes.kernel import ZmqKernel
from tests.fakes.page import Page
from tests.transport.descriptors import open_descriptors
from tests.transport.linked import driver_of, linked
from tests.until import until


def timers() -> list[asyncio.TimerHandle]:
    """Return the timers of the running loop that will still fire for a driver."""
    loop: Any = asyncio.get_running_loop()
    return [
        each
        for each in loop._scheduled
        if not each.cancelled() and each._callback.__qualname__.startswith(Alarm.__name__)
    ]


# -- messages ------------------------------------------------------------------------------------


async def test_a_page_and_a_kernel_talk_through_it(kernel: ZmqKernel) -> None:
    async with linked(kernel) as driver:
        page, other = Page("a"), Page("b")
        driver.attach("a", page)
        driver.attach("b", other)
        sent = page.sends(driver, "execute_request", {"code": "1"}, buffers=[b"\0tail"])
        request = await kernel.taken("execute_request")
        assert (request.channel, request.parts) == ("shell", list(sent.parts))
        kernel.status("busy", request)
        parts = kernel.publish("stream", {"name": "stdout", "text": "hello"}, request)
        kernel.reply(request, {"status": "ok"})
        kernel.status("idle", request)
        for each in (page, other):
            assert list((await each.hears("stream")).parts) == parts
            await each.hears("status", execution_state="idle")
        assert (await page.hears("execute_reply")).channel == "shell"
        assert other.contents("execute_reply") == []


async def test_what_is_no_message_at_all_is_counted_and_logged_once(
    kernel: ZmqKernel, caplog: pytest.LogCaptureFixture
) -> None:
    async with linked(kernel) as driver:
        for _ in range(3):
            kernel.send("iopub", [b"no", b"delimiter"])
        counters = driver.broker._parts.ledger.counters
        await until(lambda: counters["malformed_from_kernel"] == 3)
        lines = [each.message for each in caplog.records if "dropped what" in each.message]
        assert len(lines) == 1
        assert driver.kernel_id[:8] in lines[0]


async def test_what_pages_send_before_the_kernel_answers_waits_and_goes_in_order(
    jp_asyncio_loop: asyncio.AbstractEventLoop,
) -> None:
    kernel = ZmqKernel(answers=False)
    driver, page = driver_of(kernel), Page("a")
    driver.open(running=False)
    driver.attach("a", page)
    for number in range(20):
        page.sends(driver, "execute_request", {"code": str(number)})
    asked = await kernel.taken("kernel_info_request")
    await kernel.subscribed()
    assert [each for each in kernel.requests if each.msg_type == "execute_request"] == []
    kernel.answer(asked, {"status": "ok"})
    codes = [(await kernel.taken("execute_request")).content["code"] for _ in range(20)]
    assert codes == [str(number) for number in range(20)]
    driver.close()
    kernel.stop()


async def test_a_malformed_message_is_the_senders_fault_and_nothing_is_sent(
    kernel: ZmqKernel,
) -> None:
    async with linked(kernel) as driver:
        page = Page("a")
        driver.attach("a", page)
        with pytest.raises(MalformedMessageError):
            page.sends(driver, "comm_msg", {"no": "comm_id"})
        page.sends(driver, "execute_request", {})
        await kernel.taken("execute_request")
        assert kernel.requests == []


async def test_what_the_kernels_end_does_not_take_counts_as_backlog(kernel: ZmqKernel) -> None:
    async with linked(kernel, Limits(backlog_bytes=500_000)) as driver:
        page = Page("a")
        driver.attach("a", page)
        kernel.stop()
        for _ in range(3_000):
            page.sends(driver, "execute_request", {"code": "x" * 5_000})
        assert 400_000 < driver.link.unsent_bytes()["shell"] <= 500_000
        assert driver.broker._parts.held.backlog == driver.link.unsent_bytes()
        refusal = await page.hears("execute_reply", status="error")
        assert refusal.content["ename"] == "KernelBacklogFull"
        # Looked at before each message: nothing may be refused for what the kernel has taken.
        driver.link.close()
        driver.link.open()
        refused = driver.broker._parts.ledger.counters["refused"]
        page.sends(driver, "execute_request", {"code": "x" * 5_000})
        assert driver.broker._parts.ledger.counters["refused"] == refused


# -- effects -------------------------------------------------------------------------------------


def took(done: list[Any], message: Message) -> bool:
    done.append(message)
    return True


async def test_it_logs_sends_and_cuts_off_what_its_broker_wants_in_that_order(
    kernel: ZmqKernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with linked(kernel) as driver:
        page = Page("a")
        driver.attach("a", page)
        done: list[Any] = []
        fault = ValueError("our own")
        messages = [Message("shell", [b"%d" % number, b"", b"", b""]) for number in (1, 2)]
        frontend = driver.broker._parts.delivery.get("a")
        assert frontend is not None
        monkeypatch.setattr(driver._log, "log", lambda *_, exc_info: done.append(exc_info))
        monkeypatch.setattr(driver.link, "send", partial(took, done))
        monkeypatch.setattr(page, "flush", done.append)
        monkeypatch.setattr(page, "close", done.append)
        effects = Effects(messages, {"a", "gone"}, [("a", "why"), ("gone", "no")], [])
        effects.log.append(LogLine("error", "it broke", fault))
        monkeypatch.setattr(driver.broker, "take_effects", lambda: effects.take())
        driver.broker.tick(driver.now)
        driver._carry_out()
        assert done == [fault, frontend.outbox, *messages, "why"]
        monkeypatch.undo()


async def test_log_lines_name_the_kernel_have_their_level_and_show_a_fault(
    kernel: ZmqKernel, caplog: pytest.LogCaptureFixture
) -> None:
    async with linked(kernel) as driver:
        caplog.set_level(logging.DEBUG, "broker")
        caplog.clear()
        driver.broker._parts.ledger.log("warning", "mind this")
        driver.broker._parts.ledger.log("debug", "100% more")
        driver.broker._parts.ledger.log("error", "it broke", ValueError("our own"))
        driver._carry_out()
        prefix = f"comm broker, kernel {driver.kernel_id[:8]}: "
        assert [(each.levelname, each.getMessage()) for each in caplog.records] == [
            ("WARNING", prefix + "mind this"),
            ("DEBUG", prefix + "100% more"),
            ("ERROR", prefix + "it broke"),
        ]
        assert caplog.records[2].exc_info
        assert str(caplog.records[2].exc_info[1]) == "our own"


async def test_a_page_that_lags_too_far_is_cut_off(kernel: ZmqKernel) -> None:
    class Stuck(Page):
        def flush(self, outbox: Outbox) -> None:
            """Take nothing."""

    async with linked(kernel, Limits(outbox_cap_bytes=10_000)) as driver:
        page = Stuck("a")
        driver.attach("a", page)
        for _ in range(20):
            kernel.publish("display_data", {"data": {"text/plain": "x" * 1_000}})
        await until(lambda: page.closed)
        assert "CommBroker.outbox_cap_bytes = 10000" in page.closed[0]


# -- pages ---------------------------------------------------------------------------------------


async def test_a_newer_socket_of_the_same_session_takes_the_place_of_the_stale_one(
    kernel: ZmqKernel, caplog: pytest.LogCaptureFixture
) -> None:
    async with linked(kernel) as driver:
        stale, newer = Page("a"), Page("a")
        driver.attach("a", stale)
        driver.attach("a", newer)
        assert stale.closed == ["replaced by a newer socket of the same session"]
        assert f"replacing the stale socket of session {alias('a')}" in caplog.text
        # The stale one's handler says so only now: that must not take the newer one away.
        driver.detach("a", stale)
        kernel.publish("stream", {"text": "hello"})
        await newer.hears("stream")
        assert stale.contents("stream") == []


async def test_a_page_gets_what_it_missed_while_it_had_no_socket(kernel: ZmqKernel) -> None:
    async with linked(kernel) as driver:
        gone, back, witness = Page("a"), Page("a"), Page("b")
        driver.attach("a", gone)
        driver.attach("b", witness)
        driver.detach("a", gone)
        kernel.publish("stream", {"text": "missed"})
        await witness.hears("stream")
        driver.attach("a", back)
        assert [each["text"] for each in back.contents("stream")] == ["missed"]
        assert (gone.closed, gone.contents("stream")) == ([], [])


# -- the timer -----------------------------------------------------------------------------------


async def test_there_is_one_timer_as_long_as_something_is_due_and_none_after_the_end() -> None:
    kernel = ZmqKernel(answers=False)
    driver = driver_of(kernel)
    assert timers() == []
    driver.open(running=False)
    assert len(timers()) == 1
    assert timers()[0].when() == pytest.approx(driver.broker.next_due())
    driver.attach("a", Page("a"))
    assert len(timers()) == 1
    page = Page("b")
    driver.attach("b", page)
    driver.close()
    driver.close()
    assert timers() == []
    # Pages' sockets close after the kernel is gone, and would be waited for.
    driver.detach("b", page)
    assert timers() == []
    kernel.stop()


async def test_the_timer_is_moved_earlier_and_later_and_taken_away_as_the_broker_wants(
    kernel: ZmqKernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with linked(kernel) as driver:
        now = driver.now
        for due in (now + 60.0, now + 30.0, now + 90.0):
            monkeypatch.setattr(driver.broker, "tick", lambda _, due=due: due)
            driver._carry_out()
            assert [timer.when() for timer in timers()] == [due]
        monkeypatch.setattr(driver.broker, "tick", lambda _: None)
        driver._carry_out()
        assert timers() == []


async def test_a_broker_that_is_never_done_is_asked_again_and_again_but_does_not_spin(
    kernel: ZmqKernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with linked(kernel) as driver:
        ticks: list[float] = []

        def tick(now: float) -> float:
            ticks.append(now)
            return 0.0

        monkeypatch.setattr(driver.broker, "tick", tick)
        # A message of the kernel may come in between.
        monkeypatch.setattr(driver.broker, "tick_after_messages", tick)
        before = driver.now
        driver._carry_out()
        assert timers()[0].when() >= before + LEAST_PAUSE
        await until(lambda: len(ticks) >= 5)
        assert timers()[0].when() >= ticks[-1] + LEAST_PAUSE
        monkeypatch.undo()


async def test_a_closed_driver_leaves_no_timer_no_task_and_no_descriptor(
    kernel: ZmqKernel,
) -> None:
    async with linked(kernel) as driver:
        driver.attach("a", Page("a"))
    before = (open_descriptors(), len(asyncio.all_tasks()))
    for _ in range(5):
        async with linked(kernel) as driver:
            driver.attach("a", Page("a"))
    assert timers() == []
    await until(lambda: (open_descriptors(), len(asyncio.all_tasks())) <= before)
