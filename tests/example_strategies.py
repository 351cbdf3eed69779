"""Restore strategies as a package would bring them: the last value, and a journal."""

from __future__ import annotations

from jupyter_comm_broker.strategy import Kept, Payload, Side


class LastValue:
    """Gives a page that comes back the comm as it was opened, and the kernel's last message."""

    def opened(self, opening: Payload) -> Kept:
        return (opening,)

    def passed(self, kept: Kept, by: Side, message: Payload) -> Kept:
        if by is Side.KERNEL:
            return (kept[0], message)
        return kept


class Journal:
    """Gives a page that comes back all that was drawn since the picture was last cleared."""

    MOST = 1_000

    def opened(self, opening: Payload) -> Kept:
        return (opening,)

    def passed(self, kept: Kept, by: Side, message: Payload) -> Kept | None:
        if by is not Side.KERNEL:
            return kept
        if message.data == {"do": "clear"}:
            return kept[:1]
        if len(kept) > self.MOST:
            # Half a picture is worse than none.
            return None
        return (*kept, message)
