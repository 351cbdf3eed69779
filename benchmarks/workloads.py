"""Fixed pieces of work for ``instructions``. Each takes how many messages it handles."""

from __future__ import annotations

import json
from collections.abc import Iterator

from benchmarks.framing import decode, encode
from jupyter_comm_broker.core.broker import KernelBroker
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.policy import Policy
from jupyter_comm_broker.protocol import framing
from jupyter_comm_broker.protocol.message import Message, Part
from jupyter_comm_broker.protocol.multipart import DELIMITER, Signer, cut
from jupyter_comm_broker.protocol.synthesis import Author
from jupyter_comm_broker.protocol.websocket_v1 import SUBPROTOCOL

PAGES = 8
BATCH = 10
"""Messages that the link reads at once."""
CHUNK = 1 << 20
PLACE = b"NNNNNNNN"


class _Work:
    """A broker with a proven link, a widget, and pages that read at once. No socket, no clock."""

    def __init__(self) -> None:
        self.broker = KernelBroker(Policy(), Limits(), Author("b" * 32))
        self.signer = Signer(b"key")
        self.bytes = 0
        self.broker.link_opened(0.0, running=False)
        for request in self.broker.take_effects().to_kernel:
            reply = self.message("kernel_info_reply", {"status": "ok"}, request.parts[0])
            self.broker.kernel_sent(Message(request.channel, cut(reply)), 0.0)
        for number in range(PAGES):
            self.broker.frontend_attached(f"page{number}", 0.0)
        state = {"_model_name": "IntProgressModel", "value": 0}
        opening = {
            "comm_id": "c" * 32,
            "target_name": "jupyter.widget",
            "data": {"state": state, "buffer_paths": []},
        }
        self.hear([self.message("comm_open", opening)])

    def message(self, kind: str, content: object, parent: Part = b"{}") -> list[bytes]:
        """Return a multipart from the kernel."""
        header = {
            "msg_id": f"{'k' * 32}_1_{PLACE.decode()}",
            "msg_type": kind,
            "username": "someone",
            "session": "k" * 32,
            "date": "2026-01-01T00:00:00.000000Z",
            "version": "5.4",
        }
        parts = [json.dumps(header).encode(), bytes(parent), b"{}", json.dumps(content).encode()]
        return [b"topic", DELIMITER, b"0" * 64, *parts]

    def hear(self, batch: list[list[bytes]]) -> None:
        """Handle a batch from the kernel as link and driver do, up to the bytes to write."""
        for multipart in batch:
            self.broker.kernel_sent(Message("iopub", cut(multipart)), 0.0)
        self.carry_out()

    def carry_out(self) -> None:
        """Make the bytes to write, and drop them."""
        self.broker.tick_after_messages(0.0)
        effects = self.broker.take_effects()
        if effects.shared is not None:
            messages = [message for message, _, _ in effects.shared.items]
            wire = framing.wire_frames(SUBPROTOCOL, messages)
            self.bytes += len(wire) * len(effects.shared.frontends)
        for session_id in effects.touched:
            outbox = self.broker.outbox(session_id)
            while outbox:
                taken = outbox.take(CHUNK)
                frames = [framing.wire_frame(SUBPROTOCOL, message) for message in taken]
                self.bytes += len(b"".join(frames))
            self.broker.frontend_caught_up(session_id)
        for message in effects.to_kernel:
            self.bytes += sum(map(len, self.signer.assemble(message.parts)))


def reference(number: int) -> None:
    """Frame and read with the benchmark's own code. Only the interpreter changes its count."""
    for sequence in range(number):
        content = {"comm_id": "c", "data": {"value": sequence}}
        _, frame = encode("0" * 32, "shell", "comm_msg", content)
        decode(frame, 0.0, 0.0)


def kernel_to_pages(number: int) -> None:
    """Turn widget updates from multiparts of a kernel into frames for eight pages."""
    work = _Work()
    template = work.message("comm_msg", _update())
    for batch in _batches(number):
        work.hear([_numbered(template, sequence) for sequence in batch])
    if work.bytes < number * PAGES * 200:
        raise RuntimeError("the messages did not reach the pages")


def page_to_kernel(number: int) -> None:
    """Turn widget updates from frames of a page into signed multiparts."""
    work = _Work()
    msg_id, template = encode("page0", "shell", "comm_msg", _update())
    for sequence in range(number):
        frame = template.replace(msg_id.encode(), b"%032d" % sequence)
        work.broker.frontend_sent("page0", framing.decode(SUBPROTOCOL, frame), 0.0)
        work.carry_out()
    if work.bytes < number * 200:
        raise RuntimeError("the messages did not reach the kernel")


def _batches(number: int) -> Iterator[range]:
    for first in range(0, number, BATCH):
        yield range(first, min(first + BATCH, number))


def _numbered(template: list[bytes], sequence: int) -> list[bytes]:
    """Return another message, at little cost, because its making is not measured."""
    number = b"%08d" % sequence
    return [part.replace(PLACE, number) for part in template]


def _update() -> dict[str, object]:
    state = {"value": PLACE.decode(), "description": "x" * 118}
    return {
        "comm_id": "c" * 32,
        "data": {"method": "update", "state": state, "buffer_paths": []},
    }
