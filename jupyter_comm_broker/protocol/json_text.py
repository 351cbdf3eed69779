"""
JSON as kernel channels carry it: strict JSON is read fast, and lenient JSON is read too.

msgspec reads and writes strict JSON. Kernels and pages also send ``NaN``, ``Infinity`` and lone
surrogates. Python's json module accepts these. So a text that msgspec refuses is read by the
json module, and is malformed only if that refuses it too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from math import isfinite
from typing import Any, TypeVar

import msgspec

from jupyter_comm_broker.errors import MalformedMessageError

Text = bytes | bytearray | memoryview | msgspec.Raw
"""Anything that holds JSON text in UTF-8."""

MOST_LEVELS = 500
"""
The deepest nesting of a value that readers are shown or that REST accepts.

Python reads and writes JSON down to its recursion limit of 1,000 calls. The calls that are
already under way count too, and both ends of a comm wrap the value once more.
"""

T = TypeVar("T")


class TooDeepError(MalformedMessageError):
    """A text is nested too deeply to be read here. Somebody else may be able to read it."""


_decode = msgspec.json.Decoder().decode
_encoder = msgspec.json.Encoder()
_encode = _encoder.encode
_LONE_SURROGATES = re.compile("[\ud800-\udfff]")


def loads(text: Text) -> Any:
    """
    Return the value that ``text`` holds.

    Raises:
        MalformedMessageError: the text is no JSON.
        TooDeepError: it is nested too deeply to be read.

    >>> loads(b'{"a": NaN}')
    {'a': nan}
    """
    try:
        return _decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError):
        try:
            return json.loads(bytes(text))
        except ValueError as error:
            raise MalformedMessageError(f"not JSON: {error}") from error
        except RecursionError as error:
            raise TooDeepError("not readable: nested too deeply") from error
    except RecursionError as error:
        raise TooDeepError("not readable: nested too deeply") from error


def loads_shallow(text: Text) -> Any:
    """
    Return the value that ``text`` holds, if it can be written again inside another value.

    Raises:
        MalformedMessageError: the text is no JSON, or is nested deeper than
            :data:`MOST_LEVELS`.
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
        MalformedMessageError: the value is nested too deeply to be written.

    >>> dumps({"a": float("nan")})
    b'{"a": NaN}'
    """
    try:
        try:
            text = _encode(value)
        except UnicodeEncodeError:
            return json.dumps(value).encode()
        # msgspec writes null for NaN and infinities. The receiver would see another value than
        # was sent, so Python's module writes these rare texts.
        if b"null" in text and _has_nonfinite(value):
            return json.dumps(value).encode()
    except RecursionError as error:
        raise MalformedMessageError("not writable: nested too deeply") from error
    return text


def lenient(decode: Callable[[Text], T]) -> Callable[[Text], T]:
    """
    Return a typed msgspec decoder that also reads what only Python's json module reads.

    A text that msgspec refuses is normalised: ``NaN`` becomes ``null``, and a lone surrogate
    becomes U+FFFD. Strict JSON and UTF-8 cannot express either, and no page could read them.

    Raises:
        MalformedMessageError: raised by the decoder that is returned. The text does not have
            the shape that the decoder wants.
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


def dumps_each(texts: Sequence[str]) -> list[bytes]:
    """
    Return each of many texts as JSON. That is several times as fast as a call for each.

    >>> dumps_each(["a", "b"])
    [b'"a"', b'"b"']
    """
    try:
        # JSON escapes a line's end within a text.
        return _encoder.encode_lines(texts).splitlines()
    except UnicodeEncodeError:
        return list(map(dumps, texts))


def dumps_strictly(value: Any) -> bytes:
    """
    Return ``value`` as strict JSON. What strict JSON cannot express is replaced.

    >>> dumps_strictly([float("nan"), 1])
    b'[null,1]'
    """
    try:
        return _encode(value)
    except UnicodeEncodeError:
        text = json.dumps(value, ensure_ascii=False)
        return _encode(json.loads(_LONE_SURROGATES.sub("\ufffd", text)))


def _has_nonfinite(value: Any) -> bool:
    # Not recursive: msgspec reads nesting that would overflow Python's stack here.
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
