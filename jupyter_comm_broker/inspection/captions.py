"""
What people call a widget: what they see of it, such as ``Epochs = 7``.

A description, and a value if it is short. Models that hold secrets show no value.
"""

from __future__ import annotations

import re
from typing import Any

from jupyter_comm_broker.core.state.known_comm import KnownComm
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.inspection.redaction import models_of
from jupyter_comm_broker.protocol.json_text import dumps, loads

LONGEST = 60
"""The most characters of a caption, of a description and of a value."""

MOST_BYTES = 64 * 1024
"""Bytes of the largest state that is looked into: a list of thousands must be quick."""

_SEEN = ("description", "value", "index", "_options_labels", "title")
_TAGS = re.compile(r"<[^<>]{0,200}>")


def caption(record: KnownComm) -> str | None:
    """
    Return what a widget's user sees of it; ``None`` if that is nothing.

    Args:
        record: the comm.
    """
    state = record.state
    if state is None or not record.is_widget or state.size > MOST_BYTES:
        return None
    try:
        picked = state.picked(_SEEN)
        seen = {name: loads(part) for name, part in picked.items() if isinstance(part, bytes)}
    except MalformedMessageError:
        return None
    name = _text(seen.get("description")) or _text(seen.get("title"))
    value = "" if models_of(record) else _value(seen)
    shown = f"{name} = {value}" if name and value else name or value
    return _cut(shown) or None


def _value(seen: dict[str, Any]) -> str:
    labels, index = seen.get("_options_labels"), seen.get("index")
    if isinstance(labels, list):
        chosen = index if isinstance(index, list | tuple) else [index]
        return ", ".join(
            _text(labels[each])
            for each in chosen
            if isinstance(each, int) and not isinstance(each, bool) and 0 <= each < len(labels)
        )
    value = seen.get("value")
    if value is None:
        return ""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list | dict) and not _is_short(value):
        return ""
    return _cut(dumps(value).decode("utf-8", "replace"))


def _is_short(value: list[Any] | dict[str, Any]) -> bool:
    """Whether a value is a few numbers or words, as the bounds of a range are."""
    return (
        isinstance(value, list)
        and 0 < len(value) <= 4
        and all(isinstance(each, str | int | float) for each in value)
    )


def _text(value: Any) -> str:
    """Return a text in one line, without the tags of HTML."""
    if not isinstance(value, str):
        return ""
    return _cut(" ".join(_TAGS.sub(" ", value[: 20 * LONGEST]).split()))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
