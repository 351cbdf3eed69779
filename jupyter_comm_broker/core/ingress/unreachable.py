"""
Tells pages that their kernel cannot be reached, and that it can again.

This happens where the kernel is behind a gateway. The pages stay connected and show that nothing is
known of the kernel. What they send waits. Nobody wants a cell to begin an hour later, so it is
refused after a while.
"""

from __future__ import annotations

from jupyter_comm_broker.core.gate.denials import Denials
from jupyter_comm_broker.core.ingress.held_back import HeldBack
from jupyter_comm_broker.core.kernel.link_handshake import LinkHandshake
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.restore.page_replies import PageReplies
from jupyter_comm_broker.core.timed import SOON


class Unreachable:
    """
    Follows for how long the kernel cannot be reached.

    Args:
        handshake: says whether it can be reached.
        page_replies: writes to pages.
        held_back: has the messages that wait.
        denials: denies those that waited too long.
        limits: how long they wait.
    """

    def __init__(
        self,
        handshake: LinkHandshake,
        page_replies: PageReplies,
        held_back: HeldBack,
        denials: Denials,
        limits: Limits,
    ) -> None:
        self._handshake = handshake
        self._page_replies = page_replies
        self._held_back = held_back
        self._denials = denials
        self._patience = limits.unreachable_seconds
        self._since: float | None = None
        self._why = ""

    def noted(self, why: str, now: float) -> None:
        """Note that the kernel cannot be reached, and the latest reason."""
        self._why = why
        if self._since is None:
            self._since = now
            self._page_replies.announce("unknown", now)

    def forget(self, now: float) -> None:
        """Forget it, because the process is gone that could not be reached."""
        self._since = None

    def next_due(self) -> float | None:
        """Return when pages are told something next; ``None`` for never."""
        if self._since is None:
            return None
        if not self._handshake.held:
            return SOON
        return self._since + self._patience if self._held_back.waits else None

    def tick(self, now: float) -> None:
        """Tell pages that the kernel is there again, or deny what waited too long."""
        if self._since is None:
            return
        if not self._handshake.held:
            self._since = None
            for frontend in self._page_replies:
                self._page_replies.status(frontend, now)
        elif now >= self._since + self._patience:
            seconds = int(now - self._since)
            reason = f"the kernel could not be reached for {seconds} s: {self._why}"
            for session_id, message in self._held_back.give_up():
                if (sender := self._page_replies.get(session_id)) is not None:
                    self._denials.for_absence(sender, message, reason, now)
