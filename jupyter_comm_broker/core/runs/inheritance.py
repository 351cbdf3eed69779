"""
Cells that an earlier server let through, whose end their pages may not have heard.

That server wrote them down. A cell may still run. Or it is over, and nobody knows whether its page
has got the reply. Such a page gets it once more, which does no harm.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from jupyter_comm_broker.core.pages.delivery import Delivery
from jupyter_comm_broker.core.pages.kernel_voice import KernelVoice
from jupyter_comm_broker.core.requests.request import Request
from jupyter_comm_broker.core.requests.work import Work
from jupyter_comm_broker.core.runs.runs import Runs
from jupyter_comm_broker.protocol.message import Header, Message, retyped
from jupyter_comm_broker.protocol.synthesis import UNTRACKED_TYPE


@dataclass(frozen=True, slots=True)
class InheritedCell:
    """A cell of an earlier server."""

    header: Header
    """The header of its request."""
    session_id: str
    """The page that ran it."""
    reply: Message | None
    """The kernel's reply; ``None`` if none had come."""


class Inheritance:
    """
    Takes over cells.

    Args:
        work: the requests under way.
        runs: what pages are told was sent.
        delivery: the pages.
        voice: writes messages in the kernel's name.
    """

    def __init__(self, work: Work, runs: Runs, delivery: Delivery, voice: KernelVoice) -> None:
        self._work = work
        self._runs = runs
        self._delivery = delivery
        self._voice = voice

    def take_over(self, cells: Iterable[InheritedCell], now: float) -> None:
        """Wait for the pages of these cells, and see to it that each hears the end of its cell."""
        self._delivery.expected.begin(now)
        for cell in cells:
            self._delivery.expected.named_by(cell.header, now)
            self._runs.inherit(cell.header.msg_id)
            page = self._delivery.get(cell.session_id)
            if page is None:
                continue
            if cell.reply is None:
                request = Request(cell.session_id, "shell", cell.header, now, is_inherited=True)
                self._work.requests.sent(request)
                continue
            parent = retyped(cell.reply.parent_text, UNTRACKED_TYPE)
            idle, session = {"execution_state": "idle"}, cell.reply.header.session
            self._delivery.give(page, cell.reply)
            self._delivery.give(
                page, self._voice.publish("status", idle, now, parent, session=session)
            )
