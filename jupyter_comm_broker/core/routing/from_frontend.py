"""
What happens when a page has sent something.

It is answered here, refused here, or noted and let through to the kernel, with its msg_id
and headers as they came (decision 2).
"""

from __future__ import annotations

from collections.abc import Callable

from jupyter_comm_broker.core.context import Context
from jupyter_comm_broker.core.gate.denials import Denials
from jupyter_comm_broker.core.gate.info_requests import KernelQuestions
from jupyter_comm_broker.core.gate.refusals import is_refusal, stays_here
from jupyter_comm_broker.core.gate.rights import Right, right_for
from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.core.requests.requests import Request
from jupyter_comm_broker.core.restore.catch_up import CatchUps
from jupyter_comm_broker.core.restore.output_capture import OutputCapture
from jupyter_comm_broker.core.restore.page_replies import Answers
from jupyter_comm_broker.core.restore.reopening import Offers
from jupyter_comm_broker.core.restore.restore import Restore
from jupyter_comm_broker.core.state.comm_record import CommRecord, Side
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.message import COMM_TYPES, Message
from jupyter_comm_broker.protocol.widget import WidgetPayload, read_payload


class FromFrontend:
    """Decides about pages' messages."""

    def __init__(
        self,
        context: Context,
        answers: Answers,
        restore: Restore,
        catch_ups: CatchUps,
        capture: OutputCapture,
        denials: Denials,
        offers: Offers,
    ) -> None:
        self._context = context
        self._answers = answers
        self._restore = restore
        self._catch_ups = catch_ups
        self._capture = capture
        self._denials = denials
        self._offers = offers
        self.questions = KernelQuestions(context, answers, offers, self.let_through)

    def received(self, frontend: Frontend, message: Message, now: float) -> None:
        """Answer a page's message, or send it to the kernel."""
        frontend.received += 1
        if self._denials.for_type(frontend, message, now):
            return
        if not self._handled_here(frontend, message, now):
            self.let_through(frontend, message, now)

    def _handled_here(self, frontend: Frontend, message: Message, now: float) -> bool:
        """Take the message in if it is ours to answer. A fault of ours lets it through instead."""
        handled: list[bool] = []
        if message.header.msg_type in COMM_TYPES:
            message.comm  # noqa: B018 - malformed content is the page's fault, not ours: raises
            step = self._comm
        else:
            step = self.questions.handled
        self._context.shielded(
            f"handling a page's {message.header.msg_type}",
            lambda: handled.append(step(frontend, message, now)),
        )
        return bool(handled) and handled[0]

    def let_through(self, frontend: Frontend, message: Message, now: float) -> None:
        """Send the kernel a page's message, and note who asked."""
        if self._denials.for_backlog(frontend, message, now):
            return
        if message.channel != "stdin":
            self._context.requests.sent(
                Request(frontend.session_id, message.channel, message.header, now)
            )
        self._context.effects.to_kernel.append(message)

    # -- rights ----------------------------------------------------------------------------------

    def right_for(self, frontend: Frontend, message: Message) -> Right:
        """Return the right that a page needs for a comm message."""
        registry = self._context.registry
        record = registry.get(message.comm.comm_id)
        return right_for(message, frontend, record, complete=registry.complete)

    def denied(
        self, frontend: Frontend, message: Message, right: Right, who: str, now: float
    ) -> None:
        """Keep a page's message here whose user has not the right to it, and tell the page."""
        frontend.received += 1
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
            # Pages without the target say so by themselves: nobody tried to close anything.
            self._offers.turned_down(frontend, record)
            self._answers.idle(frontend, message.parts[0], now)
            return
        self._denials.for_right(frontend, message, right, who, now)

    # -- comms -----------------------------------------------------------------------------------

    def _comm(self, frontend: Frontend, message: Message, now: float) -> bool:
        if self._restore.is_control(frontend, message):
            self._restore.control(frontend, message, now)
            return True
        if message.header.msg_type == "comm_open":
            # Before anything is noted, as below: what the kernel never hears of leaves no trace.
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
        self._context.registry.frontend_sent(record, message, frontend.session_id, now)
        self._context.targets.proved(
            Side.FRONTEND, content.target_name, "a page opened a comm of it", now
        )
        if record.is_widget:
            self._follow(record, lambda: self._context.mirror.frontend_opened(record, message))

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
            self._context.kept_messages.passed(record, Side.FRONTEND, message)
            return False
        payload = WidgetPayload()

        def read() -> None:
            nonlocal payload
            payload = read_payload(message.comm.data)

        self._follow(record, read)
        if payload.method == "request_state":
            return self._restore.request_state(frontend, record, message, now)
        refused = self._denials.for_backlog(frontend, message, now)
        if payload.method == "update" and not refused:
            mirror, session_id = self._context.mirror, frontend.session_id
            self._follow(record, lambda: mirror.frontend_sent(record, message, payload, session_id))
        return refused

    def _follow(self, record: CommRecord, step: Callable[[], None]) -> None:
        try:
            step()
        except MalformedMessageError as error:
            self._context.counters["malformed_from_frontends"] += 1
            self._context.registry.doubt(record, f"a page's message could not be read: {error}")

    def _to_unknown(self, frontend: Frontend, message: Message, now: float) -> bool:
        """Say that a comm is gone instead of letting the kernel say nothing (scenario 13)."""
        if not self._context.registry.complete:
            return False
        comm_id = message.comm.comm_id
        if message.header.msg_type == "comm_msg":
            closing = self._context.registry.closing(comm_id)
            reason = closing.reason if closing is not None else "the kernel has no such comm"
            self._answers.comm_gone(frontend, comm_id, reason, message.parts[0], now)
        self._answers.idle(frontend, message.parts[0], now)
        self._context.counters["messages_to_gone_comms"] += 1
        return True

    def _refused(
        self, frontend: Frontend, record: CommRecord, message: Message, now: float
    ) -> bool:
        """Note it if a page's ``comm_close`` only says that it does not know the target."""
        context = self._context
        if frontend.is_program or not is_refusal(record, frontend, message, context.limits, now):
            return False
        record.mark_refused(frontend.session_id)
        reason = f"session {frontend.session_id} does not know it"
        context.targets.rejected(Side.FRONTEND, record.target_name, reason, now)
        context.counters["refusals"] += 1
        return True

    def _closed(self, frontend: Frontend, record: CommRecord, message: Message, now: float) -> bool:
        context = self._context
        if self._refused(frontend, record, message, now) and (
            # Before the other: it notes that the page turned down what only it was offered.
            self._offers.turned_down(frontend, record)
            or stays_here(record, frontend, context.targets)
        ):
            self._answers.idle(frontend, message.parts[0], now)
            return True
        if self._denials.for_backlog(frontend, message, now):
            return True
        reason = f"closed by session {frontend.session_id}"
        context.registry.frontend_sent(record, message, frontend.session_id, now)
        context.mirror.closed(record)
        self._capture.closed(record.comm_id)
        context.registry.closed(record.comm_id, Side.FRONTEND, reason, now)
        # The kernel publishes nothing about it, so the other pages would keep a dead comm.
        for other in list(context.delivery):
            if other is not frontend:
                self._answers.comm_gone(other, record.comm_id, reason, message.parts[0], now)
        return False
