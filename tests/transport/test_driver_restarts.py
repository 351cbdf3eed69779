"""A driver through its kernel's restarts: what pages hear of them, and where the link goes."""

from __future__ import annotations

import asyncio
import threading

from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.transport.kernel.zmq_link import ZmqKernelLink
from tests.fakes.kernel import ZmqKernel
from tests.fakes.managers import told_of
from tests.fakes.page import Page
from tests.transport.linked import linked


async def test_pages_hear_the_last_words_of_a_process_before_that_it_is_gone(
    kernel: ZmqKernel,
) -> None:
    async with linked(kernel) as driver:
        page = Page("a")
        driver.attach("a", page)
        heard: list[Message] = []
        link, drain = driver.link, driver.link.drain
        assert isinstance(link, ZmqKernelLink)

        def drained() -> bool:
            # As if it had arrived just now, so that no turn of the loop could bring it before.
            said = Message("iopub", kernel.publish("stream", {"text": "bye"}))
            link._listener.received([said])
            heard_all = drain()
            heard.extend(page.heard)
            return heard_all

        driver.link.drain = drained  # type: ignore[method-assign]
        driver.kernel_restarting()
        types = [message.header.msg_type for message in page.heard]
        assert types.index("stream") < len(types) - 1
        assert page.heard[-1].content == {"execution_state": "restarting"}
        assert heard[-1].header.msg_type == "stream"


async def test_what_another_thread_tells_is_done_on_ours(kernel: ZmqKernel) -> None:
    # A sync kernel manager keeps its restarter on a thread of its own.
    async with linked(kernel) as driver:
        page, on = Page("a"), []
        driver.attach("a", page)

        def restarting() -> None:
            on.append(threading.get_ident())
            driver.kernel_restarting()

        await asyncio.to_thread(driver.at_home, restarting)
        await page.hears("status", execution_state="restarting")
        driver.at_home(restarting)
        assert on == [threading.get_ident()] * 2


async def test_what_comes_after_the_end_is_nothing_to_a_driver(kernel: ZmqKernel) -> None:
    async with linked(kernel) as driver:
        driver.close()
        epoch = driver.broker._parts.process.epoch
        driver.kernel_restarting()
        assert driver.broker._parts.process.epoch == epoch


async def test_it_follows_a_kernel_that_was_restarted_on_other_ports(kernel: ZmqKernel) -> None:
    async with linked(kernel) as driver:
        page = Page("a")
        driver.attach("a", page)
        driver.follow_moves()
        assert driver.broker._parts.handshake.link == "proven"
        other = ZmqKernel()
        told_of(driver.kernel_manager, other.connection_info)
        driver.follow_moves()
        page.sends(driver, "execute_request", {})
        await other.taken("execute_request")
        assert kernel.requests == []
        other.stop()
