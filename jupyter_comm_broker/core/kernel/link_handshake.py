"""
Proving that the kernel hears us and that we hear its iopub (rule 26).

A SUB socket that just connected misses what is published meanwhile; a page whose first
status is lost waits for ever. So until a kernel_info_request of our own was answered, and
something came over iopub, nothing of a page is sent to a fresh kernel.
"""

from __future__ import annotations

from jupyter_comm_broker.core.context import Context
from jupyter_comm_broker.core.kernel.state_questions import Questions
from jupyter_comm_broker.protocol.message import Message

ABOUT = "kernel_info"


class Proof:
    """Whether the link to the kernel works both ways, and the asking until it does."""

    RETRY = 0.5
    """Seconds between two attempts, as jupyter_server's own nudge has it."""

    PATIENCE_RUNNING = 3.0
    """A kernel that runs already may be unable to answer while it is busy."""

    PATIENCE_STARTING = 60.0
    """What jupyter_server gives a kernel to start (``kernel_info_timeout``)."""

    def __init__(self, context: Context, questions: Questions) -> None:
        self._context = context
        self._questions = questions
        self.link = "connecting"
        """``connecting``, ``proven``, ``assumed`` (no answer, used all the same) or ``lost``."""
        self.answers_control: bool | None = None
        """Whether the kernel answers kernel_info on its control channel, as ipykernel does."""
        self._heard = self._answered = False
        self._since = 0.0
        self._next = 0.0
        self._running = False

    @property
    def held(self) -> bool:
        """Whether pages' messages have to wait."""
        return self.link == "connecting"

    def began(self, now: float, *, running: bool) -> None:
        """The sockets are connected: to a kernel that runs already, or to one that starts."""
        self.link = "connecting"
        self._heard = self._answered = False
        self._since = self._next = now
        self._running = running
        self.tick(now)

    def next_due(self) -> float | None:
        """Return when to ask again."""
        return self._next if self.held else None

    def tick(self, now: float) -> None:
        """Ask, or stop asking."""
        if not self.held or now < self._next:
            return
        if now - self._since > (self.PATIENCE_RUNNING if self._running else self.PATIENCE_STARTING):
            self.link = "assumed"
            self._context.log("warning", "the kernel did not answer; the link is used unproven")
            return
        self._next = now + self.RETRY
        self._questions.ask(ABOUT, "control", "kernel_info_request", {}, now)
        if not self._running:
            # On the shell of a busy kernel each of these would wait in line with the cells.
            self._questions.ask(ABOUT, "shell", "kernel_info_request", {}, now)

    def heard(self, message: Message) -> None:
        """
        Something came over iopub.

        Of a process that was only just started, what may be its predecessor's last words does
        not count: its statuses on our questions do, and what it says without having been asked.
        """
        if self._running or not message.parent.msg_id or self._questions.is_ours(message):
            self._heard = True
            self._settle()

    def answered(self, message: Message) -> None:
        """The kernel replied to our kernel_info_request."""
        if message.channel == "control":
            self.answers_control = True
        self._context.kernel_info = bytes(message.parts[3])
        self._answered = True
        self._settle()

    def lost(self) -> None:
        """The kernel is gone."""
        self.link = "lost"

    def _settle(self) -> None:
        if self._heard and self._answered and self.link in ("connecting", "assumed"):
            self.link = "proven"
