"""Reads contents of a kernel that may be anything."""

from __future__ import annotations

from typing import Any

from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.message import Message


def content_of(message: Message) -> dict[str, Any]:
    """Return the content of a message of the kernel; empty if it cannot be read."""
    try:
        return message.content
    except MalformedMessageError:
        return {}


def text_in(fields: dict[str, Any], name: str) -> str:
    """Return a text of a content; empty if it is none."""
    value = fields.get(name)
    return value if isinstance(value, str) else ""
