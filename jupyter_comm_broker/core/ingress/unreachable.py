"""
Tells pages that their kernel cannot be reached, and that it can again.

This happens where the kernel is behind a gateway. The pages stay connected and show that nothing is
known of the kernel. What they send waits. Nobody wants a cell to begin an hour later, so it is
refused after a while.
"""

from __future__ import annotations

from collections.abc import Callable

from jupyter_comm_broker.core.gate.denials import Denials
from jupyter_comm_broker.core.ingress.held_back import HeldBack
from jupyter_comm_broker.core.kernel.link_handshake import LinkHandshake
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.restore.page_replies import PageReplies
from jupyter_comm_broker.core.timed import SOON

NEWS_AFTER = 2.0
"""Seconds after which pages are told. The first attempt to connect again is over by then."""


class Unreachable:
    """
    Follows for how long the kernel cannot be reached.

    Args:
        handshake: says whether it can be reached.
        page_replies: writes to pages.
        held_back: has the messages that wait.
        denials: denies those that waited too long.
        given_up: is told of each of these: its msg_id, the reason and the time.
        limits: how long they wait.
    """

    def __init__(
        self,
        handshake: LinkHandshake,
        page_replies: PageReplies,
        held_back: HeldBack,
        denials: Denials,
        given_up: Callable[[str, str, float], None],
        limits: Limits,
    ) -> None:
        self._handshake = handshake
        self._page_replies = page_replies
        self._held_back = held_back
        self._denials = denials
        self._given_up = given_up
        self._patience = limits.unreachable_seconds
        self._since: float | None = None
        self._told = False
        self._why = ""
        self._kept = 0
        """How many messages could not be denied, because their sender is not known."""

    def attached(self, session_id: str, now: float) -> None:
        """Tell a page that came meanwhile, too."""
        frontend = self._page_replies.get(session_id)
        if self._told and frontend is not None:
            self._page_replies.not_known(frontend, now)

    def noted(self, why: str, now: float) -> None:
        """Note that the kernel cannot be reached, and the latest reason."""
        self._why = why
        if self._since is None:
            self._since = now

    def forget(self, now: float) -> None:
        """Forget it, because the process is gone that could not be reached."""
        self._since, self._told, self._kept = None, False, 0

    def next_due(self) -> float | None:
        """Return when pages are told something next; ``None`` for never."""
        if self._since is None:
            return None
        if not self._handshake.held:
            return SOON
        if not self._told:
            return self._since + NEWS_AFTER
        waits = self._held_back.waiting > self._kept
        return self._since + self._patience if waits else None

    def tick(self, now: float) -> None:
        """Tell pages that the kernel is away or there again, or deny what waited too long."""
        if self._since is None:
            return
        if not self._handshake.held:
            told = self._told
            self.forget(now)
            for frontend in self._page_replies if told else ():
                self._page_replies.status(frontend, now)
            return
        if not self._told and now >= self._since + NEWS_AFTER:
            self._told = True
            self._page_replies.announce("unknown", now)
        if now >= self._since + self._patience:
            self._deny(int(now - self._since), now)

    def _deny(self, seconds: int, now: float) -> None:
        reason = f"the kernel could not be reached for {seconds} s: {self._why}"
        find = self._page_replies.get
        for session_id, message in self._held_back.give_up(lambda each: find(each) is not None):
            if (sender := find(session_id)) is not None:
                self._denials.for_absence(sender, message, reason, now)
                # It was let through, perhaps. Nothing more is to come of it.
                self._given_up(message.header.msg_id, reason, now)
        self._kept = self._held_back.waiting
