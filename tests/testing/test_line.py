"""Bytes are read when they are wanted and no sooner, and an end is told from a break."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from jupyter_comm_broker.testing.line import NARROW, Line
from tests.until import until

from .scripted import Does, scripted


@asynccontextmanager
async def connected(does: Does, receive_buffer: int | None = None) -> AsyncIterator[Line]:
    async with scripted(does) as address:
        line = Line(receive_buffer)
        await line.open(address)
        try:
            yield line
        finally:
            line.close()
            line.close()


async def test_bytes_come_in_the_portions_that_are_asked_for() -> None:
    async def does(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readexactly(4) == b"more"
        writer.write(b"one\r\ntw")
        await writer.drain()
        await asyncio.sleep(0.02)
        writer.write(b"o\r\n12345")
        await writer.drain()

    async with connected(does) as line:
        await line.write(b"more")
        assert await line.until(b"\r\n") == b"one\r\n"
        assert await line.until(b"\r\n") == b"two\r\n"
        assert (await line.exactly(2), await line.exactly(3)) == (b"12", b"345")
        with pytest.raises(EOFError):
            await line.exactly(1)


async def test_the_head_of_an_answer_is_cut_and_its_body_is_left() -> None:
    async def does(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno")
        await writer.drain()

    async with connected(does) as line:
        head = await line.head()
        assert (head.status, head.reason) == (404, "Not Found")
        assert head.headers["content-length"] == "2"
        assert await line.exactly(2) == b"no"


async def test_a_slow_reader_holds_up_who_writes_until_it_catches_up() -> None:
    written: list[int] = []

    async def does(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.set_write_buffer_limits(0)
        for _ in range(400):
            writer.write(bytes(64 * 1024))
            await writer.drain()
            written.append(1)

    async with connected(does, NARROW) as line:
        line.pace = 0
        reading = asyncio.create_task(line.exactly(400 * 64 * 1024))
        await asyncio.sleep(0.3)
        # What the writer's machine buffers is all that went.
        held = len(written)
        assert held < 200
        await asyncio.sleep(0.1)
        assert len(written) == held
        line.pace = None
        assert len(await asyncio.wait_for(reading, 60)) == 400 * 64 * 1024


async def test_a_pace_is_bytes_a_second() -> None:
    async def does(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"abcdef")
        await writer.drain()
        await reader.read()

    async with connected(does) as line:
        line.pace = 2
        loop = asyncio.get_running_loop()
        begun = loop.time()
        assert await line.exactly(4) == b"abcd"
        assert loop.time() - begun >= 1.9
        waiting = asyncio.create_task(line.exactly(2))
        await asyncio.sleep(0)
        line.pace = None
        assert await asyncio.wait_for(waiting, 30) == b"ef"


async def test_what_comes_while_a_reader_pauses_is_not_handed_out() -> None:
    go = asyncio.Event()

    async def does(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await go.wait()
        writer.write(b"late")
        await writer.drain()
        await reader.read()

    async with connected(does) as line:
        waiting = asyncio.create_task(line.exactly(4))
        await asyncio.sleep(0.01)
        line.pace = 0
        go.set()
        await asyncio.sleep(0.1)
        assert not waiting.done()
        line.pace = None
        assert await waiting == b"late"


async def test_two_that_write_do_not_mix() -> None:
    size = 16_000_000
    whole: list[bytes] = []

    async def does(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        whole.append(await reader.readexactly(2 * size))

    async with connected(does) as line:
        first = asyncio.create_task(line.write(b"a" * size))
        await asyncio.sleep(0)
        assert line.is_writing
        await line.write(b"b" * size)
        await first
        await until(lambda: whole)
    assert whole[0] == b"a" * size + b"b" * size


async def test_a_line_that_is_closed_takes_nothing() -> None:
    line = Line()
    with pytest.raises(ConnectionError):
        await line.write(b"x")
    with pytest.raises(EOFError):
        await line.exactly(1)
