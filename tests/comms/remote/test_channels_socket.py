"""The socket comes back as the same page, in order, and gives up only where it must."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from jupyter_comm_broker.comms.remote import channels_socket
from jupyter_comm_broker.comms.remote.address import Address
from jupyter_comm_broker.comms.remote.channels_socket import ChannelsSocket
from jupyter_comm_broker.errors import CommBrokerError, ServerRefusedError
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.synthesis import Author
from jupyter_comm_broker.transport.frontends import receipts
from tests.fakes.server import Desk
from tests.until import until

AUTHOR = Author("s")


class Line:
    """A socket, and what it tells."""

    def __init__(self, address: Address, kernel_id: str) -> None:
        self.said: list[Any] = []
        self.out: list[Message] = []
        self.times = 0
        self.ends: list[CommBrokerError] = []
        self.socket = ChannelsSocket(
            address,
            kernel_id,
            "s",
            heard=self.heard,
            written=self.out.append,
            connected=self.connected,
            ended=self.ends.append,
            log=logging.getLogger("line"),
        )

    async def heard(self, message: Message) -> None:
        if message.header.msg_type == "comm_msg":
            self.said.append(message.content["data"])
            if message.content["data"] == "wrong":
                raise ValueError("a fault in who listens")

    async def connected(self) -> None:
        self.times += 1

    def writes(self, number: int) -> None:
        content = {"comm_id": "c", "target_name": "t", "data": number}
        self.socket.write(AUTHOR.write("shell", "comm_open", content, now=0.0))

    def writes_deep(self, levels: int) -> None:
        data = b"[" * levels + b"]" * levels
        content = b'{"comm_id":"c","target_name":"t","data":%b}' % data
        self.socket.write(AUTHOR.write("shell", "comm_open", content, now=0.0))


def drop(desk: Desk) -> None:
    """Cut every socket, as a network does."""
    for connection in desk.connections:
        connection.websocket_handler.ws_connection.stream.close()  # type: ignore[union-attr]


async def test_it_comes_back_and_nothing_is_lost_either_way(desk: Desk, address: Address) -> None:
    kernel_id, kernel = await desk.starts()
    line = Line(address, kernel_id)
    await line.socket.open()
    line.writes(0)
    await line.socket.flush()
    assert (await kernel.taken("comm_open")).content["data"] == 0
    drop(desk)
    await until(lambda: not line.socket.is_connected)
    for number in range(20):
        kernel.publish("comm_msg", {"comm_id": "c", "data": number})
    for number in range(1, 4):
        line.writes(number)
    assert len(line.socket.waiting) == 3
    await until(lambda: len(line.said) == 20)
    assert line.said == list(range(20))
    assert [(await kernel.taken("comm_open")).content["data"] for _ in range(3)] == [1, 2, 3]
    await line.socket.flush()
    assert (line.times, len(line.out), line.socket.waiting) == (2, 4, [])
    await line.socket.close()
    await line.socket.close()
    assert not line.socket.is_connected


async def test_a_fault_in_who_listens_costs_no_other_message(
    desk: Desk, address: Address, caplog: pytest.LogCaptureFixture
) -> None:
    kernel_id, kernel = await desk.starts()
    line = Line(address, kernel_id)
    await line.socket.open()
    line.writes(0)
    await kernel.taken("comm_open")
    for data in ("wrong", "right"):
        kernel.publish("comm_msg", {"comm_id": "c", "data": data})
    await until(lambda: line.said == ["wrong", "right"])
    assert "could not be handled" in caplog.text
    await line.socket.close()


async def test_it_does_not_come_back_to_a_kernel_that_is_gone(desk: Desk, address: Address) -> None:
    kernel_id, _ = await desk.starts()
    line = Line(address, kernel_id)
    await line.socket.open()
    await desk.app.kernel_manager.shutdown_kernel(kernel_id, now=True)
    drop(desk)
    await until(lambda: line.ends)
    assert [error.status for error in line.ends if isinstance(error, ServerRefusedError)] == [404]
    await line.socket.close()


async def test_a_first_connection_that_is_refused_is_an_error(desk: Desk, address: Address) -> None:
    kernel_id, _ = await desk.starts()
    line = Line(Address(address.url, "wrong"), kernel_id)
    with pytest.raises(ServerRefusedError) as refused:
        await line.socket.open()
    assert refused.value.status == 403
    await line.socket.close()


async def test_what_arrived_before_the_connection_broke_is_heard_once(
    desk: Desk, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No ping, so that the server cannot know of anything that it arrived.
    monkeypatch.setattr(receipts, "PAUSE", 3600.0)
    kernel_id, kernel = await desk.starts()
    line = Line(address, kernel_id)
    await line.socket.open()
    kernel.publish("comm_open", {"comm_id": "c", "target_name": "t", "data": {}})
    for number in range(10):
        kernel.publish("comm_msg", {"comm_id": "c", "data": number})
    await until(lambda: len(line.said) == 10)
    frontend = desk.broker.kernel(kernel_id)._parts.delivery.get("s")
    assert frontend is not None
    assert len(frontend.outbox.in_flight) > 0
    drop(desk)
    await until(lambda: not line.socket.is_connected)
    for number in range(10, 20):
        kernel.publish("comm_msg", {"comm_id": "c", "data": number})
    await until(lambda: len(line.said) >= 20)
    assert line.said == list(range(20))
    await line.socket.close()


async def test_what_the_default_framing_cannot_hold_costs_the_others_nothing(
    desk: Desk,
    address: Address,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A server that does not know the v1 subprotocol."""
    kernel_id, kernel = await desk.starts()
    line = Line(address, kernel_id)
    monkeypatch.setattr(channels_socket, "SUBPROTOCOL", "nobody knows this")
    await line.socket.open()
    # Deeper than any Python reads: 3.13 reads some thousands.
    line.writes_deep(200_000)
    line.writes(1)
    await line.socket.flush()
    assert (await kernel.taken("comm_open")).content["data"] == 1
    assert "cannot be sent: not readable: nested too deeply" in caplog.text
    await line.socket.close()
