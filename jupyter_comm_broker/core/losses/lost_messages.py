"""
Noticing that the kernel published something that never came (protocol facts 2.3, row 12).

A kernel's end drops messages past its own send limit, 1,000 by default, and says nothing.
jupyter_client numbers a session's messages in their ids, ``<session>_<pid>_<n>``, replies
included. But for replies, of which each comes with statuses, all of them pass here on iopub,
so a jump means that some were lost. It is a hint, for kernels that number so; ids of any
other form say nothing.
"""

from __future__ import annotations

FEWEST = 10
"""
Smaller jumps are replies, which go over other sockets, or what a thread sent in between.
"""

MOST_SESSIONS = 8
"""A kernel that relays others' messages (ipyparallel) shows several sessions."""


class LostMessages:
    """The highest number seen of each session."""

    def __init__(self) -> None:
        self._highest: dict[str, int] = {}

    def before(self, msg_id: str) -> int:
        """
        Take the id of the next message. Returns how many seem to be lost before it.

        >>> lost = LostMessages()
        >>> lost.before("s_1_1"), lost.before("s_1_2"), lost.before("s_1_500")
        (0, 0, 497)
        """
        session, _, number = msg_id.rpartition("_")
        if not session or not number.isdecimal():
            return 0
        n = int(number)
        highest = self._highest.get(session)
        if highest is None:
            if len(self._highest) >= MOST_SESSIONS:
                self._highest.clear()
            self._highest[session] = n
            return 0
        if n <= highest:
            return 0
        self._highest[session] = n
        return n - highest - 1 if n - highest > FEWEST else 0
