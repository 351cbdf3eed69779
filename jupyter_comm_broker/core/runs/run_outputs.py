"""
The output of one run, as the cell of a page has it by now.

Texts of one stream are one text, and a display has its latest state. What was cleared is gone. So
what is kept is bounded by what a page shows, not by what was sent. Above a bound of bytes the
oldest output goes, with a sentence in its place. A display with an id stays, since updates may
come for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from jupyter_comm_broker.core.restore.stream_text import StreamText
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.json_text import Text, dumps, lenient, loads
from jupyter_comm_broker.protocol.message import Message, Part, retyped

OUTPUT_TYPES = frozenset({"stream", "display_data", "execute_result", "error"})
"""The messages that a page draws in a cell."""

SHORTENED = 7 / 8
"""The part of the bound that is left after output had to go, so that this is rare."""


class _Stream(msgspec.Struct):
    name: str
    text: str


class _Clear(msgspec.Struct):
    wait: bool = False


class _Transient(msgspec.Struct):
    display_id: Any = None


class _Display(msgspec.Struct):
    transient: _Transient | None = None


def _reader(shape: type) -> Callable[[Text], Any]:
    return lenient(msgspec.json.Decoder(shape).decode)


_read_stream, _read_clear, _read_display = _reader(_Stream), _reader(_Clear), _reader(_Display)


class Shown:
    """
    An output that is one message: a display, a result or an error.

    Args:
        message: the message.
        display_id: the id by which updates find it; empty for none.
    """

    __slots__ = ("display_id", "message")

    def __init__(self, message: Message, display_id: str = "") -> None:
        # Not the message itself, which also holds the frames that were sent.
        self.message = Message(message.channel, message.parts)
        self.display_id = display_id

    @property
    def size(self) -> int:
        """The bytes that it takes."""
        return self.message.size

    def update(self, message: Message) -> None:
        """Take the data of a message that updates the display."""
        header, parent, metadata = self.message.parts[:3]
        self.message = Message("iopub", [header, parent, metadata, *message.parts[3:]])

    def played(self) -> Message:
        """Return the message that draws it."""
        return self.message


class Printed:
    """
    The text of one stream, put together from its messages.

    Args:
        message: the first message.
        name: the stream.
    """

    __slots__ = ("_head", "name", "text")

    display_id = ""

    def __init__(self, message: Message, name: str) -> None:
        self._head = message.parts[:3]
        self.name = name
        self.text = StreamText()

    @property
    def size(self) -> int:
        """The bytes that it takes."""
        return self.text.size + 300

    def played(self) -> Message:
        """Return the message that draws it, and leaves the cursor where it is."""
        content = b'{"name":%b,"text":%b}' % (dumps(self.name), self.text.resumed())
        return Message("iopub", [*self._head, content])


class RunOutputs:
    """
    Follows the output of one run.

    Args:
        most_bytes: the most bytes that are kept.
        cut: returns the sentence in the place of output that went, from its bytes.
    """

    __slots__ = ("_clear", "_cut", "_gone", "_items", "_most", "count", "dropped", "size")

    def __init__(self, most_bytes: int, cut: Callable[[int], str]) -> None:
        self._most = most_bytes
        self._cut = cut
        self._items: list[Shown | Printed] = []
        self._clear: Message | None = None
        """The ``clear_output`` that the next output carries out."""
        self._gone: Message | None = None
        """The first output that had to go."""
        self.size = 0
        """The bytes that are kept."""
        self.dropped = 0
        """The bytes that had to go since the output was cleared."""
        self.count = 0
        """How many messages came."""

    def __len__(self) -> int:
        return len(self._items)

    @property
    def display_ids(self) -> set[str]:
        """The ids of its displays."""
        return {each.display_id for each in self._items} - {""}

    def add(self, message: Message) -> None:
        """
        Take a message that the cell draws, or a ``clear_output``. Others are not for the cell.

        Raises:
            MalformedMessageError: a page could not draw the message either.
        """
        msg_type = message.header.msg_type
        if msg_type == "clear_output":
            self.count += 1
            if _read_clear(message.parts[3]).wait:
                self._clear = message
            else:
                self._wipe()
        elif msg_type in OUTPUT_TYPES:
            stream = _read_stream(message.parts[3]) if msg_type == "stream" else None
            display_id = display_id_of(message) if msg_type == "display_data" else ""
            self.count += 1
            if self._clear is not None:
                self._clear = None
                self._wipe()
            if stream is None:
                self._put(Shown(message, display_id))
            else:
                self._print(message, stream)
            if self.size > self._most:
                self.shorten(int(self._most * SHORTENED))

    def update(self, display_id: str, message: Message) -> bool:
        """Take a message that updates a display. Returns whether the display is here."""
        found = [each for each in self._items if each.display_id == display_id]
        for shown in found:
            if isinstance(shown, Shown):
                self.size -= shown.size
                shown.update(message)
                self.size += shown.size
        return bool(found)

    def played(self) -> Iterator[Message]:
        """Return the messages that draw all this in a cell that was cleared."""
        if self._gone is not None:
            yield self._notice(self._gone)
        for each in self._items:
            yield each.played()
        if self._clear is not None:
            yield self._clear

    def as_notebook(self) -> list[dict[str, Any]]:
        """Return the outputs as nbformat has them."""
        return [_as_notebook(message) for message in self.played() if _is_output(message)]

    # -- bounds ----------------------------------------------------------------------------------

    def shorten(self, most: int, *, keep_displays: bool = True) -> None:
        """
        Let the oldest output go until no more than ``most`` bytes are left.

        Args:
            most: the bytes.
            keep_displays: whether displays with an id stay.
        """
        kept: list[Shown | Printed] = []
        for number, each in enumerate(self._items):
            if self.size <= most:
                kept += self._items[number:]
                break
            if each.display_id and keep_displays:
                kept.append(each)
                continue
            before, self._gone = each.size, self._gone or each.played()
            if isinstance(each, Printed) and before - (self.size - most) > 1_000:
                each.text.shorten(self.size - most)
                kept.append(each)
            gone = before - (each.size if kept and kept[-1] is each else 0)
            self.size -= gone
            self.dropped += gone
        self._items = kept

    def _notice(self, gone: Message) -> Message:
        """Return the sentence in the place of what had to go."""
        header, parent, metadata = gone.parts[:3]
        said = dumps({"name": "stderr", "text": self._cut(self.dropped)})
        return Message("iopub", [retyped(header, "stream"), parent, metadata, said])

    # -- inside ----------------------------------------------------------------------------------

    def _print(self, message: Message, stream: _Stream) -> None:
        last = self._items[-1] if self._items else None
        if not isinstance(last, Printed) or last.name != stream.name:
            last = Printed(message, stream.name)
            self._put(last)
        self.size -= last.size
        last.text.add(stream.text)
        self.size += last.size

    def _put(self, item: Shown | Printed) -> None:
        self._items.append(item)
        self.size += item.size

    def _wipe(self) -> None:
        self._items, self.size, self.dropped, self._gone = [], 0, 0, None


def display_id_of(message: Message) -> str:
    """
    Return the id of the display that a message draws or updates; empty for none.

    Raises:
        MalformedMessageError: the content is no object.
    """
    if b'"display_id"' not in bytes(message.parts[3]):
        return ""
    transient = _read_display(message.parts[3]).transient
    display_id = transient.display_id if transient is not None else None
    return display_id if isinstance(display_id, str) else ""


def _is_output(message: Message) -> bool:
    return message.header.msg_type in OUTPUT_TYPES


def _as_notebook(message: Message) -> dict[str, Any]:
    content = _read_object(message.parts[3])
    content.pop("transient", None)
    return {"output_type": message.header.msg_type, **content}


def _read_object(text: Part) -> dict[str, Any]:
    try:
        value = loads(text)
    except MalformedMessageError:
        return {}
    return value if isinstance(value, dict) else {}
