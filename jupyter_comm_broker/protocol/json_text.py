"""
JSON as it is met on kernel channels: fast where it is strict, forgiving where it is not.

msgspec reads and writes strict JSON. Kernels and pages also send ``NaN``, ``Infinity``
and lone surrogates, which Python's own module accepts; what msgspec refuses is tried
there before it counts as malformed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from math import isfinite
from typing import Any, TypeVar

import msgspec

from jupyter_comm_broker.errors import MalformedMessageError

Text = bytes | bytearray | memoryview | msgspec.Raw
"""Anything that holds JSON text in UTF-8."""

MOST_LEVELS = 500
"""
How deep a value may be nested that readers are shown, or that REST takes.

Python's reading and writing ends at its recursion limit of 1,000 calls, those that are under way
included, and both ends of a comm wrap what they are given.
"""

T = TypeVar("T")

_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode
_LONE_SURROGATES = re.compile("[\ud800-\udfff]")


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


def loads_shallow(text: Text) -> Any:
    """
    Return the value that ``text`` holds, which can be written again wherever it is put.

    Raises:
        MalformedMessageError: it is no JSON, or is nested more than :data:`MOST_LEVELS` deep.
    """
    value, plain = loads(text), bytes(text)
    if plain.count(b"[") + plain.count(b"{") > MOST_LEVELS and levels(value) > MOST_LEVELS:
        raise MalformedMessageError(f"nested more than {MOST_LEVELS} levels deep")
    return value


def levels(value: Any) -> int:
    """
    Return how deep a value is nested.

    >>> levels([{"a": []}, 1])
    3
    """
    found, layer = 0, [value]
    while layer := [each for each in layer if isinstance(each, dict | list)]:
        found += 1
        layer = [
            inner for each in layer for inner in (each.values() if isinstance(each, dict) else each)
        ]
    return found


def dumps(value: Any) -> bytes:
    """
    Return ``value`` as JSON text.

    Raises:
        MalformedMessageError: it is nested too deeply to be written.

    >>> dumps({"a": float("nan")})
    b'{"a": NaN}'
    """
    try:
        try:
            text = _encode(value)
        except UnicodeEncodeError:
            return json.dumps(value).encode()
        # msgspec writes null for NaN and infinities; both sides of a comm would then see
        # another value than was sent, so these rare texts are written by Python's module.
        if b"null" in text and _has_nonfinite(value):
            return json.dumps(value).encode()
    except RecursionError as error:
        raise MalformedMessageError("not writable: nested too deeply") from error
    return text


def lenient(decode: Callable[[Text], T]) -> Callable[[Text], T]:
    """
    Make a typed msgspec decoder forgive what only Python's JSON module reads.

    The text is normalised first: ``NaN`` in it becomes ``null``, and a lone surrogate U+FFFD.
    Strict JSON and UTF-8 have no word for them, and no page could read them.

    Raises:
        MalformedMessageError: the text does not have the shape the decoder wants.
    """

    def read(text: Text) -> T:
        try:
            return decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as strict:
            try:
                return decode(dumps_strictly(loads(text)))
            except (msgspec.DecodeError, RecursionError):
                raise MalformedMessageError(str(strict)) from strict

    return read


def dumps_strictly(value: Any) -> bytes:
    """
    Return ``value`` as JSON that every reader takes: what JSON has no word for is replaced.

    >>> dumps_strictly([float("nan"), 1])
    b'[null,1]'
    """
    try:
        return _encode(value)
    except UnicodeEncodeError:
        text = json.dumps(value, ensure_ascii=False)
        return _encode(json.loads(_LONE_SURROGATES.sub("\ufffd", text)))


def _has_nonfinite(value: Any) -> bool:
    # No recursion: what msgspec can nest is deeper than what Python's stack takes twice over.
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, float):
            if not isfinite(each):
                return True
        elif isinstance(each, dict):
            waiting += each.values()
        elif isinstance(each, list | tuple):
            waiting += each
    return False
