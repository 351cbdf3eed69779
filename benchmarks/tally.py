"""What a page knows of each comm in the end: its last number, and whether it is closed."""

from __future__ import annotations

import re

from benchmarks.frontend import MARK

KIND = re.compile(rb'"msg_type": ?"(comm_open|comm_msg|comm_close|execute_reply)"')
COMM = re.compile(rb'"comm_id": ?"([^"]+)"')


class Tally:
    """Give ``hears`` to a frontend; follows comms without decoding messages."""

    def __init__(self) -> None:
        self.last: dict[bytes, int] = {}
        self.closed: set[bytes] = set()
        self.heard = 0
        """All messages, also those that are of no comm."""
        self.replied = False
        """Whether a cell's reply came; no server drops it."""

    def hears(self, payload: bytes) -> None:
        """Note what one message says of a comm."""
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
        """Tell whether the final value of every comm and every close came."""
        return (
            len(self.last) == comms
            and set(self.last.values()) == _final(comms, updates)
            and self.closed == set(self.last)
        )

    def describe(self, comms: int, updates: int) -> str:
        """Say what came, to somebody who wonders what did not."""
        values = len(_final(comms, updates) & set(self.last.values()))
        return (
            f"{len(self.last)} opens, {values} final values, {len(self.closed)} closes of {comms}, "
            f"{self.heard} messages, {'a' if self.replied else 'no'} reply"
        )


def _final(comms: int, updates: int) -> set[int]:
    """Return the last numbers of comms that are updated in turn."""
    return set(range(updates - comms + 1, updates + 1))
