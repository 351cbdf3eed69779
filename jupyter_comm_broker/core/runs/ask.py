"""What a page asks for with an ``execute_request``, as far as a run needs it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec

from jupyter_comm_broker.core.runs.run import Ask
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.json_text import Text, lenient
from jupyter_comm_broker.protocol.message import Message, Part

LONGEST_CODE = 20_000
"""The most characters of a cell's source that are kept, to find the cell of an old notebook by."""

LONGEST_HEADER = 10_000
"""The most bytes of a header. JupyterLab's has 250."""

LONGEST_CELL_ID = 200
"""The most characters of a cell's id. A notebook's format allows 64."""


class _Asked(msgspec.Struct):
    code: str = ""
    silent: bool = False


class _CellMetadata(msgspec.Struct):
    cell_id: str = msgspec.field(default="", name="cellId")
    records_timing: bool = msgspec.field(default=False, name="recordTiming")


_read_asked = lenient(msgspec.json.Decoder(_Asked).decode)
_read_metadata = lenient(msgspec.json.Decoder(_CellMetadata, strict=False).decode)

T = TypeVar("T")


def ask_of(session_id: str, message: Message, now: float) -> Ask | None:
    """
    Return what a page asks for; ``None`` if it is no run of a cell.

    Args:
        session_id: the page.
        message: its request.
        now: the time.
    """
    header = message.header
    if (header.msg_type, message.channel) != ("execute_request", "shell") or not header.msg_id:
        return None
    asked = _read(_read_asked, message.parts[3], _Asked())
    if asked.silent or len(message.parts[0]) > LONGEST_HEADER:
        return None
    cell = _read(_read_metadata, message.parts[2], _CellMetadata())
    return Ask(
        header=header,
        text=bytes(message.parts[0]),
        session_id=session_id,
        cell_id=cell.cell_id if len(cell.cell_id) <= LONGEST_CELL_ID else "",
        records_timing=cell.records_timing,
        code=asked.code if len(asked.code) <= LONGEST_CODE else None,
        sent_at=now,
    )


def _read(read: Callable[[Text], T], text: Part, otherwise: T) -> T:
    """Read a request of a page. The kernel will say what is wrong with it."""
    try:
        return read(text)
    except MalformedMessageError:
        return otherwise
