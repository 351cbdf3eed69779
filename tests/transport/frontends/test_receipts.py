"""A pong proves what was written before its ping, and nothing else does but a good-bye."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from jupyter_comm_broker.core.outboxes.in_flight import InFlight, SharedLog
from jupyter_comm_broker.core.outboxes.kind import Kind
from jupyter_comm_broker.core.outboxes.outbox import Outbox
from jupyter_comm_broker.core.pages.shared_outbox import SharedBatch
from jupyter_comm_broker.testing.websocket import CLOSE, PING, PONG
from jupyter_comm_broker.transport.frontends import receipts
from jupyter_comm_broker.transport.frontends.receipts import (
    PREFIX,
    Receipts,
    pause_for,
    unacknowledged,
)
from jupyter_comm_broker.transport.frontends.socket_writer import CHUNK, SocketWriter
from tests.transport.raw_websocket import RawWebSocket, frames
from tests.transport.sockets import Compressing, Handler, Line, message
from tests.until import until

MEBI = 1 << 20


@pytest.fixture(autouse=True)
def asks(line: Line) -> None:
    line.pause = 0.02


def outbox() -> Outbox:
    return Outbox(MEBI, most_in_flight=MEBI)


def written(writer: SocketWriter, box: Outbox, *numbers: int, size: int = 100) -> None:
    for number in numbers:
        box.add(message(number, size), Kind.PLAIN, "")
    writer.flush(box)


async def test_what_was_written_is_settled_by_the_pong_of_a_ping_behind_it(line: Line) -> None:
    writer, reader, _ = await line.opened()
    box = outbox()
    written(writer, box, 1, 2)
    assert len(box.in_flight) > 0
    await reader.answers_ping()
    await until(lambda: box.in_flight.is_settled)
    assert box.in_flight.take_back() == []


async def test_what_is_shared_is_settled_as_well_and_pings_end_when_nothing_is_open(
    line: Line,
) -> None:
    writer, reader, _ = await line.opened()
    box, shared = outbox(), message(1)
    log = SharedLog(MEBI)
    box.in_flight.share(log)
    log.note(items := [(shared, Kind.PLAIN, "")], shared.size)
    assert writer.offer(SharedBatch([], items), {}, box)
    assert len(box.in_flight) == 1
    await reader.answers_ping()
    await until(lambda: box.in_flight.is_settled)
    assert writer._receipts._timer is None


async def test_a_pong_settles_nothing_that_was_written_after_its_ping(line: Line) -> None:
    writer, reader, _ = await line.opened()
    box = outbox()
    written(writer, box, 1)
    await until(lambda: PING in [opcode for opcode, _ in frames(_drained(reader))])
    written(writer, box, 2)
    await reader.answers_ping()
    await until(lambda: len(box.in_flight) == 1)
    await reader.answers_ping()
    await until(lambda: box.in_flight.is_settled)


def _drained(reader: RawWebSocket) -> bytearray:
    reader._drain()
    return reader.stream


@pytest.mark.parametrize("kind", [Compressing, None])
async def test_no_ping_overtakes_what_is_still_being_written(line: Line, kind: Any) -> None:
    line.pause = 0.0
    more = "Sec-WebSocket-Extensions: permessage-deflate\r\n" if kind else ""
    writer, reader, _ = await line.opened(*((kind, more) if kind else ()))
    box = Outbox(1 << 60, most_in_flight=1 << 40)
    written(writer, box, *range(20), size=CHUNK)
    await reader.answers_ping()
    found = frames(_drained(reader))
    asked = [number for number, (opcode, _) in enumerate(found) if opcode == PING]
    first = int(found[asked[0]][1].removeprefix(PREFIX))
    before = [payload for opcode, payload in found[: asked[0]] if opcode < CLOSE]
    # As much came before it as it stands for, at least; large messages come in fragments.
    assert len(before) >= first if kind else sum(map(len, before)) >= first * CHUNK


async def test_while_something_is_being_written_a_ping_waits_and_then_stands_for_that_too(
    line: Line,
) -> None:
    _, _, handler = await line.opened()
    pings: list[bytes] = []
    busy, in_flight = [True], InFlight(MEBI)
    asking = Receipts(handler, pings.append, lambda: busy[0], lambda: 0.0, None)
    in_flight.note([(message(1), Kind.PLAIN, "")], 1_000)
    asking.expect(in_flight)
    await until(lambda: asking._due)
    in_flight.note([(message(2), Kind.PLAIN, "")], 1_000)
    asking.expect(in_flight)
    assert pings == []
    busy[0] = False
    asking.written()
    assert pings == [PREFIX + b"2"]
    asking.stop()


async def test_the_pongs_of_others_settle_nothing_and_reach_the_handler(line: Line) -> None:
    heard: list[bytes] = []

    class Listening(Handler):
        def on_pong(self, data: bytes) -> None:
            heard.append(data)

    writer, reader, _ = await line.opened(Listening)
    box = outbox()
    written(writer, box, 1)
    for payload in (b"", b"7", PREFIX, PREFIX + b"-1", PREFIX + b"x"):
        await reader.send(PONG, payload)
    await until(lambda: len(heard) == 5)
    assert len(box.in_flight) == 1
    # A page that says it has what was never written is not believed any further than that.
    await reader.send(PONG, PREFIX + b"99")
    await until(lambda: box.in_flight.is_settled)
    written(writer, box, 2)
    assert len(box.in_flight) == 1
    assert heard[-1] == PREFIX + b"99"


async def test_an_unanswered_ping_is_sent_again(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receipts, "AGAIN", 0.01)
    writer, reader, _ = await line.opened()
    box = outbox()
    written(writer, box, 1)
    await until(lambda: [opcode for opcode, _ in frames(_drained(reader))].count(PING) > 2)
    writer.stop()
    assert writer._receipts._timer is None


@pytest.mark.parametrize(
    ("code", "settled"), [(b"", True), (b"\x03\xe8", True), (b"\x03\xe9", False)]
)
async def test_a_page_that_closes_its_socket_itself_has_what_was_acknowledged(
    line: Line, code: bytes, settled: bool
) -> None:
    writer, reader, handler = await line.opened()
    box = outbox()
    written(writer, box, 1)
    await until(lambda: unacknowledged(handler.ws_connection.stream.socket.fileno()) == 0)
    await reader.send(CLOSE, code)
    await until(lambda: handler.ws_connection is None)
    assert box.in_flight.is_settled == settled


async def test_a_good_bye_proves_nothing_where_something_was_not_acknowledged(line: Line) -> None:
    writer, reader, handler = await line.opened()
    box = Outbox(1 << 60, most_in_flight=1 << 40)
    written(writer, box, *range(20), size=CHUNK)
    await reader.send(CLOSE)
    await until(lambda: handler.ws_connection is None)
    assert not box.in_flight.is_settled


def test_what_the_other_end_has_not_acknowledged_is_known() -> None:
    one, other = socket.socketpair()
    with one, other:
        assert unacknowledged(one.fileno()) == 0


def test_many_pages_are_asked_less_often() -> None:
    assert pause_for(1) == pause_for(5) < pause_for(1_000)
