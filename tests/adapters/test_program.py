"""A program sends in order, hears what answers it, and keeps nothing that nobody waits for."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from jupyter_comm_broker.adapters.program import Program, Programs
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.outboxes.outbox import Outbox
from jupyter_comm_broker.core.pages.shared_outbox import SharedBatch
from jupyter_comm_broker.core.policy import Policy
from jupyter_comm_broker.errors import KernelUnavailableError, RefusedMessageError, TooLargeError
from jupyter_comm_broker.transport.driver import KernelDriver
from tests.fakes.kernel import Request, ZmqKernel
from tests.fakes.page import Page
from tests.transport.linked import linked
from tests.until import until


def tell(value: int) -> dict[str, Any]:
    return {"comm_id": "c", "data": {"value": value}}


async def opened(kernel: ZmqKernel, driver: KernelDriver) -> Program:
    """Return a program on a kernel that has a comm."""
    kernel.publish("comm_open", {"comm_id": "c", "target_name": "plot", "data": {}})
    await until(lambda: "c" in driver.broker._parts.comms.registry)
    return Program(driver)


def handles(kernel: ZmqKernel, request: Request) -> None:
    """Echo, as a callback in the kernel might."""
    kernel.status("busy", request)
    kernel.publish("comm_msg", {"comm_id": "c", "data": {"echo": 1}}, request)
    kernel.status("idle", request)


async def test_what_answers_it_is_collected_for_who_waits(kernel: ZmqKernel) -> None:
    async with linked(kernel) as driver:
        program, page = await opened(kernel, driver), Page("a")
        driver.attach("a", page)
        with program.asking("comm_msg", tell(1), {"m": 1}, [b"\xff"]) as asked:
            assert program.waiting == 1
            request = await kernel.taken("comm_msg")
            assert (request.channel, request.header["msg_id"]) == ("shell", asked.msg_id)
            assert (request.content, request.parts[4:]) == (tell(1), [b"\xff"])
            kernel.publish("comm_msg", {"comm_id": "c", "data": {"another": "'s"}})
            handles(kernel, request)
            assert await asked.until_done(5)
            assert [m.content["data"] for m in asked.heard] == [{"echo": 1}]
        assert program.waiting == 0
        await page.hears("status", execution_state="idle")


async def test_messages_go_out_in_order_and_nothing_is_kept_of_them(kernel: ZmqKernel) -> None:
    async with linked(kernel) as driver:
        program = await opened(kernel, driver)
        ids = [program.send("comm_msg", tell(number)) for number in range(100)]
        for number, msg_id in enumerate(ids):
            request = await kernel.taken("comm_msg")
            assert (request.content, request.header["msg_id"]) == (tell(number), msg_id)
            handles(kernel, request)
        seen = driver.broker._parts.ledger.counters
        await until(lambda: not driver.broker._parts.work.requests)
        assert (program.waiting, seen["faults"]) == (0, 0)


async def test_a_wait_that_is_broken_off_leaves_nothing_behind(kernel: ZmqKernel) -> None:
    async with linked(kernel) as driver:
        program = await opened(kernel, driver)

        async def ask() -> None:
            with program.asking("comm_msg", tell(1)) as asked:
                await asked.until_done(60)

        task = asyncio.create_task(ask())
        await until(lambda: program.waiting)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert program.waiting == 0


async def test_a_message_to_a_gone_comm_is_answered_at_once(kernel: ZmqKernel) -> None:
    async with linked(kernel) as driver:
        program = Program(driver)
        with program.asking("comm_msg", tell(1)) as asked:
            assert await asked.until_done(5)
            assert [m.header.msg_type for m in asked.heard] == ["comm_close"]


@pytest.mark.parametrize("end", ["restarting", "dead"])
async def test_the_end_of_the_process_ends_the_wait(kernel: ZmqKernel, end: str) -> None:
    async with linked(kernel) as driver:
        programs = Programs()
        driver.watchers = [programs.watch]
        program = programs.on(driver)
        with program.asking("comm_open", {"comm_id": "c", "target_name": "plot"}) as asked:
            driver.kernel_restarting(end)
            with pytest.raises(KernelUnavailableError) as caught:
                await asked.until_done(5)
            assert caught.value.state == end
        with pytest.raises(KernelUnavailableError):
            program.send("comm_open", {"comm_id": "d", "target_name": "plot"})
        assert "d" not in driver.broker._parts.comms.registry
        assert programs.on(driver) is program


async def test_a_kernel_that_is_not_connected_is_not_sent_to_and_that_is_said(
    kernel: ZmqKernel,
) -> None:
    async with linked(kernel) as driver:
        program = Programs().on(driver)
        driver.link.close()
        with pytest.raises(KernelUnavailableError, match="not connected now"):
            program.send("comm_open", {"comm_id": "d", "target_name": "plot"})
        assert "d" not in driver.broker._parts.comms.registry


async def test_a_program_is_made_once_and_closed_with_its_driver(kernel: ZmqKernel) -> None:
    programs = Programs()
    async with linked(kernel) as driver:
        driver.watchers = [programs.watch]
        program = programs.on(driver)
        assert programs.on(driver) is program
        with program.asking("comm_open", {"comm_id": "c", "target_name": "plot"}) as asked:
            driver.close()
            with pytest.raises(KernelUnavailableError):
                await asked.until_done(5)
        assert programs.on(driver) is not program
        programs.close()
        programs.close()


async def test_what_the_core_would_refuse_never_reaches_it(kernel: ZmqKernel) -> None:
    async with linked(kernel, Limits(backlog_bytes=1000)) as driver:
        program = await opened(kernel, driver)
        before = driver.broker._parts.ledger.counters["refused"]
        with pytest.raises(TooLargeError) as large:
            program.send("comm_open", {"comm_id": "d", "target_name": "t" * 1000})
        assert (large.value.limit, large.value.setting) == (1000, "CommBroker.backlog_bytes")
        driver.broker._parts.policy = Policy(allowed_message_types=frozenset({"comm_close"}))
        with pytest.raises(RefusedMessageError), program.asking("comm_msg", tell(1)):
            pass
        assert program.waiting == 0
        assert "d" not in driver.broker._parts.comms.registry
        assert driver.broker._parts.ledger.counters["refused"] == before


async def test_several_go_out_together_or_not_at_all(kernel: ZmqKernel) -> None:
    async with linked(kernel, Limits(backlog_bytes=10_000)) as driver:
        program = await opened(kernel, driver)
        ids = program.send_all("comm_msg", [(tell(number), {}, ()) for number in range(5)])
        taken = [await kernel.taken("comm_msg") for _ in ids]
        assert [(each.header["msg_id"], each.content["data"]["value"]) for each in taken] == [
            (msg_id, number) for number, msg_id in enumerate(ids)
        ]
        large = {"comm_id": "c", "data": {"value": "x" * 4000}}
        with pytest.raises(TooLargeError):
            program.send_all("comm_msg", [(large, {}, ())] * 3)
        program.send("comm_msg", tell(6))
        assert (await kernel.taken("comm_msg")).content == tell(6)


async def test_it_takes_all_that_comes_and_no_share_of_what_pages_get(kernel: ZmqKernel) -> None:
    async with linked(kernel) as driver:
        program = Program(driver)
        assert program.ready is True
        assert program.offer(SharedBatch([], []), {}, Outbox(1)) is False
        program.close("over")
        program.close("over")
        program.ended("over")


async def test_no_page_takes_a_programs_place_nor_a_program_a_pages(kernel: ZmqKernel) -> None:
    async with linked(kernel) as driver:
        program = await opened(kernel, driver)
        page = Page(program.session_id)
        driver.attach(page.session, page)
        assert ["the server itself" in reason for reason in page.closed] == [True]
        with program.asking("comm_msg", tell(1)) as asked:
            handles(kernel, await kernel.taken("comm_msg"))
            assert await asked.until_done(10)
        driver.detach(page.session, page)
        with program.asking("comm_msg", tell(2)) as asked:
            handles(kernel, await kernel.taken("comm_msg"))
            assert await asked.until_done(10)
        resident = Page("resident")
        for leave in (False, True):
            if leave:
                driver.detach("resident", resident)
            else:
                driver.attach("resident", resident)
            with pytest.raises(ValueError, match="of its own"):
                driver.attach_program("resident", program)
