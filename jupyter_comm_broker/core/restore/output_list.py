"""
The outputs of an Output widget, built from messages as a page's output area builds them.

The bound applies to what the list holds, not to what was sent. At the bound the list ends with a
notice, and takes nothing more until it is cleared. All outputs but the last are kept as JSON. So
the cost of a message depends on its own length only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from jupyter_comm_broker.core.restore.stream_text import StreamText
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.json_text import (
    MOST_LEVELS,
    Text,
    dumps,
    lenient,
    loads_shallow,
)
from jupyter_comm_broker.protocol.message import Part
from jupyter_comm_broker.protocol.widget import read_attributes, text_of, write_attributes


class Stream(msgspec.Struct):
    """A text that was printed."""

    name: str
    text: str | list[str]

    @property
    def joined(self) -> str:
        """The text. Lists are joined as JupyterLab joins them, so that it is what a page shows."""
        return self.text if isinstance(self.text, str) else "\n".join(self.text)


class _Display(msgspec.Struct):
    data: dict[str, msgspec.Raw]
    metadata: dict[str, msgspec.Raw] = {}


class _Error(msgspec.Struct):
    ename: str
    evalue: str
    traceback: list[str]


class Clear(msgspec.Struct):
    """A request to clear the output, at once or when the next output comes."""

    wait: bool = False


def _reader(shape: type) -> Callable[[Text], Any]:
    return lenient(msgspec.json.Decoder(shape).decode)


read_stream: Callable[[Text], Stream] = _reader(Stream)
"""Reads the content of a ``stream``. Raises MalformedMessageError if it is none."""

read_clear: Callable[[Text], Clear] = _reader(Clear)
"""Reads the content of a ``clear_output``. Raises MalformedMessageError if it is none."""

_SHAPES = {
    "stream": read_stream,
    "display_data": _reader(_Display),
    "execute_result": _reader(_Display),
    "error": _reader(_Error),
    "clear_output": read_clear,
}
"""The shapes that a page insists on. Others are not shown, and may break its widget."""

CAPTURED_TYPES = frozenset(_SHAPES)
"""
The message types that an Output widget takes.

``update_display_data`` is not among them, because pages ignore it in an Output widget.
"""

_read_list = lenient(msgspec.json.Decoder(list[msgspec.Raw]).decode)


class OutputList:
    """
    A list of nbformat outputs. Consecutive texts of a stream are one output.

    Args:
        most_bytes: the most bytes of the list, as JSON.
        notice: the text at its end if it was cut.
    """

    __slots__ = (
        "_done",
        "_done_size",
        "_head",
        "_most",
        "_name",
        "_notice",
        "_text",
        "clear_waits",
        "is_cut",
    )

    def __init__(self, most_bytes: int, notice: str) -> None:
        self._notice = _written({"output_type": "stream", "name": "stderr", "text": notice})
        self._most = most_bytes - len(self._notice)
        self._done: list[bytes] = []
        """All outputs, but not the last text if it may grow."""
        self._done_size = 0
        self._text: StreamText | None = None
        self._name = ""
        """The stream of that text ..."""
        self._head = b""
        """... and the JSON of its output up to the text."""
        self.clear_waits = False
        """Whether the next output clears the list first."""
        self.is_cut = False
        """Whether something was not kept."""

    @property
    def size(self) -> int:
        """The bytes of the list as JSON."""
        return self._done_size + (
            len(self._head) + self._text.size + 4 if self._text is not None else 0
        )

    def written(self) -> bytes:
        """Return the list as JSON."""
        return b"[%b]" % b",".join([*self._done, *self._last()])

    def set(self, outputs: Text) -> None:
        """Replace the list. A clear that waits goes on waiting, as in a page."""
        self._clear()
        try:
            found = _read_list(outputs)
        except MalformedMessageError:
            return
        for output in found:
            fields = _fields_or_none(output)
            if fields is not None:
                self._add(fields)
            else:
                # This is no output, but the widget has it. So it stays.
                self._end_text()
                self._put(bytes(output))

    def add(self, msg_type: str, content: Part) -> bool:
        """
        Take a message. Returns whether the list changed.

        Raises:
            MalformedMessageError: a page would not take the message either.

        >>> outputs = OutputList(1000, "cut")
        >>> outputs.add("stream", b'{"name": "stdout", "text": "a"}')
        True
        >>> outputs.written()
        b'[{"output_type":"stream","name":"stdout","text":"a"}]'
        """
        text = _readable(content)
        message = _SHAPES[msg_type](text)
        if isinstance(message, Clear):
            self.clear_waits |= message.wait
            return not message.wait and self._clear()
        if self.clear_waits:
            self.clear_waits = False
            self._clear()
        if self.is_cut:
            return False
        if self.size + len(text) > self._most:
            self._end_text()
            self._put(self._notice)
            self.is_cut = True
            return True
        if isinstance(message, Stream) and self._continues(message):
            return True
        fields = {"output_type": b"", **_fields(text)}
        fields["output_type"] = dumps(msg_type)
        fields.pop("transient", None)
        self._add(fields)
        return True

    # -- inside --------------------------------------------------------------------------------

    def _add(self, fields: dict[str, bytes]) -> None:
        stream = _stream(fields)
        if stream is not None and self._continues(stream):
            return
        self._end_text()
        if stream is None:
            self._put(write_attributes(fields.items())[0])
            return
        fields.pop("text")
        self._head = write_attributes(fields.items())[0][:-1] + b',"text":'
        self._text, self._name = StreamText(), stream.name
        self._continues(stream)

    def _continues(self, stream: Stream) -> bool:
        """Add to the last output, if that is text of the same stream. Returns whether it is."""
        if self._text is None or stream.name != self._name:
            return False
        self._text.add(stream.joined)
        return True

    def _last(self) -> list[bytes]:
        return [self._head + self._text.written() + b"}"] if self._text is not None else []

    def _end_text(self) -> None:
        for output in self._last():
            self._put(output)
        self._text = None

    def _put(self, output: bytes) -> None:
        self._done.append(output)
        self._done_size += len(output) + 1

    def _clear(self) -> bool:
        had_any = bool(self._done) or self._text is not None
        self._done, self._done_size, self._text, self.is_cut = [], 0, None, False
        return had_any


def _readable(content: Part) -> bytes:
    """
    Return JSON that can be put into a state.

    Raises:
        MalformedMessageError: the JSON is nested too deeply.
    """
    text = bytes(content)
    try:
        text.decode()
    except UnicodeDecodeError:
        text = text.decode(errors="replace").encode()
    if text.count(b"[") + text.count(b"{") > MOST_LEVELS:
        loads_shallow(text)
    return text


def _fields(output: Text) -> dict[str, bytes]:
    # Without buffers, every attribute is JSON.
    return {key: text_of(value) for key, value in read_attributes(output).items()}


def _fields_or_none(output: Text) -> dict[str, bytes] | None:
    try:
        return _fields(output)
    except MalformedMessageError:
        return None


def _stream(fields: dict[str, bytes]) -> Stream | None:
    if fields.get("output_type") != b'"stream"':
        return None
    try:
        return read_stream(write_attributes(fields.items())[0])
    except MalformedMessageError:
        return None


def _written(output: dict[str, str]) -> bytes:
    return write_attributes((key, dumps(value)) for key, value in output.items())[0]
