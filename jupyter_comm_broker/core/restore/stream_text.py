"""
The text of one stream, as a page's output area keeps it.

A carriage return goes back to the beginning of the line. A backspace deletes. What follows
overwrites (JupyterLab 4.6, outputarea's model, measured). Only the last line can change. It is kept
apart, so the cost of a piece depends on its own length only.
"""

from __future__ import annotations

import re
from io import StringIO

from jupyter_comm_broker.protocol.json_text import dumps

LONGEST_LINE = 4_000
"""
The most characters of a line that is overwritten. A progress bar has some hundred.

A longer line keeps its control characters. A page that is given them does the same with them.
"""

NEWLINE = b"\\n"
"""The end of a line as JSON has it."""

MOST_BACKSLASHES = 1_000
"""So many backslashes in a row are told from the end of a line."""

_MOVES = re.compile("[\r\b]")
_LINE_END = re.compile("\r+\n")
_PARTS = re.compile("\n|\r+|\b+|[^\n\r\b]+")


class StreamText:
    r"""
    The text, put together piece by piece.

    >>> text = StreamText()
    >>> for piece in ("one\n", "10 %\r", "100 %"):
    ...     text.add(piece)
    >>> text.written()
    b'"one\\n100 %"'
    """

    __slots__ = ("_as_it_came", "_cursor", "_done", "_line", "_line_size")

    def __init__(self) -> None:
        self._done = bytearray()
        """The complete lines as JSON. A push only copies them."""
        self._line = StringIO()
        self._line_size = 0
        self._cursor: int | None = None
        """Where the next character of the line goes; ``None`` for its end."""
        self._as_it_came = False
        """Whether the line is too long, and keeps its control characters."""

    @property
    def size(self) -> int:
        """The bytes of the text as JSON, without its quotes."""
        return len(self._done) + self._line_size

    def written(self) -> bytes:
        """Return the whole text as JSON."""
        return b"".join((b'"', self._done, as_json(self._line.getvalue()), b'"'))

    def ending(self, lines: int) -> bytes:
        """Return the text from the last ``lines`` complete lines on, as JSON."""
        begin = len(self._done)
        for _ in range(lines + 1):
            begin = self._newline_before(begin)
            if begin < 0:
                return self.written()
        return b"".join((b'"', self._done[begin + 2 :], as_json(self._line.getvalue()), b'"'))

    def _newline_before(self, end: int) -> int:
        at = self._done.rfind(NEWLINE, 0, end)
        # An n after a backslash of the text itself, which JSON writes as two.
        while at > 0 and self._is_escaped(at):
            at = self._done.rfind(NEWLINE, 0, at)
        return at

    def _is_escaped(self, at: int) -> bool:
        before = self._done[max(0, at - MOST_BACKSLASHES) : at]
        return (len(before) - len(before.rstrip(b"\\"))) % 2 == 1

    def resumed(self) -> bytes:
        """Return the whole text as JSON. Who reads it has the cursor where it is here."""
        line = self._line.getvalue()
        again = "" if self._cursor is None else "\r" + line[: self._cursor]
        return b"".join((b'"', self._done, as_json(line + again), b'"'))

    def shorten(self, least: int) -> None:
        """Let the oldest lines go: at least so many bytes of the text as JSON, or all of them."""
        end = self._done.find(NEWLINE, max(0, least - 2)) if least <= len(self._done) else -1
        if end >= 0:
            del self._done[: end + 2]
            return
        left = len(self._done) + self._line_size - least
        self._done.clear()
        line = self._line.getvalue()
        # A character takes six bytes at most, so this lets more go rather than less.
        gone = len(line) - max(0, left) // 6 if left < self._line_size else 0
        self._put_line(list(line[gone:]))
        if self._cursor is not None:
            self._cursor = max(0, self._cursor - gone)

    def add(self, text: str) -> None:
        """Write a piece where the last piece left the cursor."""
        if "\r" in text:
            # Windows' way to end a line: the text is the same, and there is nothing to overwrite.
            text = _LINE_END.sub("\n", text)
        if self._is_plain_overlay(text):
            self._overlay(text)
            return
        start = 0
        while start < len(text):
            if self._as_it_came:
                end = text.find("\n", start) + 1 or len(text)
                self._append(text[start:end])
                self._as_it_came = text[end - 1] != "\n"
                start = end
            elif self._cursor is None and not _MOVES.search(text, start):
                self._append(text[start:])
                return
            else:
                start = self._overwrite(text, start)

    def _append(self, text: str) -> None:
        over, newline, rest = text.rpartition("\n")
        if newline:
            self._done += as_json(self._line.getvalue() + over + newline)
            self._line, self._line_size = StringIO(), 0
        self._line.write(rest)
        self._line_size += len(as_json(rest))

    def _is_plain_overlay(self, text: str) -> bool:
        """Return whether a text only goes back to the beginnings of lines that are not long."""
        if self._as_it_came or "\b" in text or (self._cursor is None and "\r" not in text):
            return False
        longest = max(map(len, text.replace("\r", "\n").split("\n")))
        return self._line.tell() + longest <= LONGEST_LINE

    def _overlay(self, text: str) -> None:
        """Write such a text, line by line. Progress bars by the million come here."""
        line = self._line.getvalue()
        cursor = len(line) if self._cursor is None else self._cursor
        *complete, last = text.split("\n")
        for number, segment in enumerate(complete):
            complete[number], _ = _overlaid(line, cursor, segment)
            line, cursor = "", 0
        if complete:
            self._done += as_json("\n".join([*complete, ""]))
        line, cursor = _overlaid(line, cursor, last)
        self._put_line([line])
        self._cursor = cursor if cursor < len(line) else None

    def _overwrite(self, text: str, start: int) -> int:
        """Write text with control characters. Returns where it stopped."""
        line = list(self._line.getvalue())
        cursor = len(line) if self._cursor is None else self._cursor
        self._cursor = None
        for found in _PARTS.finditer(text, start):
            part = found[0]
            if part == "\n":
                self._put_line(line)
                self._append(part)
                line, cursor = [], 0
            elif part[0] not in "\r\b":
                line[cursor : cursor + len(part)] = part
                cursor += len(part)
            elif len(line) > LONGEST_LINE:
                # A reader of this line is at its end. The text after the carriage return puts it at
                # the cursor.
                self._put_line([*line, "\r", *line[:cursor]] if cursor < len(line) else line)
                self._as_it_came = True
                return found.start()
            elif part[0] == "\r":
                cursor = 0
            else:
                for _ in range(min(len(part), cursor)):
                    # In the middle of a line, a page also deletes what is under the cursor.
                    del line[cursor - 1 : cursor + 1]
                    cursor -= 1
        self._put_line(line)
        if cursor < len(line):
            self._cursor = cursor
        return len(text)

    def _put_line(self, line: list[str]) -> None:
        text = "".join(line)
        self._line = StringIO()
        self._line.write(text)
        self._line_size = len(as_json(text))


def _overlaid(line: str, cursor: int, segment: str) -> tuple[str, int]:
    """Write a text without an end of a line into a line. Returns the line and the cursor."""
    first, *pieces = segment.split("\r")
    end = cursor + len(first)
    line = line[:cursor] + first + line[end:]
    if not pieces:
        return line, end
    # Each piece begins at the beginning of the line, so of each only what sticks out is seen.
    top = pieces[-1]
    end = len(top)
    for piece in reversed(pieces[:-1]):
        if len(piece) > len(top):
            top += piece[len(top) :]
    return top + line[len(top) :], end


def as_json(text: str) -> bytes:
    """Return a text as JSON, without its quotes."""
    return dumps(text)[1:-1]
