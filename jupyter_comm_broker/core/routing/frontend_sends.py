"""What pages send on comms: their openings and their messages."""

from __future__ import annotations

from jupyter_comm_broker.core.comms import Comms
from jupyter_comm_broker.core.gate.denials import Denials
from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.core.restore.catch_up import CatchUps
from jupyter_comm_broker.core.restore.restore import Restore
from jupyter_comm_broker.core.routing.gone_comms import GoneComms
from jupyter_comm_broker.core.state.comm_record import CommRecord, Side
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.widget import WidgetPayload, read_payload

UNREAD = WidgetPayload()
"""Stands for a payload that cannot be read."""


class FrontendSends:
    """
    Follows openings and messages, and answers what the mirror can answer.

    Args:
        comms: the kernel's comms.
        restore: answers requests for states.
        catch_ups: the pages that are building models.
        denials: denies messages above the limit.
        gone: answers on comms that are not known.
    """

    def __init__(
        self,
        comms: Comms,
        restore: Restore,
        catch_ups: CatchUps,
        denials: Denials,
        gone: GoneComms,
    ) -> None:
        self._gone = gone
        self._comms = comms
        self._restore = restore
        self._catch_ups = catch_ups
        self._denials = denials

    def opened(self, frontend: Frontend, message: Message, now: float) -> bool:
        """
        Follow a ``comm_open``.

        Args:
            frontend: the page.
            message: its ``comm_open``.
            now: the time.

        Returns:
            Whether the kernel need not be sent it.
        """
        # This comes before anything is noted: what the kernel never hears of leaves no trace.
        if self._denials.for_backlog(frontend, message, now):
            return True
        content, registry, mirror = message.comm, self._comms.registry, self._comms.mirror
        if (before := registry.get(content.comm_id)) is not None:
            mirror.closed(before)
        record = registry.opened(content.comm_id, content.target_name, Side.FRONTEND, now)
        registry.awaits(record, message.header.msg_id)
        registry.frontend_sent(record, message, frontend.session_id, now)
        because = "a page opened a comm of it"
        self._comms.targets.proved(Side.FRONTEND, content.target_name, because, now)
        if record.is_widget:
            self._comms.followed(
                record, Side.FRONTEND, lambda: mirror.frontend_opened(record, message), None
            )
        return False

    def sent(
        self, frontend: Frontend, record: CommRecord | None, message: Message, now: float
    ) -> bool:
        """
        Follow a ``comm_msg``, or any message on a comm that is not known.

        Args:
            frontend: the page.
            record: the comm; ``None`` if it is not known.
            message: the message.
            now: the time.

        Returns:
            Whether the kernel need not be sent it.
        """
        if record is None:
            return self._gone.handled(frontend, message, now)
        comms, session_id = self._comms, frontend.session_id
        comms.registry.frontend_sent(record, message, session_id, now)
        because = "a page sent on a comm of it"
        comms.targets.proved(Side.FRONTEND, record.target_name, because, now)
        self._catch_ups.used(frontend, record)
        if not record.is_widget:
            # What the kernel never hears of is kept for nobody.
            if self._denials.for_backlog(frontend, message, now):
                return True
            comms.retained.passed(record, Side.FRONTEND, message)
            return False
        payload = comms.followed(
            record, Side.FRONTEND, lambda: read_payload(message.comm.data), UNREAD
        )
        if payload.method == "request_state":
            return self._restore.request_state(frontend, record, message, now)
        refused = self._denials.for_backlog(frontend, message, now)
        if payload.method in ("update", "custom") and not refused:
            comms.followed(
                record,
                Side.FRONTEND,
                lambda: comms.mirror.frontend_sent(record, message, payload, session_id),
                None,
            )
        return refused
