"""Pages' messages on comms that are not known, because they are closed or were never seen."""

from __future__ import annotations

from jupyter_comm_broker.core.comms import Comms
from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.core.requests.work import Work
from jupyter_comm_broker.core.restore.page_replies import PageReplies
from jupyter_comm_broker.protocol.message import Message


class GoneComms:
    """
    Tells pages of comms that are closed. The kernel would not answer at all (fact 3.2).

    Args:
        ledger: counts.
        comms: the kernel's comms.
        work: says whether the kernel is busy.
        page_replies: writes to pages.
    """

    def __init__(self, ledger: Ledger, comms: Comms, work: Work, page_replies: PageReplies) -> None:
        self._ledger = ledger
        self._comms = comms
        self._work = work
        self._page_replies = page_replies

    def handled(self, frontend: Frontend, message: Message, now: float) -> bool:
        """
        Tell a page that a comm has closed, if that is known.

        A comm that the broker never saw may exist. Another client may have opened it, or a running
        cell may open it soon. Only a program in the server is told at once that there is none,
        because it waits for an answer. A running cell may also open a closed comm again. So a busy
        kernel is sent the ``comm_msg`` as well. It is not sent a ``comm_close``, because closing a
        closed comm needs only the right to read.

        Args:
            frontend: the page.
            message: its message.
            now: the time.

        Returns:
            Whether the kernel need not be sent the message.
        """
        comm_id, registry = message.comm.comm_id, self._comms.registry
        closing = registry.closing(comm_id)
        if not registry.is_closed(comm_id) and not (frontend.is_program and registry.complete):
            return False
        is_said = message.header.msg_type == "comm_msg"
        if is_said:
            reason = closing.reason if closing is not None else "the kernel has no such comm"
            self._page_replies.comm_gone(frontend, comm_id, reason, message.parts[0], now)
        self._ledger.counters["messages_to_gone_comms"] += 1
        if is_said and self._work.occupied and not frontend.is_program:
            return False
        self._page_replies.idle(frontend, message.parts[0], now)
        return True
