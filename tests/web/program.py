"""A program in a room: what a handler sends, and a kernel that does with it what a test says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from jupyter_comm_broker.adapters.reply_collector import ReplyCollector
from jupyter_comm_broker.protocol.message import Message
from tests.core.room import Room
from tests.core.talker import Talker

Does = Callable[[Message], None]


class RoomProgram(Talker):
    """Sends to a room's broker, and hears what answers at once."""

    def __init__(self, room: Room) -> None:
        super().__init__("program")
        self._room = room
        self.sent: list[Message] = []
        self.does: Does = self.handles
        """What the kernel does with a message."""
        self.fault: Exception | None = None
        """What sending raises, if it does."""
        self.left: list[ReplyCollector] = []
        room.broker.program_attached("program", room.now)

    def handles(self, message: Message) -> None:
        """Be a kernel that has nothing to say."""
        self._room.kernel.busy(message)
        self._room.kernel.idle(message)

    def send(self, msg_type: str, content: Any, metadata: Any, buffers: Sequence[bytes]) -> str:
        return self._send(msg_type, content, metadata, buffers).header.msg_id

    def send_all(
        self, msg_type: str, messages: Sequence[tuple[Any, Any, Sequence[bytes]]]
    ) -> list[str]:
        return [self.send(msg_type, *each) for each in messages]

    @contextmanager
    def asking(
        self, msg_type: str, content: Any, metadata: Any, buffers: Sequence[bytes]
    ) -> Iterator[ReplyCollector]:
        message = self._send(msg_type, content, metadata, buffers)
        asked = ReplyCollector("k", message.header.msg_id)
        self.does(message)
        program = self._room.broker._parts.delivery.get("program")
        assert program is not None
        while program.outbox:
            for answer in program.outbox.take(1 << 40):
                if answer.parent.msg_id == asked.msg_id:
                    asked.hears(answer)
        try:
            yield asked
        finally:
            asked.leave()
            self.left.append(asked)

    def _send(
        self, msg_type: str, content: Any, metadata: Any, buffers: Sequence[bytes]
    ) -> Message:
        if self.fault is not None:
            raise self.fault
        written = self.write("shell", msg_type, {}, metadata=metadata, buffers=buffers)
        if isinstance(content, bytes):
            written = Message("shell", [*written.parts[:3], content, *written.parts[4:]])
        else:
            written = written.with_content(content)
        self.sent.append(written)
        self._room.broker.frontend_sent("program", written, self._room.now)
        self._room.settle()
        return written
