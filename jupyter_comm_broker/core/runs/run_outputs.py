"""
The output of one run, as the cell of a page has it by now.

Texts of one stream are one text, and a display has its latest state. What was cleared is gone. So
what is kept is bounded by what a page shows, not by what was sent. Where output must go, the oldest
text goes first, then displays without an id, then those with one, since updates may come for them.
A sentence takes their place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from jupyter_comm_broker.core.restore.output_list import Stream, read_clear, read_stream
from jupyter_comm_broker.core.runs.cell_outputs import Printed, Shown
from jupyter_comm_broker.protocol.json_text import dumps, lenient
from jupyter_comm_broker.protocol.message import Message, Part, retyped

OUTPUT_TYPES = frozenset({"stream", "display_data", "execute_result", "error"})
"""The messages that a page draws in a cell."""

DISPLAY_TYPES = frozenset({"display_data", "update_display_data", "execute_result"})
"""The messages by which a page updates displays (fact 7.5)."""

SHORTENED = 7 / 8
"""The part of a bound that is left after output had to go, so that this is rare."""


class _Transient(msgspec.Struct):
    display_id: Any = None


class _Display(msgspec.Struct):
    transient: _Transient | None = None


_read_display = lenient(msgspec.json.Decoder(_Display).decode)


class RunOutputs:
    """
    Follows the output of one run.

    Args:
        most_text: the most bytes of text that are kept.
        cut: returns the sentence in the place of output that went, from its bytes.
        drawn: called with the id of a display, and whether the cell has such a display now.
    """

    __slots__ = (
        "_by_id",
        "_clear",
        "_cut",
        "_drawn",
        "_gone",
        "_items",
        "_most_text",
        "_text",
        "count",
        "dropped",
        "size",
    )

    def __init__(
        self, most_text: int, cut: Callable[[int], str], drawn: Callable[[str, bool], None]
    ) -> None:
        self._most_text = most_text
        self._cut = cut
        self._drawn = drawn
        self._items: list[Shown | Printed] = []
        self._by_id: dict[str, list[Shown]] = {}
        self._text = 0
        """The bytes of text."""
        self._clear: Message | None = None
        """The ``clear_output`` that the next output carries out."""
        self._gone: Sequence[Part] | None = None
        """Header, parent and metadata of the first output that had to go."""
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
        return set(self._by_id)

    def add(self, message: Message) -> bool:
        """
        Take a message that the cell draws, or a ``clear_output``. Others are not for the cell.

        Returns:
            Whether the message is for the cell.

        Raises:
            MalformedMessageError: a page could not draw the message either.
        """
        msg_type = message.header.msg_type
        if msg_type == "stream":
            stream = read_stream(message.parts[3])
            self._begin()
            self._print(message, stream)
        elif msg_type in OUTPUT_TYPES:
            display_id = display_id_of(message) if msg_type == "display_data" else ""
            self._begin()
            self._show(Shown(message, display_id))
        elif msg_type == "clear_output":
            if read_clear(message.parts[3]).wait:
                self._clear = Message(message.channel, message.parts)
            else:
                self._wipe()
        else:
            return False
        self.count += 1
        return True

    def update(self, display_id: str, message: Message) -> bool:
        """Take a message that updates a display. Returns whether the display is here."""
        found = self._by_id.get(display_id, ())
        for shown in found:
            self.size -= shown.size
            shown.update(message)
            self.size += shown.size
        return bool(found)

    def forget_displays(self) -> None:
        """Take no more updates: the cell runs anew, and its page has left this run."""
        for display_id in self._by_id:
            self._drawn(display_id, False)
        self._by_id = {}

    def played(self) -> Iterator[Message]:
        """Return the messages that draw all this in a cell that was cleared."""
        if self._gone is not None:
            header, parent, metadata = self._gone
            said = dumps({"name": "stderr", "text": self._cut(self.dropped)})
            yield Message("iopub", [retyped(header, "stream"), parent, metadata, said])
        for each in self._items:
            yield each.played()
        if self._clear is not None:
            yield self._clear

    def as_notebook(self) -> list[dict[str, Any]]:
        """Return the outputs as nbformat has them."""
        return [*self._what_is_gone(), *(each.written() for each in self._items)]

    def from_the_end(self, lines: int) -> Iterator[dict[str, Any]]:
        """Return the outputs, the last one first. Of each text only its last lines."""
        for each in reversed(self._items):
            yield each.ending(lines)
        yield from self._what_is_gone()

    def _what_is_gone(self) -> list[dict[str, Any]]:
        if self._gone is None:
            return []
        return [{"output_type": "stream", "name": "stderr", "text": self._cut(self.dropped)}]

    # -- bounds ----------------------------------------------------------------------------------

    def shorten(self, most: int) -> None:
        """Let output go until no more than ``most`` bytes are left."""
        for is_next in (_is_text, _is_without_id, _is_any):
            if self.size > most:
                self._drop(self.size - most, is_next)

    def _drop(self, surplus: int, may_go: Callable[[Shown | Printed], bool]) -> None:
        """Let the oldest output that may go, go: ``surplus`` bytes, or all of it."""
        kept, most = [], self.size - surplus
        for each in self._items:
            if self.size <= most or not may_go(each):
                kept.append(each)
                continue
            self._gone = self._gone or each.head
            if isinstance(each, Printed):
                before = each.size
                each.settle()
                self._grew(each.size - before)
                before = each.size
                if each.shorten(self.size - most):
                    kept.append(each)
                    before -= each.size
                self._grew(-before)
                self.dropped += before
                continue
            self.size -= each.size
            self.dropped += each.size
            if each.display_id:
                self._vanished(each)
        self._items = kept

    def _vanished(self, shown: Shown) -> None:
        left = [each for each in self._by_id.get(shown.display_id, ()) if each is not shown]
        if left:
            self._by_id[shown.display_id] = left
        elif self._by_id.pop(shown.display_id, None) is not None:
            self._drawn(shown.display_id, False)

    # -- inside ----------------------------------------------------------------------------------

    def _begin(self) -> None:
        if self._clear is not None:
            self._wipe()

    def _print(self, message: Message, stream: Stream) -> None:
        last = self._items[-1] if self._items else None
        if not isinstance(last, Printed) or last.name != stream.name:
            last = Printed(message, stream.name)
            self._items.append(last)
            before = 0
        else:
            before = last.size
        last.add(stream.joined)
        self._grew(last.size - before)
        if self._text > self._most_text:
            self._drop(self._text - int(self._most_text * SHORTENED), _is_text)

    def _grew(self, text: int) -> None:
        self.size += text
        self._text += text

    def _show(self, shown: Shown) -> None:
        self._items.append(shown)
        self.size += shown.size
        if shown.display_id:
            same = self._by_id.setdefault(shown.display_id, [])
            same.append(shown)
            if len(same) == 1:
                self._drawn(shown.display_id, True)

    def _wipe(self) -> None:
        self.forget_displays()
        self._items, self._clear, self._gone = [], None, None
        self.size = self.dropped = self._text = 0


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


def _is_text(item: Shown | Printed) -> bool:
    return isinstance(item, Printed)


def _is_without_id(item: Shown | Printed) -> bool:
    return not item.display_id


def _is_any(item: Shown | Printed) -> bool:
    return True
