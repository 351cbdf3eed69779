"""Binary parts as programs hand them over: any object that has a buffer, such as an array."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jupyter_comm_broker.protocol.message import Part


def as_parts(buffers: Sequence[Any]) -> list[Part]:
    """
    Return the bytes of buffers. Nothing is copied.

    >>> from array import array
    >>> [len(part) for part in as_parts([b"four", array("d", [1.0, 2.0])])]
    [4, 16]

    Raises:
        TypeError: one has no buffer, or its bytes do not lie one behind the other.
    """
    return [each if isinstance(each, bytes) else _bytes(each) for each in buffers]


def _bytes(buffer: Any) -> Part:
    view = memoryview(buffer)
    if not view.c_contiguous:
        raise TypeError(
            f"the bytes of a buffer of shape {view.shape} do not lie one behind the other; "
            "copy it first, for example with bytes() or numpy.ascontiguousarray()"
        )
    # A view without items cannot be cast.
    return view.cast("B") if view.nbytes else b""
