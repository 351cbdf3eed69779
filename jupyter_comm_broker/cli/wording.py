"""Writes ids, times, sizes and texts of others for people, and reads times."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

SHORTEST = 8
"""The fewest characters of an id that are shown."""

LINE = 200
"""The most characters of a text from a kernel or page in a line."""

LONG = 2000
"""The most characters of such a text that stands alone."""

_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)([smhd]?)")


def printable(text: str, limit: int = LINE) -> str:
    r"""
    Return a text without control characters and of limited length.

    Target names, ids and errors come from kernels and pages. A terminal would obey control
    characters in them.

    >>> printable("a\x1b[31mb\nc")
    'a\\x1b[31mb\\nc'
    """
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    return "".join(each if each.isprintable() else _escaped(each) for each in cut)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode()


def short_length(ids: Iterable[str]) -> int:
    """
    Return how many characters of ids are needed to tell them apart, as git does.

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
    Return a number of seconds as people say it.

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
        ValueError: the text has another form.
    """
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a time; use 90, 90s, 5m, 2h or 1d")
    return float(match[1]) * _UNITS[match[2]]


def size(count: float | None) -> str:
    """
    Return a number of bytes as people say it. ``None`` is the size of a secret.

    >>> size(512), size(2048), size(3_500_000), size(None)
    ('512 B', '2.0 KiB', '3.3 MiB', 'size hidden')
    """
    if count is None:
        return "size hidden"
    if count < 1024:
        return f"{int(count)} B"
    for unit in ("KiB", "MiB"):
        count /= 1024
        if count < 1024:
            return f"{count:.1f} {unit}"
    return f"{count / 1024:.1f} GiB"


def counted(count: int, noun: str) -> str:
    """
    Return a number with a noun.

    >>> counted(1, "comm"), counted(2000, "comm")
    ('1 comm', '2,000 comms')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
