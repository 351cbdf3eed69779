"""
Pages' questions about the kernel, which a busy kernel answers only after its cell.

These are ``kernel_info_request`` and ``comm_info_request`` (fact 1.6). The broker answers what it
can. What it cannot answer yet waits for a moment, and is then let through.
"""

from __future__ import annotations

from collections.abc import Callable

from jupyter_comm_broker.core.comms import Comms
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.core.requests.work import Work
from jupyter_comm_broker.core.restore.page_replies import PageReplies
from jupyter_comm_broker.core.restore.reopening import Reopening
from jupyter_comm_broker.core.state.comm_record import Side
from jupyter_comm_broker.core.timed import SOON
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.message import Message

QUESTIONS = ("kernel_info_request", "comm_info_request")
"""The questions for which a busy kernel is not needed."""


class InfoRequests:
    """
    Answers these questions from what is known.

    Args:
        comms: the kernel's comms.
        work: says whether the kernel is busy.
        page_replies: writes to pages.
        reopening: is told that a page asks for the comms of a target.
        let_through: sends the kernel what cannot be answered here.
        limits: how long a question waits.
    """

    def __init__(
        self,
        comms: Comms,
        work: Work,
        page_replies: PageReplies,
        reopening: Reopening,
        let_through: Callable[[Frontend, Message, float], None],
        limits: Limits,
    ) -> None:
        self._comms = comms
        self._work = work
        self._limits = limits
        self._page_replies = page_replies
        self._reopening = reopening
        self._let_through = let_through
        self._waiting: list[tuple[float, Frontend, Message]] = []
        """Questions that may be answered soon, each with the time to let it through."""

    def handled(self, frontend: Frontend, message: Message, now: float) -> bool:
        """
        Answer a request or keep it for a moment, if it is a question about the kernel.

        The first answer of a process is kept. So an idle kernel is not asked either, and a page
        that connects has it in a third of the time (measured).

        Args:
            frontend: the page.
            message: its request.
            now: the time.

        Returns:
            Whether the kernel need not be sent the request now.
        """
        msg_type = message.header.msg_type
        if msg_type == "comm_info_request":
            frontend.asked()
            self._asked_for_target(frontend, message, now)
        if message.channel != "shell":
            return False
        if msg_type == "kernel_info_request" and self._answered(frontend, message, now):
            return True
        if msg_type not in QUESTIONS or not self._work.occupied:
            return False
        if not self._answered(frontend, message, now):
            self._waiting.append((now + self._limits.answer_seconds, frontend, message))
        return True

    def _asked_for_target(self, frontend: Frontend, message: Message, now: float) -> None:
        """Note that a page knows a target, because it asks for the target's comms."""
        try:
            name = message.content.get("target_name")
        except MalformedMessageError:
            return
        if isinstance(name, str) and name:
            self._comms.targets.proved(Side.FRONTEND, name, "a page asked for the comms of it", now)
            self._reopening.asked(frontend, name, now)

    def _can_answer(self, message: Message) -> bool:
        if message.header.msg_type == "kernel_info_request":
            return self._work.kernel_info.shown is not None
        return self._comms.registry.complete

    def _answered(self, frontend: Frontend, message: Message, now: float) -> bool:
        if message.header.msg_type == "kernel_info_request":
            if self._work.kernel_info.shown is None:
                return False
            self._page_replies.kernel_info(frontend, message, self._work.kernel_info.shown, now)
            return True
        if not self._comms.registry.complete:
            return False
        # As ipykernel does: an empty name is a name, which no comm has.
        name = message.content.get("target_name")
        self._page_replies.comm_info(frontend, message, name, now)
        return True

    # -- those that wait -------------------------------------------------------------------------

    @property
    def waits(self) -> bool:
        """Whether a question waits."""
        return bool(self._waiting)

    def take_waiting(self) -> list[tuple[Frontend, Message]]:
        """Take the waiting questions out, because the process that they were for is gone."""
        waiting, self._waiting = self._waiting, []
        return [(frontend, message) for _, frontend, message in waiting]

    def next_due(self) -> float | None:
        """Return when a waiting question is answered or let through; ``None`` for never."""
        if not self._waiting:
            return None
        if not self._work.occupied or any(self._can_answer(each) for _, _, each in self._waiting):
            return SOON
        return min(deadline for deadline, _, _ in self._waiting)

    def tick(self, now: float) -> None:
        """Answer the waiting questions that can be answered. Let old ones through."""
        waiting, self._waiting = self._waiting, []
        for deadline, frontend, message in waiting:
            if self._answered(frontend, message, now):
                continue
            if now >= deadline or not self._work.occupied:
                self._let_through(frontend, message, now)
            else:
                self._waiting.append((deadline, frontend, message))
