"""A WebSocket of a client: every length, bits of messages, pings, and each way to end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, HTTPError
from tornado.websocket import WebSocketHandler

from jupyter_comm_broker.errors import ServerRefusedError
from jupyter_comm_broker.testing.address import Address
from jupyter_comm_broker.testing.websocket import WebSocket
from tests.until import until

from .scripted import SWITCHED, says, scripted

EMPTY = SWITCHED + b"\r\n"


class Echo(WebSocketHandler):
    opened: list[Echo]
    pongs: list[bytes]

    def initialize(self, opened: list[Echo], pongs: list[bytes]) -> None:
        self.opened, self.pongs = opened, pongs

    def prepare(self) -> None:
        if self.get_query_argument("no", ""):
            raise HTTPError(403, reason="not you")

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        return subprotocols[-1] if subprotocols else None

    def open(self, *args: str, **kwargs: str) -> None:
        self.opened.append(self)

    async def on_message(self, message: str | bytes) -> None:
        await self.write_message(message, isinstance(message, bytes))

    def on_pong(self, data: bytes) -> None:
        self.pongs.append(data)


class Served:
    """A server that answers what it hears."""

    def __init__(self) -> None:
        self.opened: list[Echo] = []
        self.pongs: list[bytes] = []
        known: dict[str, Any] = {"opened": self.opened, "pongs": self.pongs}
        self.server = HTTPServer(Application([("/base/ws", Echo, known)]))
        (socket,) = bind_sockets(0, "127.0.0.1")
        self.server.add_sockets([socket])
        self.address = Address(port=socket.getsockname()[1], base_url="/base/")


@asynccontextmanager
async def serving() -> AsyncIterator[Served]:
    served = Served()
    try:
        yield served
    finally:
        served.server.stop()
        await asyncio.wait_for(served.server.close_all_connections(), 10)


@asynccontextmanager
async def opened(address: Address, path: str = "/ws", **how: Any) -> AsyncIterator[WebSocket]:
    client = WebSocket()
    await client.open(address, path, **how)
    try:
        yield client
    finally:
        client.cut()
        client.cut()


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65_535, 65_536, 300_000])
async def test_messages_of_every_length_pass_both_ways(length: int) -> None:
    async with serving() as served, opened(served.address) as client:
        for sent in ("x" * length, bytes(length)):
            await client.send(sent)
            assert await asyncio.wait_for(client.receive(), 10) == sent


async def test_server_and_client_agree_on_a_subprotocol() -> None:
    async with serving() as served:
        async with opened(served.address, subprotocols=("one", "two")) as client:
            assert client.subprotocol == "two"
        async with opened(served.address) as client:
            assert client.subprotocol == ""


async def test_a_refusal_carries_status_and_reason() -> None:
    async with serving() as served:
        with pytest.raises(ServerRefusedError, match="not you") as refused:
            await WebSocket().open(served.address, "/ws?no=1")
        assert (refused.value.status, refused.value.url) == (403, "/base/ws")
    with pytest.raises(ConnectionError):
        await WebSocket().open(served.address, "/ws")


async def test_a_server_that_goes_unanswered_is_a_broken_connection() -> None:
    async with scripted(says()) as address:
        with pytest.raises(ConnectionError, match="unanswered"):
            await WebSocket().open(address, "/ws")


async def test_a_ping_is_answered_when_it_is_read() -> None:
    async with serving() as served, opened(served.address) as client:
        client.pace = 0
        served.opened[0].ping(b"there?")
        reading = asyncio.create_task(client.receive())
        await asyncio.sleep(0.1)
        assert served.pongs == []
        client.pace = None
        await until(lambda: served.pongs == [b"there?"])
        served.opened[0].close(1013, "too slow")
        assert await asyncio.wait_for(reading, 10) is None
        assert (client.close_code, client.close_reason) == (1013, "too slow")


async def test_a_goodbye_is_answered_and_nothing_is_sent_behind_it() -> None:
    async with serving() as served, opened(served.address) as client:
        await client.say_goodbye()
        await client.say_goodbye()
        with pytest.raises(ConnectionError):
            await client.send("more")
        assert await asyncio.wait_for(client.receive(), 10) is None
        assert client.close_code is None


async def test_bits_of_a_message_are_put_together_with_a_ping_between_them() -> None:
    bits = [EMPTY, b"\x01\x02ab", b"\x89\x01p", b"\x00\x01c", b"\x80\x01d", b"\x88\x02\x03\xe8"]
    async with scripted(says(*bits)) as address, opened(address) as client:
        assert await client.receive() == "abcd"
        assert await client.receive() is None
        assert client.close_code == 1000


async def test_what_came_with_the_handshake_is_no_less_a_message() -> None:
    async with scripted(says(EMPTY + b"\x82\x02hi")) as address, opened(address) as client:
        assert await client.receive() == b"hi"
        # The server went without a word.
        assert (await client.receive(), client.close_code) == (None, None)
