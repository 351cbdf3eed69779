"""
Distinguishes a page that does not know a target from a page that closes a comm (rule 9).

JupyterLab answers a ``comm_open`` for an unknown target with ``comm_close``. The kernel then drops
the comm for everybody, and tells nobody. So a console on a notebook's kernel closed all of the
notebook's widgets (jupyterlab#6929).

The kernel must hear of a refusal if nobody else can use the comm. A kernel that runs a cell hears
nothing. The cell may open another comm under the same id, for a target that the page does know. The
refusal of the first would then close the second, as it does with stock (ipykernel#1059). So a
refusal waits here until the kernel is free.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from jupyter_comm_broker.core.comms import Comms
from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.core.requests.work import Work
from jupyter_comm_broker.core.restore.page_replies import PageReplies
from jupyter_comm_broker.core.restore.reopening import Reopening
from jupyter_comm_broker.core.state.comm_record import CommRecord, Side
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.alias import alias
from jupyter_comm_broker.protocol.json_text import loads
from jupyter_comm_broker.protocol.message import Message


class Refusal(NamedTuple):
    """A page's ``comm_close`` that only says that the page does not know the target."""

    frontend: Frontend
    record: CommRecord
    message: Message


class Refusals:
    """
    Notes which page refused which comm, and keeps refusals from the kernel.

    Args:
        ledger: counts.
        comms: the kernel's comms.
        work: says whether the kernel is busy.
        page_replies: writes to pages.
        reopening: is told that a page refused what only it was offered.
        limits: how soon a refusal comes.
    """

    def __init__(
        self,
        ledger: Ledger,
        comms: Comms,
        work: Work,
        page_replies: PageReplies,
        reopening: Reopening,
        limits: Limits,
    ) -> None:
        self._ledger = ledger
        self._comms = comms
        self._work = work
        self._page_replies = page_replies
        self._reopening = reopening
        self._limits = limits
        self._waiting: list[Refusal] = []
        """Those that the kernel is to hear of when it is free."""

    def kept_here(
        self, frontend: Frontend, record: CommRecord, message: Message, now: float
    ) -> bool:
        """
        Keep a ``comm_close`` from the kernel if it only refuses a target that others may know.

        Args:
            frontend: the page.
            record: the comm.
            message: the ``comm_close``.
            now: the time.

        Returns:
            Whether the kernel need not hear of it now.
        """
        if not self._refused(frontend, record, message, now):
            return False
        # This comes first, because it notes that the page refused what only it was offered.
        if self._reopening.turned_down(frontend, record) or self._stays(frontend, record):
            self._page_replies.idle(frontend, message.parts[0], now)
            return True
        if self._work.occupied:
            self._waiting.append(Refusal(frontend, record, message))
            return True
        return False

    def meant_nothing(
        self, frontend: Frontend, record: CommRecord, message: Message, now: float
    ) -> bool:
        """
        Take the ``comm_close`` of a page whose user may not close, if it only refuses the target.

        Args:
            frontend: the page.
            record: the comm.
            message: the ``comm_close``.
            now: the time.

        Returns:
            Whether it is such a refusal. It is answered, and the kernel never hears of it.
        """
        if not self._refused(frontend, record, message, now):
            return False
        self._reopening.turned_down(frontend, record)
        self._page_replies.idle(frontend, message.parts[0], now)
        return True

    @property
    def can_go(self) -> bool:
        """Whether refusals wait that the kernel can hear of now."""
        return bool(self._waiting) and not self._work.occupied

    def take(self, now: float) -> Iterator[Refusal]:
        """
        Take the waiting refusals out. Those that mean nothing by now are answered here.

        Close each comm before the next one is taken: two pages may have refused the same.

        Args:
            now: the time.

        Yields:
            The refusals that the kernel must hear of.
        """
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            if self._still_holds(each):
                yield each
            else:
                self._answer(each, now)

    def forget(self, now: float) -> None:
        """Answer what waits for a process that is gone."""
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            self._answer(each, now)

    def _answer(self, refusal: Refusal, now: float) -> None:
        self._page_replies.idle(refusal.frontend, refusal.message.parts[0], now)

    def _still_holds(self, refusal: Refusal) -> bool:
        """Return whether the comm is still open, the page has not used it, and nobody else can."""
        frontend, record, _ = refusal
        return (
            self._comms.registry.get(record.comm_id) is record
            and frontend.session_id in (record.refused_by or ())
            and not self._stays(frontend, record)
        )

    def _refused(
        self, frontend: Frontend, record: CommRecord, message: Message, now: float
    ) -> bool:
        """Note a page's ``comm_close`` if it only refuses the target. Returns whether it does."""
        if frontend.is_program or not is_refusal(record, frontend, message, self._limits, now):
            return False
        record.mark_refused(frontend.session_id)
        reason = f"session {alias(frontend.session_id)} does not know it"
        self._comms.targets.rejected(Side.FRONTEND, record.target_name, reason, now)
        self._ledger.counters["refusals"] += 1
        return True

    def _stays(self, frontend: Frontend, record: CommRecord) -> bool:
        """Return whether somebody can still use a comm that a page refused."""
        if record.is_widget:
            return True
        others = (record.used_by or set()) - {frontend.session_id}
        if any(self._page_replies.get(session_id) is not None for session_id in others):
            return True
        # Who knew the target may be long gone. The kernel must hear then that nobody has it.
        is_alone = all(each is frontend for each in self._page_replies)
        return not is_alone and self._comms.targets.known(Side.FRONTEND, record.target_name)


def is_refusal(
    record: CommRecord, frontend: Frontend, message: Message, limits: Limits, now: float
) -> bool:
    """
    Return whether a page's ``comm_close`` only says that the page does not know the target.

    Args:
        record: the comm.
        frontend: the page.
        message: the ``comm_close``.
        limits: how soon after the ``comm_open`` a refusal comes.
        now: the time.
    """
    if record.opened_by is Side.FRONTEND or gives_reason(message) or has_data(message):
        return False
    if record.used_by and frontend.session_id in record.used_by:
        return False
    delivered_at = max(record.opened_at, frontend.attached_at)
    return now - delivered_at <= limits.refusal_seconds


def gives_reason(message: Message) -> bool:
    """
    Return whether a ``comm_close`` gives a reason in its metadata, as our own do.

    Such a closing is meant. No page's refusal has a reason. A program on a WebSocket has no other
    way to close a comm that it never used.
    """
    try:
        metadata = loads(message.parts[2])
    except MalformedMessageError:
        return False
    return isinstance(metadata, dict) and bool(metadata.get("reason"))


def has_data(message: Message) -> bool:
    """Return whether a ``comm_close`` has data. A page's refusal has none, so this one is meant."""
    return bytes(message.comm.data) not in (b"{}", b"null")
