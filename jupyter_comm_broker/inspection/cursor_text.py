"""Cursors of lists as the text that readers hand back."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import TypeVar

import msgspec

from jupyter_comm_broker.errors import InvalidFieldError

Cursor = TypeVar("Cursor")


def encoded(cursor: msgspec.Struct) -> str:
    """Return a cursor as text for a URL."""
    return urlsafe_b64encode(msgspec.json.encode(cursor)).decode().rstrip("=")


def decoded(text: str, read: Callable[[bytes], Cursor]) -> Cursor:
    """
    Return the cursor that a text holds.

    Args:
        text: what :func:`encoded` returned once, or anything else.
        read: reads a cursor of the wanted kind.

    Raises:
        InvalidFieldError: it is no such cursor.
    """
    try:
        return read(urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
    except (ValueError, msgspec.DecodeError) as error:
        raise InvalidFieldError(
            "cursor", "this is not a cursor; take the next of the page before"
        ) from error
