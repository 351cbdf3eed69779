"""Numbers as people read them."""

from __future__ import annotations

from packaging.version import InvalidVersion, Version


def duration(seconds: float) -> str:
    """
    Return a duration in its two largest units.

    >>> [duration(each) for each in (0.4, 75, 3_700, 200_000)]
    ['0 s', '1 min 15 s', '1 h 1 min', '2 d 7 h']
    """
    whole = int(seconds)
    minutes, hours, days = whole // 60, whole // 3600, whole // 86400
    if days:
        return f"{days} d {hours % 24} h"
    if hours:
        return f"{hours} h {minutes % 60} min"
    if minutes:
        return f"{minutes} min {whole % 60} s"
    return f"{whole} s"


def size(count: int) -> str:
    """
    Return a number of bytes with its unit.

    >>> [size(each) for each in (0, 999, 1_500, 12_345_678, 5 * 10**12)]
    ['0 B', '999 B', '1.5 kB', '12 MB', '5000 GB']
    """
    if count < 1000:
        return f"{count} B"
    amount, unit = count / 1000, "kB"
    for larger in ("MB", "GB"):
        if amount >= 1000:
            amount, unit = amount / 1000, larger
    return f"{amount:.1f} {unit}" if amount < 10 else f"{amount:.0f} {unit}"


def is_older(version: str, current: str) -> bool:
    """
    Return whether a version is older than another. A text that is no version counts as older.

    >>> is_older("0.9.1", "0.10.0"), is_older("0.10.0", "0.10.0"), is_older("?", "0.1")
    (True, False, True)
    """
    return version_order(version) < version_order(current)


def version_order(version: str) -> Version:
    """Return a version as something that can be compared."""
    try:
        return Version(version)
    except InvalidVersion:
        return Version("0.dev0")
