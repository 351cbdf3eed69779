"""List and messages agree, whatever came while the list was read or the socket was gone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from jupyter_comm_broker.comms.remote import remote_port as module
from jupyter_comm_broker.comms.remote.address import Address
from jupyter_comm_broker.comms.remote.remote_port import RemotePort
from jupyter_comm_broker.errors import ConnectionEndedError, SendBacklogError
from jupyter_comm_broker.protocol.alias import alias
from jupyter_comm_broker.protocol.message import Message
from tests.fakes.server import Desk
from tests.until import until

from .test_channels_socket import drop

LOG = logging.getLogger("port")


class Listener:
    """Notes what a port tells."""

    def __init__(self) -> None:
        self.comms: dict[str, str] = {}
        self.said: list[Any] = []
        self.ended: list[tuple[str, str, str]] = []
        self.gone: list[str] = []
        self.waiting = 0

    def comm_found(self, comm_id: str, target_name: str) -> None:
        self.comms[comm_id] = target_name

    def comm_said(self, message: Message) -> None:
        self.said.append(message.content["data"])

    def comm_ended(self, comm_id: str, by: str, reason: str, message: Message) -> None:
        self.comms.pop(comm_id, None)
        self.ended.append((comm_id, by, reason))

    def kernel_gone(self, reason: str) -> None:
        self.gone.append(reason)


@asynccontextmanager
async def ported(address: Address, kernel_id: str) -> AsyncIterator[tuple[RemotePort, Listener]]:
    port, listener = RemotePort(address, kernel_id, LOG), Listener()
    port.listen(listener)
    await port.open()
    try:
        yield port, listener
    finally:
        await port.shut()


def opening(comm_id: str) -> dict[str, Any]:
    return {"comm_id": comm_id, "target_name": "t", "data": comm_id}


async def test_what_lived_before_and_what_is_opened_since_is_told(
    desk: Desk, address: Address
) -> None:
    kernel_id, kernel = await desk.starts()
    kernel.publish("comm_open", opening("before"))
    await until(lambda: len(desk.broker.kernel(kernel_id)._parts.comms.registry))
    async with ported(address, kernel_id) as (_, listener):
        assert listener.comms == {"before": "t"}
        kernel.publish("comm_open", opening("since"))
        kernel.publish("comm_msg", {"comm_id": "before", "data": 1})
        kernel.publish("comm_close", {"comm_id": "before", "data": {}})
        await until(lambda: listener.ended)
        assert listener.said == ["since", 1]
        assert listener.ended == [("before", "kernel", "closed by the kernel")]


async def test_what_another_page_opens_is_found_as_soon_as_the_kernel_says_something_on_it(
    desk: Desk, address: Address
) -> None:
    kernel_id, kernel = await desk.starts()
    async with ported(address, kernel_id) as (port, listener):
        page = await desk.opens(kernel_id, "page")
        await page.sends("comm_open", opening("theirs"))
        await page.sends("comm_open", opening("silent"))
        await kernel.taken("comm_open")
        await kernel.taken("comm_open")
        kernel.publish("comm_msg", {"comm_id": "theirs", "data": 1})
        await until(lambda: "theirs" in listener.comms)
        await page.sends("comm_close", {"comm_id": "theirs", "data": {}})
        await until(lambda: listener.ended)
        assert f"closed by session {alias('page')}" in listener.ended[0][2]
        await port.refresh()
        assert listener.comms == {"silent": "t"}


async def test_what_closes_while_the_socket_is_gone_is_told_once_it_is_back(
    desk: Desk, address: Address
) -> None:
    kernel_id, kernel = await desk.starts()
    kernel.publish("comm_open", opening("c"))
    await until(lambda: len(desk.broker.kernel(kernel_id)._parts.comms.registry))
    async with ported(address, kernel_id) as (port, listener):
        port.send("comm_open", opening("own"), None, ())
        await kernel.taken("comm_open")
        drop(desk)
        await until(lambda: not port.socket.is_connected)
        kernel.publish("comm_close", {"comm_id": "c", "data": {}})
        kernel.publish("comm_close", {"comm_id": "own", "data": {}})
        port.send("comm_open", opening("late"), None, ())
        await until(lambda: len(listener.ended) == 2)
        # By their own last words, not by their absence from the list.
        assert listener.ended == [(each, "kernel", "closed by the kernel") for each in ("c", "own")]
        assert (await kernel.taken("comm_open")).content["comm_id"] == "late"
        await asyncio.sleep(0.05)
        assert len(listener.ended) == 2


async def test_what_nobody_told_of_ends_once_nothing_can_come_any_more(
    desk: Desk, address: Address
) -> None:
    kernel_id, kernel = await desk.starts()
    kernel.publish("comm_open", opening("c"))
    driver = desk.broker.kernel_drivers.driver(kernel_id)
    await until(lambda: len(driver.broker._parts.comms.registry))
    async with ported(address, kernel_id) as (port, listener):
        driver.broker._parts.comms.registry.forget("c")
        await port.refresh()
        await until(lambda: listener.ended)
        assert listener.ended == [("c", "unknown", "closed without a message")]


async def test_what_we_closed_is_not_found_again(desk: Desk, address: Address) -> None:
    kernel_id, kernel = await desk.starts()
    kernel.publish("comm_open", opening("c"))
    await until(lambda: len(desk.broker.kernel(kernel_id)._parts.comms.registry))
    async with ported(address, kernel_id) as (port, listener):
        listener.comms.clear()
        port.send("comm_close", {"comm_id": "c", "data": {}}, {"m": 1}, ())
        await port.refresh()
        request = await kernel.taken("comm_close")
        await port.refresh()
        assert listener.comms == {}
        assert b'"m":1' in request.parts[2]


async def test_a_target_that_is_adopted_is_known_to_the_broker(
    desk: Desk, address: Address
) -> None:
    kernel_id, _ = await desk.starts()
    async with ported(address, kernel_id) as (port, _):
        port.adopt("mine")
        targets = desk.broker.kernel(kernel_id)._parts.comms.targets
        await until(lambda: [name for _, name, _ in targets.listed()] == ["mine"])


async def test_sends_of_many_threads_keep_each_their_order(desk: Desk, address: Address) -> None:
    kernel_id, kernel = await desk.starts()
    for thread in range(3):
        kernel.publish("comm_open", opening(f"c{thread}"))
    await until(lambda: len(desk.broker.kernel(kernel_id)._parts.comms.registry) == 3)
    async with ported(address, kernel_id) as (port, _):

        def send(thread: int) -> None:
            for number in range(50):
                port.send("comm_msg", {"comm_id": f"c{thread}", "data": number}, None, ())

        await asyncio.gather(*(asyncio.to_thread(send, thread) for thread in range(3)))
        await port.flush()
        heard: dict[str, list[int]] = {}
        await until(
            lambda: len([each for each in kernel.requests if each.msg_type == "comm_msg"]) == 150
        )
        for request in kernel.requests:
            if request.msg_type == "comm_msg":
                heard.setdefault(request.content["comm_id"], []).append(request.content["data"])
        assert heard == {f"c{thread}": list(range(50)) for thread in range(3)}


async def test_what_waits_to_be_sent_is_bounded(
    desk: Desk, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SEND_LIMIT", 10_000)
    kernel_id, kernel = await desk.starts()
    kernel.publish("comm_open", opening("c"))
    await until(lambda: len(desk.broker.kernel(kernel_id)._parts.comms.registry))
    async with ported(address, kernel_id) as (port, _):
        content = {"comm_id": "c", "data": "x" * 6_000}
        port.send("comm_msg", content, None, ())
        with pytest.raises(SendBacklogError, match="the limit is 10000"):
            port.send("comm_msg", content, None, ())
        await port.flush()
        port.send("comm_msg", content, None, ())
        for _ in range(2):
            await kernel.taken("comm_msg")


async def test_no_more_is_read_while_too_much_waits_for_callbacks(
    desk: Desk, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 5)
    kernel_id, kernel = await desk.starts()
    kernel.publish("comm_open", opening("c"))
    await until(lambda: len(desk.broker.kernel(kernel_id)._parts.comms.registry))
    async with ported(address, kernel_id) as (_, listener):
        # What pages are told when they come is read first.
        kernel.publish("comm_msg", {"comm_id": "c", "data": "first"})
        await until(lambda: listener.said)
        listener.said.clear()
        listener.waiting = 6
        for number in range(3):
            kernel.publish("comm_msg", {"comm_id": "c", "data": number})
        await until(lambda: listener.said)
        await asyncio.sleep(0.1)
        assert listener.said == [0]
        listener.waiting = 0
        await until(lambda: listener.said == [0, 1, 2])


async def test_a_kernel_that_is_gone_ends_every_comm_and_the_port(
    desk: Desk, address: Address
) -> None:
    kernel_id, kernel = await desk.starts()
    kernel.publish("comm_open", opening("c"))
    await until(lambda: len(desk.broker.kernel(kernel_id)._parts.comms.registry))
    async with ported(address, kernel_id) as (port, listener):
        await desk.app.kernel_manager.shutdown_kernel(kernel_id, now=True)
        drop(desk)
        await until(lambda: listener.gone)
        assert ([each[0] for each in listener.ended], listener.comms) == (["c"], {})
        with pytest.raises(ConnectionEndedError, match="404"):
            port.send("comm_msg", {"comm_id": "c", "data": 1}, None, ())


async def test_what_the_broker_refuses_is_logged(
    desk: Desk, address: Address, caplog: pytest.LogCaptureFixture
) -> None:
    kernel_id, kernel = await desk.starts()
    async with ported(address, kernel_id) as (port, _):
        port.send("comm_msg", {"comm_id": "gone", "data": 1}, None, ())
        port.send("comm_open", opening("c"), None, ())
        request = await kernel.taken("comm_open")
        content = {"ename": "KeyError", "evalue": "no", "traceback": []}
        kernel.publish("error", content, request)
        await until(lambda: "KeyError: no" in caplog.text)
