"""A message for all pages is framed once, and written to each whose socket is ready."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from jupyter_comm_broker.core.outboxes.kind import Kind
from jupyter_comm_broker.core.outboxes.outbox import Outbox
from jupyter_comm_broker.core.pages.shared_outbox import SharedBatch
from jupyter_comm_broker.protocol import framing
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.websocket_v1 import SUBPROTOCOL
from jupyter_comm_broker.transport.frontends.socket_writer import CHUNK, SocketWriter
from tests.transport.sockets import NEVER, Compressing, Line, frames, message
from tests.until import until

LOG = logging.getLogger("writer")


def batch(*messages: Message) -> SharedBatch:
    return SharedBatch([], [(each, Kind.PLAIN, "") for each in messages])


async def test_the_frames_of_a_batch_are_joined_once_for_all(line: Line) -> None:
    writer, reader, _ = await line.opened()
    other, another, _ = await line.opened()
    wire: dict[str, bytes] = {}
    sent = [message(1), message(2)]
    assert writer.offer(batch(*sent), wire, Outbox(1))
    joined = wire[SUBPROTOCOL]
    assert other.offer(batch(message(3)), wire, Outbox(1))
    assert joined == frames(sent)
    assert await reader.read(len(joined)) == joined
    assert await another.read(len(joined)) == joined


async def test_while_a_write_is_under_way_a_batch_is_refused_and_the_outbox_goes_on(
    line: Line,
) -> None:
    writer, reader, _ = await line.opened()
    outbox, large = Outbox(1), message(1, 20_000_000)
    assert writer.offer(batch(large), {}, outbox)
    assert not writer.ready
    assert not writer.offer(batch(message(2)), {}, outbox)
    outbox.add(message(2), Kind.PLAIN, "")
    expected = frames([large, message(2)])
    assert await reader.read(len(expected)) == expected
    await until(lambda: writer.ready)


async def test_a_large_message_leaves_room_for_pings_and_for_others(line: Line) -> None:
    writer, reader, handler = await line.opened()
    other, another, _ = await line.opened()
    outbox, large = Outbox(1 << 60), message(1, 3_000_000)
    outbox.add(large, Kind.PLAIN, "")
    writer.flush(outbox)
    await asyncio.sleep(0)
    assert not writer.ready
    handler.ping(b"between")
    assert other.offer(batch(message(2)), {}, Outbox(1))
    # The other's is out while the large one is still being written.
    assert await another.read(len(frames([message(2)]))) == frames([message(2)])
    assert not writer.ready
    bits = [b"".join(bit) for bit in framing.wire_fragments(SUBPROTOCOL, large, CHUNK)]
    ping = b"\x89\x07between"
    stream = bytes(await reader.read(sum(map(len, bits)) + len(ping)))
    assert ping in stream
    before, after = stream.split(ping)
    assert before + after == b"".join(bits)
    assert before in {b"".join(bits[:count]) for count in range(1, len(bits))}
    await until(lambda: writer.ready)


async def test_a_large_message_that_cannot_be_framed_is_logged(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    _, reader, handler = await line.opened()
    writer, outbox = SocketWriter(handler, framing.DEFAULT, LOG, lambda: NEVER), Outbox(1 << 60)
    bad = Message("iopub", [b'{"msg_id": "bad"}', b"{}", b"{}", b"no json" * CHUNK])
    outbox.add(bad, Kind.PLAIN, "")
    outbox.add(message(1), Kind.PLAIN, "")
    writer.flush(outbox)
    expected = framing.wire_frame(framing.DEFAULT, message(1))
    assert await reader.read(len(expected)) == expected
    assert caplog.text.count("cannot be framed") == 1


async def test_a_socket_that_is_closed_or_compresses_takes_no_batch(line: Line) -> None:
    writer, _, handler = await line.opened()
    handler.ws_connection.stream.close()
    assert not writer.offer(batch(message(1)), {}, Outbox(1))
    writer, _, _ = await line.opened(Compressing)
    assert not writer.offer(batch(message(1)), {}, Outbox(1))


async def test_a_message_that_cannot_be_framed_costs_the_others_nothing(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    _, reader, handler = await line.opened()
    writer = SocketWriter(handler, framing.DEFAULT, LOG, lambda: NEVER)
    bad = Message("iopub", [b'{"msg_id": "bad"}', b"{}", b"{}", b"no json"])
    assert writer.offer(batch(bad), {}, Outbox(1))
    wire: dict[str, Any] = {}
    assert writer.offer(batch(bad, message(1)), wire, Outbox(1))
    expected = framing.wire_frame(framing.DEFAULT, message(1))
    assert await reader.read(len(expected)) == expected
    assert caplog.text.count("cannot be framed") == 2
