"""One output of a cell: a text that grows, or something that is shown as a whole."""

from __future__ import annotations

from typing import Any

from jupyter_comm_broker.core.restore.stream_text import StreamText
from jupyter_comm_broker.core.runs.contents import content_of
from jupyter_comm_broker.protocol.json_text import dumps, loads
from jupyter_comm_broker.protocol.message import Message

OVERHEAD = 1_000
"""The bytes that an output takes beside its own: header, parent, and what holds them."""

JOINED = 65_536
"""The characters of text that wait until they are joined. Joining costs more than waiting."""


class Shown:
    """
    An output that is one message: a display, a result or an error.

    Args:
        message: the message.
        display_id: the id by which updates find it; empty for none.
    """

    __slots__ = ("_message", "display_id", "size")

    def __init__(self, message: Message, display_id: str = "") -> None:
        # Not the message itself, which also holds the frames that were sent.
        self._message = Message(message.channel, message.parts)
        self.display_id = display_id
        self.size = message.size + OVERHEAD
        """The bytes that it takes."""

    @property
    def head(self) -> list[bytes]:
        """Header, parent and metadata of its message."""
        return [bytes(part) for part in self._message.parts[:3]]

    def update(self, message: Message) -> None:
        """Take the data of a message that updates the display."""
        self._message = Message("iopub", [*self.head, *message.parts[3:]])
        self.size = self._message.size + OVERHEAD

    def played(self) -> Message:
        """Return the message that draws it."""
        return self._message

    def written(self) -> dict[str, Any]:
        """Return the output as nbformat has it."""
        fields = content_of(self._message)
        fields.pop("transient", None)
        return {"output_type": self._message.header.msg_type, **fields}

    def ending(self, lines: int) -> dict[str, Any]:
        """Return the whole output, since only a text can be cut."""
        return self.written()


class Printed:
    """
    The text of one stream, put together from its messages.

    Args:
        message: the first message.
        name: the stream.
    """

    __slots__ = ("_text", "_waiting", "_waits", "head", "name", "size")

    display_id = ""

    def __init__(self, message: Message, name: str) -> None:
        self.head = [bytes(part) for part in message.parts[:3]]
        """Header, parent and metadata of the first message."""
        self.name = name
        self._text = StreamText()
        self._waiting: list[str] = []
        self._waits = 0
        self.size = OVERHEAD
        """The bytes that it takes. What is not joined yet counts as it came."""

    def add(self, text: str) -> None:
        """Write a text where the last one left the cursor."""
        self._waiting.append(text)
        self._waits += len(text)
        if self._waits > JOINED:
            self._join()
        self.size = self._text.size + self._waits + OVERHEAD

    def settle(self) -> None:
        """Join what waits. It may be longer by that: what counts is the text as JSON."""
        self._join()
        self.size = self._text.size + OVERHEAD

    def shorten(self, least: int) -> bool:
        """Let the oldest lines go: so many bytes. Returns whether anything is left."""
        if self.size - least < 2 * OVERHEAD:
            return False
        self._text.shorten(least)
        self.size = self._text.size + OVERHEAD
        return True

    def played(self) -> Message:
        """Return the message that draws it, and leaves the cursor where it is."""
        self._join()
        content = b'{"name":%b,"text":%b}' % (dumps(self.name), self._text.resumed())
        return Message("iopub", [*self.head, content])

    def written(self) -> dict[str, Any]:
        """Return the output as nbformat has it."""
        self._join()
        return self._written(self._text.written())

    def ending(self, lines: int) -> dict[str, Any]:
        """Return its last ``lines`` complete lines and what follows, as nbformat has them."""
        self._join()
        return self._written(self._text.ending(lines))

    def _written(self, text: bytes) -> dict[str, Any]:
        return {"output_type": "stream", "name": self.name, "text": loads(text)}

    def _join(self) -> None:
        if self._waiting:
            self._text.add("".join(self._waiting))
            self._waiting, self._waits = [], 0
