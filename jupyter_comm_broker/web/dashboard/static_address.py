"""
Checks the addresses of static files. Only plain addresses are looked up.

An address is checked after it is decoded, and before any file is looked at. The check lists what
is allowed, not what is forbidden: there are more ways to write ``..`` than anybody has listed.
"""

from __future__ import annotations

MOST = 1024
"""The most characters of an address. Addresses that builds make have a tenth of it."""

PUNCTUATION = frozenset("._-@+~=,()[]{}$!#&' ")
"""The characters in names of files besides letters and digits. No slash, colon or percent."""

RESERVED = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))]
)
"""Names that Windows takes for devices, with any suffix."""


def is_plain(address: str) -> bool:
    r"""
    Return whether a relative address can lead only to a file of that name.

    >>> is_plain("@scope/name/static/540.ab12.js"), is_plain("name/static/../package.json")
    (True, False)
    >>> is_plain("name\\static"), is_plain("/etc/passwd"), is_plain("a/%2e%2e/b"), is_plain("c:/b")
    (False, False, False, False)
    """
    return len(address) <= MOST and all(_is_plain_step(step) for step in address.split("/"))


def is_built(address: str) -> bool:
    """Return whether an address is plain and leads into a labextension's ``static`` folder."""
    steps = address.split("/")
    name = steps[:2] if address.startswith("@") else steps[:1]
    rest = steps[len(name) :]
    return is_plain(address) and len(rest) > 1 and rest[0] == "static"


def _is_plain_step(step: str) -> bool:
    return (
        bool(step)
        # Hidden files, and the steps "." and "..".
        and not step.startswith(".")
        # Windows drops these characters at the end, and finds another file.
        and not step.endswith((".", " "))
        and step.partition(".")[0].strip().casefold() not in RESERVED
        and all(each.isalnum() or each in PUNCTUATION for each in step)
    )
