"""
The proof that the kernel gets our requests, and that its iopub reaches us (rule 26).

A SUB socket that just connected misses what is published meanwhile, and a page whose first status
is lost waits for ever. So no message of a page is sent to a new kernel before it answered a
kernel_info_request of our own and something came over iopub.

A kernel that was there before may run a cell whose beginning nobody heard. So it is asked on its
shell too. Until that answers, the kernel counts as busy.

A kernel that is starting is asked on its shell first. ipykernel 6 fails at a control message that
waits when it starts, and prints the error to every page. The stock server asks in this order too.
"""

from __future__ import annotations

from jupyter_comm_broker.core.kernel.kernel_requests import KernelRequests
from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.core.requests.work import Work
from jupyter_comm_broker.protocol.message import Message

ABOUT = "kernel_info"


class LinkHandshake:
    """
    Asks the kernel until the link is known to work both ways.

    Args:
        ledger: counts and logs.
        work: is told what the kernel's answers prove.
        kernel_requests: sends our requests.
    """

    RETRY = 0.5
    """Seconds between two attempts. jupyter_server's nudge waits as long."""

    PATIENCE_RUNNING = 3.0
    """Seconds to wait for a kernel that runs already, and may be unable to answer while busy."""

    PATIENCE_STARTING = 60.0
    """Seconds that jupyter_server gives a kernel to start (``kernel_info_timeout``)."""

    PATIENCE_SHELL = 10.0
    """Seconds after which a starting kernel is asked on control too. Its shell may be busy."""

    def __init__(self, ledger: Ledger, work: Work, kernel_requests: KernelRequests) -> None:
        self._ledger = ledger
        self._work = work
        self._kernel_requests = kernel_requests
        self.link = "connecting"
        """
        ``connecting``; ``proven``; ``assumed`` (no answer, but used all the same); ``broken`` (not
        connected, and opened again as soon as possible); ``released`` (closed because nobody uses
        it); or ``lost`` (the kernel is gone).
        """
        self.answers_control: bool | None = None
        """Whether the kernel answers kernel_info on its control channel, as ipykernel does."""
        self._heard = self._answered = False
        self._since = 0.0
        self._next = 0.0
        self._running = False
        self._asking = self._asked_control = False

    @property
    def held(self) -> bool:
        """Whether pages' messages must wait."""
        return self.link in ("connecting", "broken", "released")

    def began(self, now: float, *, running: bool) -> None:
        """Note that the sockets are connected, to a kernel that runs already or is starting."""
        self.link = "connecting"
        self._heard = self._answered = False
        self._since = self._next = now
        self._running, self._asking, self._asked_control = running, True, False
        self.tick(now)
        if running:
            # Once: on the shell of a busy kernel it waits in line with the cells.
            self._ask("shell", now)
            self._work.execution.main_is_asked()

    def waits(self, link: str) -> None:
        """
        Note that nothing can be sent. All messages wait until the link :meth:`began` again.

        Args:
            link: ``connecting``, ``broken`` or ``released``.
        """
        self.link = link
        self._asking = False

    def next_due(self) -> float | None:
        """Return when to ask again; ``None`` for never."""
        return self._next if self.held and self._asking else None

    def tick(self, now: float) -> None:
        """Ask, or stop asking."""
        if not self.held or not self._asking or now < self._next:
            return
        if now - self._since > (self.PATIENCE_RUNNING if self._running else self.PATIENCE_STARTING):
            self.link = "assumed"
            self._ledger.log("warning", "the kernel did not answer; the link is used unproven")
            return
        self._next = now + self.RETRY
        if not self._running:
            self._ask("shell", now)
        if self._running or now - self._since > self.PATIENCE_SHELL:
            self._ask("control", now)

    def _ask(self, channel: str, now: float) -> None:
        self._kernel_requests.ask(ABOUT, channel, "kernel_info_request", {}, now)
        self._asked_control = self._asked_control or channel == "control"

    def heard(self, message: Message) -> None:
        """
        Note that a message came over iopub.

        A process that was only just started may be preceded by its predecessor's last messages.
        These do not count. Statuses of our own questions count, and messages without a parent.
        """
        if (
            self._running
            or not message.parent.msg_id
            or self._kernel_requests.is_ours(message.parent)
        ):
            self._heard = True
            self._settle()

    def answered(self, message: Message, now: float) -> None:
        """Note that the kernel replied to our kernel_info_request."""
        if message.channel == "control":
            self.answers_control = True
        else:
            self._work.execution.main_answered()
            if not self._asked_control:
                self._ask("control", now)
        self._work.kernel_info.said(bytes(message.parts[3]))
        self._answered = True
        self._settle()

    def control_is_silent(self) -> None:
        """Note that the kernel gave no answer on its control channel."""
        self.answers_control = False

    def replied(self) -> None:
        """Note that the kernel is done with a request of ours."""
        # Only with a proven link: the last messages of an earlier process prove nothing.
        if self.link == "proven":
            self._work.execution.answered()

    def lost(self) -> None:
        """Note that the kernel is gone."""
        self.link = "lost"

    def _settle(self) -> None:
        waited_for = self._asking and self.link in ("connecting", "assumed")
        if self._heard and self._answered and waited_for:
            self.link = "proven"
            # What it published before we were subscribed is lost, also its statuses.
            self._work.execution.answered()
