"""Lets pages' messages through to the kernel, and notes who asked."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from jupyter_comm_broker.core.gate.denials import Denials
from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.core.pages.effects import Effects
from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.core.requests.request import Request
from jupyter_comm_broker.core.requests.work import Work
from jupyter_comm_broker.protocol.message import COMM_TYPES, Message

Noted = Callable[[str, Message, float], None]
"""Called with the session id of a page, its message that was let through, and the time."""

NOTED = COMM_TYPES | {"execute_request"}
"""The messages that more parts follow. All others are only remembered for their replies."""


class ToKernel:
    """
    The last step of a page's message in the core.

    Args:
        ledger: counts and logs.
        denials: denies messages above the limit.
        work: is told who asked for what.
        effects: collects what is to be sent.
        noted: is told of comm messages, and of requests to run a cell.
    """

    def __init__(
        self, ledger: Ledger, denials: Denials, work: Work, effects: Effects, noted: Noted
    ) -> None:
        self._ledger = ledger
        self._denials = denials
        self._work = work
        self._effects = effects
        self._noted = noted

    def let_through(self, frontend: Frontend, message: Message, now: float) -> None:
        """
        Send the kernel a page's message and note who asked, unless too much waits already.

        Args:
            frontend: the page.
            message: its message.
            now: the time.
        """
        if self._denials.for_backlog(frontend, message, now):
            return
        if message.channel != "stdin":
            self._work.requests.sent(
                Request(frontend.session_id, message.channel, message.header, now)
            )
        self._effects.to_kernel.append(message)
        if message.header.msg_type in NOTED:
            step = partial(self._noted, frontend.session_id, message, now)
            self._ledger.shielded("noting what was sent", step)

    def pass_on(self, message: Message) -> None:
        """Send the kernel a message that could not be followed, because of a fault of ours."""
        self._effects.to_kernel.append(message)
