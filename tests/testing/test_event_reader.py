"""Events are read as they were written, in whatever bits they come."""

from __future__ import annotations

import asyncio
import json

import pytest

from jupyter_comm_broker.testing.address import Address
from jupyter_comm_broker.testing.event_reader import EventReader, Told
from jupyter_comm_broker.testing.failures import GoneError

from .scripted import says, scripted

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


def chunk(text: bytes) -> bytes:
    return f"{len(text):x}\r\n".encode() + text + b"\r\n"


END = chunk(b"")


async def test_events_are_told_in_order_with_their_ids() -> None:
    stream = [
        HEAD,
        chunk(b": a remark\nid: 1\n\n"),
        chunk(b'id: 2\nevent: opened\ndata: {"comm'),
        chunk(b'_id": 1}\n\nid: 3\nevent: closed\ndata: {}\n\n'),
        END,
    ]
    async with scripted(says(*stream)) as address, EventReader(address) as reader:
        assert (reader.status, reader.headers["content-type"]) == (200, "text/event-stream")
        assert await reader.begins() == "1"
        assert reader.comments == 1
        assert await reader.of("closed") == Told("3", "closed", {})
        assert reader.told[0] == Told("2", "opened", {"comm_id": 1})
        await reader.ends()


async def test_a_stream_that_ends_before_what_is_waited_for_is_an_error() -> None:
    stream = says(HEAD, chunk(b"id: 1\n\n"), END)
    async with scripted(stream) as address, EventReader(address) as reader:
        with pytest.raises(GoneError, match="the stream ended"):
            await reader.of("opened")


async def test_a_stream_that_is_silent_is_given_up() -> None:
    async def does(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD)
        await writer.drain()
        await reader.read()

    async with scripted(does) as address, EventReader(address, receive_buffer=4096) as reader:
        with pytest.raises(TimeoutError, match="nothing in"):
            await reader.of("opened", within=0.05)


async def test_an_answer_that_is_no_stream_has_a_body() -> None:
    said = json.dumps({"message": "too many"}).encode()
    head = f"HTTP/1.1 503 Busy\r\nContent-Length: {len(said)}\r\n\r\n".encode()
    async with scripted(says(head + said)) as address, EventReader(address) as reader:
        assert (reader.status, await reader.body()) == (503, {"message": "too many"})


async def test_it_asks_for_what_it_wants_and_goes_on_where_it_was() -> None:
    asked: list[bytes] = []

    async def does(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(HEAD + END)
        await writer.drain()

    async with scripted(does) as found:
        address = Address(port=found.port, token="secret", base_url="/user/anna/")
        async with EventReader(address, after="life-7", kernel="k", types="opened,closed"):
            pass
    lines = asked[0].decode().split("\r\n")
    wanted = "/user/anna/api/comms/events?kernel=k&types=opened%2Cclosed"
    assert lines[0] == f"GET {wanted} HTTP/1.1"
    assert {"Last-Event-ID: life-7", "Authorization: token secret"} <= set(lines)
