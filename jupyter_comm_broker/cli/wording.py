"""How ids, times, sizes and foreign texts are written for people, and read from them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

SHORTEST = 8
"""Characters of an id that are shown at least."""

_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)([smhd]?)")


def printable(text: str, limit: int = 200) -> str:
    r"""
    Return a text that cannot move the cursor, and is not endless.

    Target names, ids and errors come from kernels and pages: a terminal obeys what is in them.

    >>> printable("a\x1b[31mb\nc")
    'a\\x1b[31mb\\nc'
    """
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    return "".join(each if each.isprintable() else _escaped(each) for each in cut)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode()


def short_length(ids: Iterable[str]) -> int:
    """
    Return how many characters tell ids apart, as git does it.

    >>> short_length(["0123456789a", "0123456789b", "x"])
    11
    """
    ordered = sorted(set(ids))
    longest = SHORTEST
    for one, other in pairwise(ordered):
        same = next(
            (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
            min(len(one), len(other)),
        )
        longest = max(longest, same + 1)
    return longest


def duration(seconds: float) -> str:
    """
    Return seconds as people say them.

    >>> duration(3.2), duration(200), duration(8000), duration(200000)
    ('3s', '3m', '2h', '2d')
    """
    for unit, length in (("d", 86400.0), ("h", 3600.0), ("m", 60.0)):
        if seconds >= length:
            return f"{int(seconds // length)}{unit}"
    return f"{int(seconds)}s"


def read_duration(text: str) -> float:
    """
    Return the seconds in ``90``, ``90s``, ``5m``, ``2h`` or ``1d``.

    >>> read_duration("1.5h")
    5400.0

    Raises:
        ValueError: it says something else.
    """
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no time; say 90, 90s, 5m, 2h or 1d")
    return float(match[1]) * _UNITS[match[2]]


def size(count: float | None) -> str:
    """
    Return bytes as people say them; of secrets the server does not say how many there are.

    >>> size(512), size(2048), size(3_500_000), size(None)
    ('512 B', '2.0 KiB', '3.3 MiB', 'size not told')
    """
    if count is None:
        return "size not told"
    if count < 1024:
        return f"{int(count)} B"
    for unit in ("KiB", "MiB"):
        count /= 1024
        if count < 1024:
            return f"{count:.1f} {unit}"
    return f"{count / 1024:.1f} GiB"


def counted(count: int, noun: str) -> str:
    """
    Return a number of things.

    >>> counted(1, "comm"), counted(2000, "comm")
    ('1 comm', '2,000 comms')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
