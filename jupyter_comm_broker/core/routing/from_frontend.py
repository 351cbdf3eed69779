"""
What happens to a page's message.

It is answered here, refused here, or noted and let through to the kernel. Its msg_id and headers
are not changed (rule 7).
"""

from __future__ import annotations

from jupyter_comm_broker.core.context import Context
from jupyter_comm_broker.core.gate.denials import Denials
from jupyter_comm_broker.core.gate.info_requests import InfoRequests
from jupyter_comm_broker.core.gate.refusals import is_refusal, stays_here
from jupyter_comm_broker.core.gate.rights import Right, right_for
from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.core.requests.request import Request
from jupyter_comm_broker.core.restore.catch_up import CatchUps
from jupyter_comm_broker.core.restore.output_capture import OutputCapture
from jupyter_comm_broker.core.restore.page_replies import PageReplies
from jupyter_comm_broker.core.restore.reopening import Reopening
from jupyter_comm_broker.core.restore.restore import Restore
from jupyter_comm_broker.core.state.comm_record import CommRecord, Side
from jupyter_comm_broker.protocol.alias import alias
from jupyter_comm_broker.protocol.message import COMM_TYPES, Message
from jupyter_comm_broker.protocol.widget import WidgetPayload, read_payload

UNREAD = WidgetPayload()
"""Stands for a payload that cannot be read."""


