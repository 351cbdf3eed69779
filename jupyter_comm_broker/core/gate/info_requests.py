"""
Pages' questions about the kernel, which a busy one would leave open until its cell ends.

Those are ``kernel_info_request`` and ``comm_info_request`` (B3, B5, B7). What we cannot answer
yet waits a moment, and is then let through.
"""

from __future__ import annotations

from collections.abc import Callable

from jupyter_comm_broker.core.context import Context
from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.core.restore.page_replies import Answers
from jupyter_comm_broker.core.restore.reopening import Offers
from jupyter_comm_broker.core.state.comm_record import Side
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.message import Message

QUESTIONS = ("kernel_info_request", "comm_info_request")
"""What a busy kernel is not needed for."""


class KernelQuestions:
    """
    Answers them from what we know.

    Args:
        context: the kernel's.
        answers: what pages are told by.
        offers: is told that a page asks for the comms of a target.
        let_through: sends the kernel what cannot be answered here.
    """

    def __init__(
        self,
        context: Context,
        answers: Answers,
        offers: Offers,
        let_through: Callable[[Frontend, Message, float], None],
    ) -> None:
        self._context = context
        self._answers = answers
        self._offers = offers
        self._let_through = let_through
        self._waiting: list[tuple[float, Frontend, Message]] = []
        """Questions that we may soon be able to answer, each with the time to let it through."""

    def handled(self, frontend: Frontend, message: Message, now: float) -> bool:
        """
        Answer a request, or keep it for a moment, if it is a question about the kernel.

        ``kernel_info`` does not change while a process lives, so an idle kernel is not asked
        for it either: a page that connects has it in a third of the time (measured).
        """
        msg_type = message.header.msg_type
        if msg_type == "comm_info_request":
            self._asked_for_target(frontend, message, now)
        if message.channel != "shell":
            return False
        if msg_type == "kernel_info_request" and self._answered(frontend, message, now):
            return True
        if msg_type not in QUESTIONS or not self._context.occupied:
            return False
        if not self._answered(frontend, message, now):
            self._waiting.append((now + self._context.limits.answer_seconds, frontend, message))
        return True

    def _asked_for_target(self, frontend: Frontend, message: Message, now: float) -> None:
        """Note that a page knows a target: who asks for the comms of one would use them."""
        try:
            name = message.content.get("target_name")
        except MalformedMessageError:
            return
        if isinstance(name, str) and name:
            self._context.targets.proved(
                Side.FRONTEND, name, "a page asked for the comms of it", now
            )
            self._offers.asked(frontend, name, now)

    def _answered(self, frontend: Frontend, message: Message, now: float) -> bool:
        context = self._context
        if message.header.msg_type == "kernel_info_request":
            if context.kernel_info is None:
                return False
            self._answers.kernel_info(frontend, message, context.kernel_info, now)
            return True
        if not context.registry.complete:
            return False
        target_name = message.content.get("target_name")
        self._answers.comm_info(frontend, message, target_name or None, now)
        return True

    # -- those that wait -------------------------------------------------------------------------

    def take_waiting(self) -> list[tuple[Frontend, Message]]:
        """Take the waiting questions out, as when the process that they were for is gone."""
        waiting, self._waiting = self._waiting, []
        return [(frontend, message) for _, frontend, message in waiting]

    def next_due(self) -> float | None:
        """Return when a waiting question is let through."""
        return min((deadline for deadline, _, _ in self._waiting), default=None)

    def tick(self, now: float) -> None:
        """Answer the waiting questions that can be; let those through that waited too long."""
        waiting, self._waiting = self._waiting, []
        for deadline, frontend, message in waiting:
            if self._answered(frontend, message, now):
                continue
            if now >= deadline or not self._context.occupied:
                self._let_through(frontend, message, now)
            else:
                self._waiting.append((deadline, frontend, message))
