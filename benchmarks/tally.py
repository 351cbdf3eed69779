"""What a page knows about each comm in the end: its last number, and whether it is closed."""

from __future__ import annotations

import re

from benchmarks.frontend import MARK

KIND = re.compile(rb'"msg_type": ?"(comm_open|comm_msg|comm_close|execute_reply)"')
COMM = re.compile(rb'"comm_id": ?"([^"]+)"')


class Tally:
    """Follows comms without decoding messages. A frontend calls its :meth:`hears`."""

    def __init__(self) -> None:
        self.last: dict[bytes, int] = {}
        self.closed: set[bytes] = set()
        self.heard = 0
        """How many messages came, also those of no comm."""
        self.replied = False
        """Whether a cell's reply came. No server drops it."""

    def hears(self, payload: bytes) -> None:
        """Note what a message says about a comm."""
        self.heard += 1
        # A parent is never a comm message here, so the first type is the message's own.
        kind, comm = KIND.search(payload), COMM.search(payload)
        if kind is None:
            return
        self.replied = self.replied or kind[1] == b"execute_reply"
        if comm is None:
            return
        if kind[1] == b"comm_open":
            self.last[comm[1]] = 0
        elif kind[1] == b"comm_close":
            self.closed.add(comm[1])
        elif mark := MARK.search(payload):
            self.last[comm[1]] = int(mark[1])

    def has_all(self, comms: int, updates: int) -> bool:
        """Return whether the last value and the closing of every comm came."""
        return (
            len(self.last) == comms
            and set(self.last.values()) == _final(comms, updates)
            and self.closed == set(self.last)
        )

    def describe(self, comms: int, updates: int) -> str:
        """Return a sentence about what came and what is missing."""
        values = len(_final(comms, updates) & set(self.last.values()))
        return (
            f"{len(self.last)} opens, {values} final values, {len(self.closed)} closes of {comms}, "
            f"{self.heard} messages, {'a' if self.replied else 'no'} reply"
        )


def _final(comms: int, updates: int) -> set[int]:
    """Return the last number of each of some comms that are updated in turn."""
    return set(range(updates - comms + 1, updates + 1))
