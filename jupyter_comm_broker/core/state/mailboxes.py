"""
Attributes that are no state but a mailbox: a value is put in, and taken out again at once.

Some widgets send commands in this way. plotly, for example, sets ``_py2js_restyle`` to a message
and then to null. A page must see each of these values, and merged updates would hide them.

No widget declares such an attribute, but its traffic shows it. The attribute changes from an empty
value to another. Its very next change has the same parent, comes at once, and sets the same empty
value again. The update that empties it is not merged, so that the page sees the first value as
well. Later updates of the attribute are not merged either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from jupyter_comm_broker.protocol.widget import Attribute, State

EMPTY = frozenset({b"null", b'""', b"{}", b"[]", b"false", b"0"})
"""The values of an empty mailbox."""

LONGEST = max(map(len, EMPTY))
"""The bytes of the longest of them. A longer value need not be hashed."""

AT_ONCE = 0.25
"""
The most seconds between putting a value in and taking it out.

Both come in one burst, at most some turns of our event loop apart. A label that says "working" for
as long as a cell runs is no mailbox.
"""


@dataclass(frozen=True, slots=True)
class Put:
    """A value that was put into an empty attribute."""

    empty: Attribute | None
    """The empty value before it; ``None`` if there was no value, or it is not known."""
    parent: str
    at: float

    def is_fresh(self, now: float) -> bool:
        """Whether it was put in at most :data:`AT_ONCE` ago."""
        return now - self.at <= AT_ONCE


class Mailboxes:
    """The mailboxes of one comm, and attributes that may turn out to be mailboxes."""

    __slots__ = ("full", "names")

    def __init__(self) -> None:
        self.names: set[str] = set()
        """The attributes that are known to be mailboxes."""
        self.full: dict[str, Put] = {}
        """The values in mailboxes, and in attributes that may turn out to be mailboxes."""

    def passing(self, now: float) -> set[str]:
        """Return the mailboxes that were filled just now. They are about to be emptied again."""
        return {key for key in self.names & self.full.keys() if self.full[key].is_fresh(now)}

    def put(self, key: str, put: Put) -> None:
        """Note that a value was put into an empty attribute."""
        self.full[key] = put

    def replaced(self, key: str, now: float) -> None:
        """Note that another value replaced the first, which therefore was not taken out at once."""
        put = self.full.pop(key)
        if key in self.names:
            self.full[key] = replace(put, at=now)

    def emptied(self, key: str, empty: Attribute, parent: str, now: float) -> None:
        """
        Note that an attribute was emptied. It is a mailbox if its value was put in just before.

        Args:
            key: the attribute.
            empty: the empty value.
            parent: the msg_id of the request that the kernel was handling.
            now: the time.
        """
        put = self.full.pop(key, None)
        if (
            put is not None
            and put.empty in (None, empty)
            and put.parent == parent
            and put.is_fresh(now)
        ):
            self.names.add(key)


def followed(
    known: Mailboxes | None,
    change: State,
    before: Mapping[str, Attribute | None],
    parent: str,
    now: float,
) -> Mailboxes | None:
    """
    Learn from an update of the kernel which attributes are mailboxes.

    Args:
        known: what was learnt of the comm so far. Nearly all comms have nothing to learn.
        change: what the update sets.
        before: what these attributes held. An attribute that nobody knows is not in it.
        parent: the msg_id of the request that the kernel was handling.
        now: the time.

    Returns:
        What is known of the comm's mailboxes now; ``None`` if nothing is.
    """
    # Each update of every widget comes through here, so the loop makes few calls.
    for key, attribute in change.items():
        if type(attribute) is bytes and len(attribute) <= LONGEST and attribute in EMPTY:
            if known is not None:
                known.emptied(key, attribute, parent, now)
            continue
        held = before.get(key)
        if held is None or (type(held) is bytes and len(held) <= LONGEST and held in EMPTY):
            if known is None:
                known = Mailboxes()
            known.put(key, Put(held, parent, now))
        elif known is not None and key in known.full:
            known.replaced(key, now)
    # Most attributes that leave an empty value are no mailboxes. Nothing is kept of them.
    return known if known is not None and (known.names or known.full) else None
