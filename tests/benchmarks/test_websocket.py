"""The client cuts frames wherever the network cut them, and knows when each began to come."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from benchmarks.websocket import BINARY, FINAL, WebSocket, cut

PAYLOADS = (b"", b"short", b"m" * 300, b"l" * 70_000)


def from_server(payload: bytes) -> bytes:
    length = len(payload)
    if length < 126:
        head = bytes((FINAL | BINARY, length))
    elif length < 1 << 16:
        head = bytes((FINAL | BINARY, 126)) + length.to_bytes(2, "big")
    else:
        head = bytes((FINAL | BINARY, 127)) + length.to_bytes(8, "big")
    return head + payload


@pytest.mark.parametrize("step", [1, 7, 4096, 1 << 20])
def test_frames_come_out_whole_however_they_come_in(step: int) -> None:
    stream = b"".join(map(from_server, PAYLOADS))
    tail, found = bytearray(), []
    for start, stop in pairwise([*range(0, len(stream), step), len(stream)]):
        tail += stream[start:stop]
        found += [payload for _, payload in cut(tail)]

    assert found == list(PAYLOADS)
    assert not tail


def test_a_message_begins_with_its_first_byte() -> None:
    told: list[tuple[bytes, bool]] = []

    async def scenario() -> None:
        def received(payload: bytes, begun: float, arrived: float) -> None:
            told.append((payload, begun < arrived))

        client = WebSocket(b"", received)
        frame = from_server(b"x" * 200)
        client.data_received(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")
        client.data_received(from_server(b"at once") + from_server(b"with it") + frame[:9])
        client.data_received(frame[9:])
        client.data_received(from_server(b"later"))

    asyncio.run(scenario())
    assert told == [
        (b"at once", False),
        (b"with it", False),
        (b"x" * 200, True),
        (b"later", False),
    ]