class FromFrontend:
    """
    Decides about pages' messages.

    Args:
        context: the kernel's context.
        page_replies: writes to pages.
        restore: answers control comms and requests for states.
        catch_ups: the pages that are building models.
        capture: the output that is collected.
        denials: denies messages.
        reopening: offers comms to pages.
    """

    def __init__(
        self,
        context: Context,
        page_replies: PageReplies,
        restore: Restore,
        catch_ups: CatchUps,
        capture: OutputCapture,
        denials: Denials,
        reopening: Reopening,
    ) -> None:
        self._context = context
        self._page_replies = page_replies
        self._restore = restore
        self._catch_ups = catch_ups
        self._capture = capture
        self._denials = denials
        self._reopening = reopening
        self.info_requests = InfoRequests(context, page_replies, reopening, self.let_through)

    def received(self, frontend: Frontend, message: Message, now: float) -> None:
        """
        Answer a page's message, or send it to the kernel.

        Args:
            frontend: the page.
            message: its message.
            now: the time.

        Raises:
            MalformedMessageError: the content of a comm message cannot be read.
        """
        frontend.received += 1
        if self._denials.for_type(frontend, message, now):
            return
        if not self._handled_here(frontend, message, now):
            self.let_through(frontend, message, now)

    def _handled_here(self, frontend: Frontend, message: Message, now: float) -> bool:
        """Handle a message if the broker answers it. After a fault of ours it is let through."""
        if message.header.msg_type in COMM_TYPES:
            message.comm  # noqa: B018 - malformed content is the page's fault, not ours: raises
            step = self._comm
        else:
            step = self.info_requests.handled
        what = f"handling a page's {message.header.msg_type}"
        return bool(self._context.shielded(what, lambda: step(frontend, message, now), False))

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
            self._context.requests.sent(
                Request(frontend.session_id, message.channel, message.header, now)
            )
        self._context.effects.to_kernel.append(message)

    # -- rights ----------------------------------------------------------------------------------

    def right_for(self, frontend: Frontend, message: Message) -> Right:
        """
        Return the right that a page needs for a comm message.

        Raises:
            MalformedMessageError: the message cannot be read.
        """
        registry = self._context.registry
        record = registry.get(message.comm.comm_id)
        return right_for(message, frontend, record, closed=self._is_closed(message.comm.comm_id))

    def denied(
        self, frontend: Frontend, message: Message, right: Right, who: str, now: float
    ) -> None:
        """
        Deny a page's comm message, because its user lacks the right.

        Args:
            frontend: the page.
            message: its message.
            right: the right that is lacking.
            who: the user, for people.
            now: the time.
        """
        frontend.received += 1
        # What follows on a control comm needs no more than that comm itself.
        self._restore.foresee(frontend, message)
        record = self._context.registry.get(message.comm.comm_id)
        msg_type = message.header.msg_type
        if record is not None and msg_type == "comm_msg":
            # The page has the comm, whatever it may do with it.
            record.mark_used(frontend.session_id)
            self._catch_ups.used(frontend, record)
        elif (
            record is not None
            and msg_type == "comm_close"
            and self._refused(frontend, record, message, now)
        ):
            # A page without the target sends this by itself. No user tried to close anything.
            self._reopening.turned_down(frontend, record)
            self._page_replies.idle(frontend, message.parts[0], now)
            return
        self._denials.for_right(frontend, message, right, who, now)

    # -- comms -----------------------------------------------------------------------------------

    def _comm(self, frontend: Frontend, message: Message, now: float) -> bool:
        if self._restore.is_control(frontend, message):
            self._restore.control(frontend, message, now)
            return True
        if message.header.msg_type == "comm_open":
            # This comes before anything is noted: what the kernel never hears of leaves no trace.
            if self._denials.for_backlog(frontend, message, now):
                return True
            self._opened(frontend, message, now)
            return False
        record = self._context.registry.get(message.comm.comm_id)
        if record is None:
            return self._to_unknown(frontend, message, now)
        if message.header.msg_type == "comm_close":
            return self._closed(frontend, record, message, now)
        return self._sent(frontend, record, message, now)

    def _opened(self, frontend: Frontend, message: Message, now: float) -> None:
        content = message.comm
        if (before := self._context.registry.get(content.comm_id)) is not None:
            self._context.mirror.closed(before)
        record = self._context.registry.opened(
            content.comm_id, content.target_name, Side.FRONTEND, now
        )
        self._context.registry.awaits(record, message.header.msg_id)
        self._context.registry.frontend_sent(record, message, frontend.session_id, now)
        self._context.targets.proved(
            Side.FRONTEND, content.target_name, "a page opened a comm of it", now
        )
        if record.is_widget:
            mirror = self._context.mirror
            self._context.followed(
                record, Side.FRONTEND, lambda: mirror.frontend_opened(record, message), None
            )

    def _sent(self, frontend: Frontend, record: CommRecord, message: Message, now: float) -> bool:
        self._context.registry.frontend_sent(record, message, frontend.session_id, now)
        self._context.targets.proved(
            Side.FRONTEND, record.target_name, "a page sent on a comm of it", now
        )
        self._catch_ups.used(frontend, record)
        if not record.is_widget:
            # What the kernel never hears of is kept for nobody.
            if self._denials.for_backlog(frontend, message, now):
                return True
            self._context.retained.passed(record, Side.FRONTEND, message)
            return False
        payload = self._context.followed(
            record, Side.FRONTEND, lambda: read_payload(message.comm.data), UNREAD
        )
        if payload.method == "request_state":
            return self._restore.request_state(frontend, record, message, now)
        refused = self._denials.for_backlog(frontend, message, now)
        if payload.method in ("update", "custom") and not refused:
            mirror, session_id = self._context.mirror, frontend.session_id
            self._context.followed(
                record,
                Side.FRONTEND,
                lambda: mirror.frontend_sent(record, message, payload, session_id),
                None,
            )
        return refused

    def _to_unknown(self, frontend: Frontend, message: Message, now: float) -> bool:
        """
        Tell a page that a comm has closed. The kernel would not answer at all (fact 3.2).

        A comm that the broker never saw may exist: another client opened it, or a cell that runs
        will. Only a program in the server gets an answer at once, because it waits for one. A cell
        that runs may also open a closed comm again, so then the kernel hears a ``comm_msg`` too. It
        hears no ``comm_close``: that needs less of a right while the comm is closed.
        """
        comm_id = message.comm.comm_id
        closing = self._context.registry.closing(comm_id)
        if not self._is_closed(comm_id) and not (
            frontend.is_program and self._context.registry.complete
        ):
            return False
        is_said = message.header.msg_type == "comm_msg"
        if is_said:
            reason = closing.reason if closing is not None else "the kernel has no such comm"
            self._page_replies.comm_gone(frontend, comm_id, reason, message.parts[0], now)
        self._context.counters["messages_to_gone_comms"] += 1
        if is_said and self._context.occupied and not frontend.is_program:
            return False
        self._page_replies.idle(frontend, message.parts[0], now)
        return True

    def _is_closed(self, comm_id: str) -> bool:
        """Return whether a comm is known to be closed."""
        registry = self._context.registry
        return (
            registry.complete
            and registry.get(comm_id) is None
            and registry.closing(comm_id) is not None
        )

    def _refused(
        self, frontend: Frontend, record: CommRecord, message: Message, now: float
    ) -> bool:
        """Note a page's ``comm_close`` if it only refuses the target. Returns whether it does."""
        context = self._context
        if frontend.is_program or not is_refusal(record, frontend, message, context.limits, now):
            return False
        record.mark_refused(frontend.session_id)
        reason = f"session {alias(frontend.session_id)} does not know it"
        context.targets.rejected(Side.FRONTEND, record.target_name, reason, now)
        context.counters["refusals"] += 1
        return True

    def _closed(self, frontend: Frontend, record: CommRecord, message: Message, now: float) -> bool:
        context = self._context
        if self._refused(frontend, record, message, now) and (
            # This comes first, because it notes that the page refused what only it was offered.
            self._reopening.turned_down(frontend, record)
            or stays_here(record, frontend, context.targets, context.delivery)
        ):
            self._page_replies.idle(frontend, message.parts[0], now)
            return True
        if self._denials.for_backlog(frontend, message, now):
            return True
        reason = f"closed by session {alias(frontend.session_id)}"
        context.registry.frontend_sent(record, message, frontend.session_id, now)
        context.mirror.closed(record)
        self._capture.closed(record.comm_id)
        context.registry.closed(record.comm_id, Side.FRONTEND, reason, now)
        # The kernel publishes nothing about it, so the other pages would keep a dead comm.
        refused_by = record.refused_by or ()
        for other in list(context.delivery):
            if other is not frontend and other.session_id not in refused_by:
                self._page_replies.comm_gone(other, record.comm_id, reason, message.parts[0], now)
        return False
