"""Pairs of ZeroMQ sockets, and the messages that a channel at one end handed on."""

from __future__ import annotations

import zmq

from jupyter_comm_broker.protocol.message import Part

Batches = list[tuple[str, list[list[Part]]]]


class Sockets:
    """Pairs of sockets: the kernel's end, bound, and ours, connected to it."""

    def __init__(self) -> None:
        self._context = zmq.Context()
        # Kept, because one that is collected before it is closed is warned of.
        self._made: list[zmq.Socket[bytes]] = []

    def pair(
        self, address: str = "tcp://127.0.0.1:*", high_water_mark: int = 0
    ) -> tuple[zmq.Socket[bytes], zmq.Socket[bytes]]:
        theirs, ours = self._context.socket(zmq.PAIR), self._context.socket(zmq.PAIR)
        self._made += [theirs, ours]
        for socket in (theirs, ours):
            socket.hwm = high_water_mark
        theirs.bind(address)
        ours.connect(theirs.getsockopt_string(zmq.LAST_ENDPOINT))
        return theirs, ours

    def close(self) -> None:
        for socket in self._made:
            socket.close(linger=0)
        self._context.term()


def numbered(batches: Batches) -> list[Part]:
    return [multipart[0] for _, batch in batches for multipart in batch]
