"""
A question that the broker asks after a request that may be over.

A kernel that handles the question is past all earlier requests. The question goes over the shell,
where a kernel takes one request after the other. Its answer may be dropped as well, and a handler
may run for hours. So it is asked again, after ever longer waits.
"""

from __future__ import annotations

from jupyter_comm_broker.core.kernel.kernel_requests import KernelRequests
from jupyter_comm_broker.core.kernel.link_handshake import LinkHandshake


class LaterQuestion:
    """
    Asks the question and recognises its answer.

    Args:
        kernel_requests: sends it.
        handshake: says whether the kernel can be reached.
        about: what it is about, which tells its answers from others.
        patience: the seconds before it is asked first. They double with each attempt.
    """

    def __init__(
        self,
        kernel_requests: KernelRequests,
        handshake: LinkHandshake,
        about: str,
        patience: float,
    ) -> None:
        self._kernel_requests = kernel_requests
        self._handshake = handshake
        self._about = about
        self.patience = patience
        self._attempts = 0
        self._msg_id = ""
        self.due: float | None = None
        """When to ask next; ``None`` while there is nothing to ask."""
        self.asked_at = 0.0
        """When it was last asked. Only requests sent before that are proven to be over."""

    @property
    def can_be_asked(self) -> bool:
        """Whether the kernel can be reached."""
        return not self._handshake.held and self._handshake.link != "lost"

    def begin(self, now: float) -> None:
        """Note that there is something to ask about. It may still end by itself."""
        self._attempts = 0
        self.due = now + self.patience

    def drop(self) -> None:
        """Note that there is nothing to ask about any more."""
        self._attempts, self.due = 0, None

    def ask(self, now: float) -> None:
        """Ask, and put off the next attempt."""
        self.asked_at = now
        self._msg_id = self._kernel_requests.ask(
            self._about, "shell", "kernel_info_request", {}, now
        )
        self.put_off(now)

    def put_off(self, now: float) -> None:
        """Put off the next attempt, for longer than last time."""
        self._attempts += 1
        self.due = now + self.patience * 2**self._attempts

    def forget(self) -> None:
        """Forget what was asked, because an answer to it proves nothing any more."""
        self._msg_id = ""

    def is_heard(self, msg_id: str) -> bool:
        """Return whether the kernel handles this question as ``msg_id``. True only once."""
        if not msg_id or msg_id != self._msg_id:
            return False
        self._msg_id = ""
        return True
