"""
What happens when a page has sent something.

It is answered here, refused here, or noted and let through to the kernel, with its msg_id
and headers as they came (decision 2).
"""

from __future__ import annotations

from collections.abc import Callable

from jupyter_comm_broker.core.answers import Answers
from jupyter_comm_broker.core.catch_up import CatchUps
from jupyter_comm_broker.core.comm_record import CommRecord, Side
from jupyter_comm_broker.core.context import Context
from jupyter_comm_broker.core.frontend import Frontend
from jupyter_comm_broker.core.output_capture import OutputCapture
from jupyter_comm_broker.core.refusals import is_refusal, stays_here
from jupyter_comm_broker.core.requests import Request
from jupyter_comm_broker.core.restore import Restore
from jupyter_comm_broker.errors import MalformedMessageError, RefusedMessageError
from jupyter_comm_broker.protocol.message import COMM_TYPES, Message
from jupyter_comm_broker.protocol.widget import WidgetPayload, read_attributes, read_payload

QUESTIONS = ("kernel_info_request", "comm_info_request")
"""What a busy kernel is not needed for."""

ALLOWED_SETTING = "MappingKernelManager.allowed_message_types"


class FromFrontend:
    """Decides about pages' messages."""

    def __init__(
        self,
        context: Context,
        answers: Answers,
        restore: Restore,
        catch_ups: CatchUps,
        capture: OutputCapture,
    ) -> None:
        self._context = context
        self._answers = answers
        self._restore = restore
        self._catch_ups = catch_ups
        self._capture = capture
        self._waiting: list[tuple[float, Frontend, Message]] = []
        """Questions that we may soon be able to answer, each with the time to let it through."""

    def received(self, frontend: Frontend, message: Message, now: float) -> None:
        """Answer a page's message, or send it to the kernel."""
        frontend.received += 1
        allowed = self._context.policy.allowed_message_types
        if allowed and message.header.msg_type not in allowed:
            error = RefusedMessageError(message.header.msg_type, ALLOWED_SETTING)
            self._refuse(frontend, message, "MessageNotAllowed", str(error), now)
        elif not self._handled_here(frontend, message, now):
            self._let_through(frontend, message, now)

    def _handled_here(self, frontend: Frontend, message: Message, now: float) -> bool:
        """Take the message in if it is ours to answer. A fault of ours lets it through instead."""
        handled: list[bool] = []
        if message.header.msg_type in COMM_TYPES:
            message.comm  # noqa: B018 - malformed content is the page's fault, not ours: raises
            step = self._comm
        else:
            step = self._question
        self._context.shielded(
            f"handling a page's {message.header.msg_type}",
            lambda: handled.append(step(frontend, message, now)),
        )
        return bool(handled) and handled[0]

    def _let_through(self, frontend: Frontend, message: Message, now: float) -> None:
        if self.refused_for_backlog(frontend, message, now):
            return
        if message.channel != "stdin":
            self._context.requests.sent(
                Request(frontend.session_id, message.channel, message.header, now)
            )
        self._context.effects.to_kernel.append(message)

    def refused_for_backlog(self, frontend: Frontend, message: Message, now: float) -> bool:
        """Refuse a message if too much waits for the kernel already."""
        limit = self._context.limits.backlog_bytes
        waiting = self._context.backlog[message.channel]
        if waiting + message.size <= limit:
            return False
        reason = (
            f"the kernel takes no {message.channel} messages and {waiting} bytes wait for it; "
            f"the limit is CommBroker.backlog_bytes = {limit}"
        )
        self._refuse(frontend, message, "KernelBacklogFull", reason, now)
        return True

    def _refuse(
        self, frontend: Frontend, message: Message, ename: str, reason: str, now: float
    ) -> None:
        self._context.counters["refused"] += 1
        self._context.log("warning", f"session {frontend.session_id}: {reason}")
        # A fault in the telling must not look like one of following: those let messages through.
        self._context.shielded(
            "telling a page that its message is refused",
            lambda: self._answers.refuse(frontend, message, ename, reason, now),
        )

    # -- questions about the kernel ------------------------------------------------------------

    def _question(self, frontend: Frontend, message: Message, now: float) -> bool:
        """
        Answer what a busy kernel would leave unanswered until its cell ends (B3, B5, B7).

        ``kernel_info`` does not change while a process lives, so an idle kernel is not asked
        for it either: a page that connects has it in a third of the time (measured).
        """
        msg_type = message.header.msg_type
        if msg_type == "comm_info_request":
            self._asked_for_target(message, now)
        if message.channel != "shell":
            return False
        if msg_type == "kernel_info_request" and self._answered(frontend, message, now):
            return True
        if msg_type not in QUESTIONS or not self._context.occupied:
            return False
        if not self._answered(frontend, message, now):
            self._waiting.append((now + self._context.limits.answer_seconds, frontend, message))
        return True

    def _asked_for_target(self, message: Message, now: float) -> None:
        """Note that a page knows a target: who asks for the comms of one would use them."""
        try:
            name = message.content.get("target_name")
        except MalformedMessageError:
            return
        if isinstance(name, str) and name:
            self._context.targets.proved(
                Side.FRONTEND, name, "a page asked for the comms of it", now
            )

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

    # -- comms -----------------------------------------------------------------------------------

    def _comm(self, frontend: Frontend, message: Message, now: float) -> bool:
        if self._restore.is_control(frontend, message):
            self._restore.control(frontend, message, now)
            return True
        if message.header.msg_type == "comm_open":
            # Before anything is noted, as below: what the kernel never hears of leaves no trace.
            if self.refused_for_backlog(frontend, message, now):
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
            return False
        payload = WidgetPayload()

        def read() -> None:
            nonlocal payload
            payload = read_payload(message.comm.data)

        self._follow(record, read)
        if payload.method == "request_state":
            return self._restore.request_state(frontend, record, message, now)
        refused = self.refused_for_backlog(frontend, message, now)
        if payload.method == "update":
            mirror, session_id = self._context.mirror, frontend.session_id
            self._follow(
                record,
                (lambda: self._take_back(frontend, record, message, payload, now))
                if refused
                else (lambda: mirror.frontend_sent(record, message, payload, session_id)),
            )
        return refused

    def _take_back(
        self,
        frontend: Frontend,
        record: CommRecord,
        message: Message,
        payload: WidgetPayload,
        now: float,
    ) -> None:
        """Show a page again what holds instead of the update that it was refused."""
        tried = read_attributes(payload.state, payload.buffer_paths, message.buffers)
        if record.state is not None:
            self._answers.update(frontend, record.comm_id, record.state.picked(tried), now)

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

    def _closed(self, frontend: Frontend, record: CommRecord, message: Message, now: float) -> bool:
        context = self._context
        if not frontend.is_program and is_refusal(record, frontend, message, context.limits, now):
            record.mark_refused(frontend.session_id)
            reason = f"session {frontend.session_id} does not know it"
            context.targets.rejected(Side.FRONTEND, record.target_name, reason, now)
            context.counters["refusals"] += 1
            if stays_here(record, frontend, context.targets):
                self._answers.idle(frontend, message.parts[0], now)
                return True
        if self.refused_for_backlog(frontend, message, now):
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
