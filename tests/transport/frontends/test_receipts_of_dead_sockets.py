"""Messages on their way when a socket died come again, except those that the page has."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application
from tornado.websocket import WebSocketHandler

from jupyter_comm_broker.protocol import framing
from jupyter_comm_broker.protocol.websocket_v1 import SUBPROTOCOL
from jupyter_comm_broker.transport.driver import KernelDriver
from jupyter_comm_broker.transport.frontends.receipts import unacknowledged
from jupyter_comm_broker.transport.frontends.socket_writer import SocketWriter
from tests.fakes.kernel import ZmqKernel
from tests.transport.linked import LOG, linked
from tests.transport.raw_websocket import RawWebSocket, payloads
from tests.until import until

MEBI = 1 << 20


class Port:
    """The end of a WebSocket at its driver."""

    page_closed = False

    def __init__(self, handler: WebSocketHandler) -> None:
        self.handler = handler
        self._writer = SocketWriter(handler, SUBPROTOCOL, LOG)
        self.flush, self.offer = self._writer.flush, self._writer.offer

    @property
    def ready(self) -> bool:
        return self._writer.ready

    def close(self, reason: str) -> None:
        self._writer.stop()
        self.handler.close()


@asynccontextmanager
async def served(driver: KernelDriver) -> AsyncIterator[int]:
    """Serve the kernel of a driver to WebSockets of one page; yields the port."""

    class Kernel(WebSocketHandler):
        def open(self, *_: str, **__: str) -> None:
            self.port = Port(self)
            driver.attach("page", self.port)

        def on_close(self) -> None:
            self.port.close("")
            driver.detach("page", self.port)

    server = HTTPServer(Application([("/", Kernel)]))
    (listening,) = bind_sockets(0, "127.0.0.1")
    server.add_sockets([listening])
    try:
        yield listening.getsockname()[1]
    finally:
        server.stop()
        await asyncio.wait_for(server.close_all_connections(), 10)


def _drained(reader: RawWebSocket) -> bytearray:
    reader._drain()
    return reader.stream


def heard(reader: RawWebSocket) -> list[tuple[str, Any]]:
    found = [framing.decode(SUBPROTOCOL, bytes(each)) for each in payloads(_drained(reader))]
    return [
        (each.header.msg_type, each.content.get("data", each.content.get("text")))
        for each in found
        if each.header.msg_type != "status"
    ]


@pytest.mark.parametrize("replaced", [False, True], ids=["reset", "replaced"])
async def test_what_a_network_swallowed_comes_when_the_page_is_back_and_nothing_it_confirmed(
    kernel: ZmqKernel, replaced: bool
) -> None:
    async with linked(kernel) as driver, served(driver) as port:
        page, registry = RawWebSocket(port, MEBI), driver.broker._parts.comms.registry
        await page.open()
        await until(lambda: bool(driver.broker._parts.delivery.attached))
        kernel.publish("comm_open", {"comm_id": "c", "target_name": "t", "data": {}})
        kernel.publish("stream", {"name": "stdout", "text": "read"})
        await until(lambda: len(heard(page)) == 2)
        await page.answers_ping()
        frontend = driver.broker._parts.delivery.get("page")
        assert frontend is not None
        await until(lambda: frontend.outbox.in_flight.is_settled)
        # The network is gone: nobody reads any more, and nobody says so.
        for number in range(50):
            kernel.publish("comm_msg", {"comm_id": "c", "data": {"n": number}})
            kernel.publish("stream", {"name": "stdout", "text": f"{number}"})
        kernel.publish("comm_close", {"comm_id": "c", "data": {}})
        await until(lambda: "c" not in registry and not frontend.outbox)
        if not replaced:
            page.breaks()
            await until(lambda: not frontend.attached)
        again = RawWebSocket(port, MEBI)
        await again.open()
        expected = [
            each
            for number in range(50)
            for each in (("comm_msg", {"n": number}), ("stream", f"{number}"))
        ]
        await until(lambda: len(heard(again)) >= 101)
        assert heard(again) == [*expected, ("comm_close", {})]
        page.close()
        again.close()
        await until(lambda: not frontend.attached)


async def test_a_page_that_was_there_to_the_end_is_not_given_again_what_it_read(
    kernel: ZmqKernel,
) -> None:
    """A browser behind a network that drops would print each line of the last moment twice."""
    async with linked(kernel) as driver, served(driver) as port:
        page = RawWebSocket(port, MEBI)
        await page.open()
        await until(lambda: bool(driver.broker._parts.delivery.attached))
        kernel.publish("stream", {"name": "stdout", "text": "first"})
        await page.answers_ping()
        frontend = driver.broker._parts.delivery.get("page")
        assert frontend is not None
        await until(lambda: frontend.outbox.in_flight.is_settled)
        kernel.publish("stream", {"name": "stdout", "text": "read, and not confirmed"})
        await until(lambda: len(heard(page)) == 2)
        socket_port = driver._frontends.get("page")
        assert isinstance(socket_port, Port)
        connection: Any = socket_port.handler.ws_connection
        descriptor = connection.stream.socket.fileno()
        await until(lambda: unacknowledged(descriptor) == 0)
        assert not frontend.outbox.in_flight.is_settled
        page.breaks()
        await until(lambda: not frontend.attached)
        again = RawWebSocket(port, MEBI)
        await again.open()
        kernel.publish("stream", {"name": "stdout", "text": "behind"})
        await until(lambda: ("stream", "behind") in heard(again))
        assert heard(again) == [("stream", "behind")]
        again.close()
        await until(lambda: not frontend.attached)
