"""
JSON as it is met on kernel channels: fast where it is strict, forgiving where it is not.

msgspec reads and writes strict JSON. Kernels and pages also send ``NaN``, ``Infinity``
and lone surrogates, which Python's own module accepts; what msgspec refuses is tried
there before it counts as malformed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from jupyter_comm_broker.errors import MalformedMessageError

Text = bytes | bytearray | memoryview | msgspec.Raw
"""Anything that holds JSON text in UTF-8."""

T = TypeVar("T")

_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode


def loads(text: Text) -> Any:
    """
    Return the value that ``text`` holds.

    Raises:
        MalformedMessageError: it is no JSON, not even by Python's lenient reading.

    >>> loads(b'{"a": NaN}')
    {'a': nan}
    """
    try:
        return _decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError):
        try:
            return json.loads(bytes(text))
        except (ValueError, RecursionError) as error:
            raise MalformedMessageError(f"not JSON: {error}") from error
    except RecursionError as error:
        raise MalformedMessageError("not readable: nested too deeply") from error


def dumps(value: Any) -> bytes:
    """
    Return ``value`` as JSON text.

    >>> dumps({"a": float("nan")})
    b'{"a": NaN}'
    """
    try:
        text = _encode(value)
    except UnicodeEncodeError:
        return json.dumps(value).encode()
    # msgspec writes null for NaN and infinities; both sides of a comm would then see
    # another value than was sent, so these rare texts are written by Python's module.
    if b"null" in text and _has_nonfinite(value):
        return json.dumps(value).encode()
    return text


def lenient(decode: Callable[[Text], T]) -> Callable[[Text], T]:
    """
    Make a typed msgspec decoder forgive what only Python's JSON module reads.

    The text is normalised first, and ``NaN`` in it becomes ``null``: strict JSON has no
    word for it, and no page could parse it.

    Raises:
        MalformedMessageError: the text does not have the shape the decoder wants.
    """

    def read(text: Text) -> T:
        try:
            return decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as strict:
            try:
                return decode(_encode(loads(text)))
            except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
                raise MalformedMessageError(str(strict)) from strict

    return read


def _has_nonfinite(value: Any) -> bool:
    if isinstance(value, float):
        return value != value or value in (float("inf"), float("-inf"))
    if isinstance(value, dict):
        return any(_has_nonfinite(each) for each in value.values())
    if isinstance(value, list | tuple):
        return any(_has_nonfinite(each) for each in value)
    return False
