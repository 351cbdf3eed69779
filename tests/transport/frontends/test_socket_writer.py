"""A writer hands a socket what it can take, in order, and leaves the rest in the outbox."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from jupyter_comm_broker.core.outboxes.kind import Kind
from jupyter_comm_broker.core.outboxes.outbox import Outbox
from jupyter_comm_broker.protocol import framing, websocket_v1
from jupyter_comm_broker.protocol.message import Message, Part
from jupyter_comm_broker.transport.frontends import socket_writer as module
from jupyter_comm_broker.transport.frontends.socket_writer import CHUNK, SocketWriter, write
from tests.transport.raw_websocket import COMPRESSION, payloads
from tests.transport.sockets import (
    LOG,
    MEBI,
    NEVER,
    Compressing,
    Filtering,
    Handler,
    Line,
    frames,
    message,
    update,
)
from tests.until import until


async def test_a_reader_that_stops_costs_bounded_memory_and_gets_all_in_order_when_it_resumes(
    line: Line,
) -> None:
    writer, reader, handler = await line.opened()
    outbox, sent = Outbox(1 << 60), []
    for number in range(3_000):
        sent.append(message(number, 10_000))
        outbox.add(sent[-1], Kind.PLAIN, "")
        writer.flush(outbox)
    stream = handler.ws_connection.stream
    # 30 MB were written: most of it must still wait where it can be merged, not in the stream.
    assert outbox.bytes > 15 * MEBI
    assert len(stream._write_buffer) <= CHUNK + 20_000
    expected = frames(sent)
    assert await reader.read(len(expected)) == expected
    assert (len(outbox), stream.writing()) == (0, False)


async def test_updates_that_wait_for_a_stopped_reader_are_merged(line: Line) -> None:
    writer, reader, _ = await line.opened()
    outbox = Outbox(MEBI)
    for number in range(2_000):
        outbox.put_update(update(number, 2_000), "w")
        writer.flush(outbox)
    outbox.add(message(9_999), Kind.PLAIN, "")
    writer.flush(outbox)
    assert outbox.conflated > 100
    assert outbox.peak < 3 * MEBI

    async def last() -> None:
        length = 1
        while b'"9999"' not in reader.stream:
            length = len(await reader.read(length)) + 1

    await asyncio.wait_for(last(), 20)
    got = payloads(reader.stream)
    assert b'"1999"' in got[-2]
    assert len(got) + outbox.conflated == 2_001


@pytest.mark.parametrize("size", [10, 200, 70_000])
async def test_partial_sends_go_on_where_they_stopped(
    line: Line, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    writer, reader, handler = await line.opened()
    stream = handler.ws_connection.stream
    real = stream.socket

    class Reluctant:
        """Takes fewer bytes than it is given: never none, rarely all."""

        def __init__(self) -> None:
            self.calls = 0

        def send(self, data: Any) -> int:
            self.calls += 1
            if self.calls % 3 == 0:
                raise BlockingIOError
            return int(real.send(data[: 1 + len(data) * 2 // 3]))

        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

    monkeypatch.setattr(stream, "socket", Reluctant())
    outbox, sent = Outbox(1 << 60), []
    for number in range(50):
        sent.append(message(number, size + number))
        outbox.add(sent[-1], Kind.PLAIN, "")
        writer.flush(outbox)
    expected = frames(sent)
    assert await reader.read(len(expected)) == expected
    monkeypatch.setattr(stream, "socket", real)


async def test_what_waits_goes_out_in_one_write(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, reader, _ = await line.opened()
    outbox, sent = Outbox(1 << 60), [message(number) for number in range(100)]
    for each in sent:
        outbox.add(each, Kind.PLAIN, "")
    writes: list[bytes] = []

    def counted(stream: Any, data: bytes) -> Any:
        writes.append(data)
        return write(stream, data)

    monkeypatch.setattr(module, "write", counted)
    writer.flush(outbox)
    assert writes == [frames(sent)]
    assert await reader.read(len(writes[0])) == writes[0]


@pytest.mark.parametrize(
    ("kind", "more", "expected"),
    [
        (Compressing, COMPRESSION, lambda number: True),
        (Compressing, "", lambda number: True),
        (Filtering, "", lambda number: number != 1),
    ],
)
async def test_handlers_that_compress_or_filter_write_each_message_themselves(
    line: Line, kind: type[Handler], more: str, expected: Callable[[int], bool]
) -> None:
    writer, reader, _ = await line.opened(kind, more)
    outbox = Outbox(1 << 60)
    sent = [message(number) for number in range(4)]
    for each in sent:
        outbox.add(each, Kind.PLAIN, "")
        writer.flush(outbox)
    left = [each for number, each in enumerate(sent) if expected(number)]
    if more:
        # The second bit of the first byte says that the payload is compressed (RFC 7692).
        await until(lambda: not outbox)
        assert (await reader.read(1))[0] == 0xC2
    else:
        assert await reader.read(len(frames(left))) == frames(left)


async def test_a_handler_that_writes_itself_is_waited_for_too(line: Line) -> None:
    writer, reader, _ = await line.opened(Filtering)
    outbox, sent = Outbox(1 << 60), []
    for number in range(2, 1_000):
        sent.append(message(number, 20_000))
        outbox.add(sent[-1], Kind.PLAIN, "")
        writer.flush(outbox)
        await asyncio.sleep(0)
    assert outbox.bytes > 5 * MEBI
    expected = frames(sent)
    assert await reader.read(len(expected)) == expected


async def test_a_message_that_cannot_be_framed_is_logged_and_the_rest_goes_out(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    _, reader, handler = await line.opened()
    writer = SocketWriter(handler, framing.DEFAULT, LOG, lambda: NEVER)
    outbox = Outbox(1 << 60)
    bad = Message("iopub", [b'{"msg_id": "bad"}', b"{}", b"{}", b"no json"])
    for each in (bad, message(1), bad):
        outbox.add(each, Kind.PLAIN, "")
    writer.flush(outbox)
    expected = framing.wire_frame(framing.DEFAULT, message(1))
    assert await reader.read(len(expected)) == expected
    assert caplog.text.count("cannot be framed") == 2


async def test_an_odd_fault_over_one_message_is_logged_and_the_rest_goes_out(
    line: Line, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is wrong with our framing, it is about one message."""
    writer, reader, _ = await line.opened()
    chunks = websocket_v1.chunks

    def failing(each: Message) -> list[Part]:
        if each is odd:
            raise RecursionError("nobody thought of this")
        return chunks(each)

    odd = message(2)
    monkeypatch.setattr(websocket_v1, "chunks", failing)
    outbox = Outbox(1 << 60)
    for each in (message(1), odd, message(3)):
        outbox.add(each, Kind.PLAIN, "")
    writer.flush(outbox)
    expected = frames([message(1), message(3)])
    assert await reader.read(len(expected)) == expected
    assert caplog.text.count("framing failed") == 1


async def test_what_a_closed_socket_does_not_take_stays_and_nothing_raises(line: Line) -> None:
    writer, reader, handler = await line.opened()
    outbox = Outbox(1 << 60)
    for number in range(3_000):
        outbox.add(message(number, 10_000), Kind.PLAIN, "")
    writer.flush(outbox)
    waiting = len(outbox)
    reader.close()
    await until(lambda: handler.ws_connection is None or handler.ws_connection.is_closing())
    writer.flush(outbox)
    assert len(outbox) == waiting > 2_000


@pytest.mark.parametrize("closed_by", ["handler", "line"])
async def test_nothing_is_taken_for_a_socket_that_is_closing(line: Line, closed_by: str) -> None:
    writer, _, handler = await line.opened()
    outbox = Outbox(1 << 60)
    outbox.add(message(1), Kind.PLAIN, "")
    # The handler hears of a line that broke only at the next turn of the loop.
    (handler if closed_by == "handler" else handler.ws_connection.stream).close()
    writer.flush(outbox)
    assert len(outbox) == 1
