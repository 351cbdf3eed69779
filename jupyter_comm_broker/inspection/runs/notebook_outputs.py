"""
Outputs that a notebook can hold, whatever a kernel sent.

A kernel may send any JSON. nbformat allows certain fields of certain types. What does not fit is
left out or written as JSON text, so that nobody's notebook becomes invalid.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from typing import Annotated, Any

from msgspec import Meta, Struct

from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.inspection.message_views import UNREADABLE
from jupyter_comm_broker.protocol.json_text import MOST_LEVELS, dumps, levels

MOST_COUNT = 2**53
"""Numbers from here on are not shown: no kernel counts so far, and JavaScript cannot."""

LONGEST_LINE = 500
"""The most characters of a line among the last lines of an output."""

_HOLDS_JSON = re.compile(r"application/(.*\+)?json")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")

Data = Annotated[
    dict[str, Any],
    Meta(description="By media type: a text, or a list of texts, or any JSON for JSON types."),
]
Metadata = Annotated[dict[str, Any], Meta(description="By media type, how to show it.")]
ExecutionCount = Annotated[int, Meta(ge=0)] | None


class StreamOutput(Struct, tag_field="output_type", tag="stream"):
    """Text that a cell printed."""

    name: Annotated[
        str, Meta(description="stdout or stderr; stdin for what a user typed at a prompt.")
    ]
    text: str


class DisplayOutput(Struct, tag_field="output_type", tag="display_data"):
    """Something that a cell displayed, in its latest state."""

    data: Data
    metadata: Metadata


class ResultOutput(Struct, tag_field="output_type", tag="execute_result"):
    """The value of a cell's last expression."""

    data: Data
    metadata: Metadata
    execution_count: ExecutionCount


class ErrorOutput(Struct, tag_field="output_type", tag="error"):
    """An error that ended a cell."""

    ename: str
    evalue: str
    traceback: list[str]


Outputs = list[StreamOutput | DisplayOutput | ResultOutput | ErrorOutput]
"""The shape of what :func:`valid` returns. The values are plain, since others encode them."""

Output = dict[str, Any]


def valid(outputs: Iterable[Output]) -> list[Output]:
    """
    Return outputs as nbformat 4 allows them.

    Args:
        outputs: what a kernel sent, each with its ``output_type``.

    >>> valid([{"output_type": "stream", "name": 1, "text": "x", "more": None}])
    [{'output_type': 'stream', 'name': 'stdout', 'text': 'x'}]
    """
    return [_valid(each) for each in outputs]


def last_lines(latest_first: Iterable[Output], most: int) -> list[str]:
    r"""
    Return the last lines of outputs as people read them: without colours, and cut where long.

    Args:
        latest_first: what a kernel sent, each with its ``output_type``.
        most: the most lines. No more outputs are read than hold them.

    >>> last_lines([{"output_type": "stream", "text": "a\nb\n 9 %\r10 %"}], 2)
    ['b', '10 %']
    """
    lines = (line for each in latest_first for line in _lines_from_the_end(_text(_valid(each))))
    return list(islice(lines, most))[::-1]


def count_of(value: Any) -> int | None:
    """Return an ``execution_count`` of a kernel; ``None`` if it is none."""
    fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < MOST_COUNT
    return value if fits else None


# -- one output ------------------------------------------------------------------------------------


def _valid(output: Output) -> Output:
    kind = output.get("output_type")
    if kind == "stream":
        name = output.get("name")
        return {
            "output_type": "stream",
            "name": name if isinstance(name, str) else "stdout",
            "text": _string(output.get("text")),
        }
    if kind == "error":
        lines = output.get("traceback")
        return {
            "output_type": "error",
            "ename": _string(output.get("ename")),
            "evalue": _string(output.get("evalue")),
            "traceback": [_string(line) for line in lines] if isinstance(lines, list) else [],
        }
    data, metadata = _bundle(output.get("data")), _metadata(output.get("metadata"))
    if kind == "execute_result":
        return {
            "output_type": "execute_result",
            "data": data,
            "metadata": metadata,
            "execution_count": count_of(output.get("execution_count")),
        }
    return {"output_type": "display_data", "data": data, "metadata": metadata}


def _bundle(data: Any) -> dict[str, Any]:
    if not isinstance(data, dict):
        return {}
    return {name: _content(name, value) for name, value in data.items()}


def _content(name: str, value: Any) -> Any:
    if _HOLDS_JSON.fullmatch(name):
        return value if _is_shallow(value) else UNREADABLE
    is_lines = isinstance(value, list) and all(isinstance(each, str) for each in value)
    return value if is_lines else _string(value)


def _metadata(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) and _is_shallow(value) else {}


def _string(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    try:
        return dumps(value).decode("utf-8", "replace") if _is_shallow(value) else UNREADABLE
    except MalformedMessageError:
        return UNREADABLE


def _is_shallow(value: Any) -> bool:
    return not isinstance(value, dict | list) or levels(value) <= MOST_LEVELS


# -- as text ---------------------------------------------------------------------------------------


def _text(output: Output) -> str:
    if output["output_type"] == "stream":
        return str(output["text"])
    if output["output_type"] == "error":
        said = f"{output['ename']}: {output['evalue']}"
        return "\n".join(output["traceback"]) or said
    plain = output["data"].get("text/plain", "")
    if isinstance(plain, list):
        plain = "".join(plain)
    return str(plain) or f"[{', '.join(output['data']) or 'nothing'}]"


def _lines_from_the_end(text: str) -> Iterable[str]:
    end = len(text) - text.endswith("\n")
    while end >= 0:
        start = text.rfind("\n", 0, end) + 1
        yield _line(text[start:end])
        if start == 0:
            return
        end = start - 1


def _line(text: str) -> str:
    # A terminal shows what follows the last carriage return, as far as it covers the line.
    shown = ""
    for part in _COLOURS.sub("", text[-20 * LONGEST_LINE :]).split("\r"):
        shown = part + shown[len(part) :]
    return shown if len(shown) <= LONGEST_LINE else f"{shown[: LONGEST_LINE - 1]}…"
