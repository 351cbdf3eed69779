"""Pages' ``comm_close`` messages."""

from __future__ import annotations

from jupyter_comm_broker.core.comms import Comms
from jupyter_comm_broker.core.gate.denials import Denials
from jupyter_comm_broker.core.gate.refusals import Refusals
from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.core.restore.output_capture import OutputCapture
from jupyter_comm_broker.core.restore.page_replies import PageReplies
from jupyter_comm_broker.core.state.comm_record import CommRecord, Side
from jupyter_comm_broker.protocol.alias import alias
from jupyter_comm_broker.protocol.message import Message


class FrontendClosings:
    """
    Ends the comms that pages close, for all pages.

    Args:
        comms: the kernel's comms.
        page_replies: writes to pages.
        capture: the output that is collected.
        denials: denies messages above the limit.
        refusals: recognises pages that only do not know the target.
    """

    def __init__(
        self,
        comms: Comms,
        page_replies: PageReplies,
        capture: OutputCapture,
        denials: Denials,
        refusals: Refusals,
    ) -> None:
        self._comms = comms
        self._page_replies = page_replies
        self._capture = capture
        self._denials = denials
        self._refusals = refusals

    def handled(self, frontend: Frontend, record: CommRecord, message: Message, now: float) -> bool:
        """
        Follow a page's ``comm_close``.

        Args:
            frontend: the page.
            record: the comm.
            message: the ``comm_close``.
            now: the time.

        Returns:
            Whether the kernel need not be sent it.
        """
        if self._refusals.kept_here(frontend, record, message, now):
            return True
        return not self.ended(frontend, record, message, now)

    def ended(self, frontend: Frontend, record: CommRecord, message: Message, now: float) -> bool:
        """
        End a comm, unless too much waits for the kernel already.

        Args:
            frontend: the page that closes it.
            record: the comm.
            message: the ``comm_close``.
            now: the time.

        Returns:
            Whether it was ended, so that the kernel is to be sent the message.
        """
        if self._denials.for_backlog(frontend, message, now):
            return False
        reason = f"closed by session {alias(frontend.session_id)}"
        self._comms.registry.frontend_sent(record, message, frontend.session_id, now)
        self._comms.mirror.closed(record)
        self._capture.closed(record.comm_id)
        self._comms.registry.closed(record.comm_id, Side.FRONTEND, reason, now)
        # The kernel publishes nothing about it, so the other pages would keep a dead comm.
        told = {frontend.session_id, *(record.refused_by or ())}
        parent = message.parts[0]
        self._page_replies.comm_gone_everywhere(record.comm_id, reason, parent, now, told)
        return True
