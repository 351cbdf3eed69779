"""
What happens when the kernel has sent something.

The message itself always goes on; what the broker makes of it stands behind a shield.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from jupyter_comm_broker.core.context import Context
from jupyter_comm_broker.core.losses.lost_messages import LostMessages
from jupyter_comm_broker.core.pages.outbox import Kind
from jupyter_comm_broker.core.requests.execution import MAIN
from jupyter_comm_broker.core.restore.output_capture import OutputCapture
from jupyter_comm_broker.core.restore.page_replies import Answers
from jupyter_comm_broker.core.routing.output_limit import OutputLimit
from jupyter_comm_broker.core.state.comm_record import CommRecord, Side
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.json_text import dumps, lenient
from jupyter_comm_broker.protocol.message import COMM_TYPES, Message
from jupyter_comm_broker.protocol.synthesis import UNTRACKED_TYPE
from jupyter_comm_broker.protocol.widget import read_payload

ALWAYS_SENT = frozenset({"execute_input"})
"""Output that no rate limit counts, as in jupyter_server."""

NEVER_SHOWN = frozenset(
    {"create_subshell_request", "delete_subshell_request", "list_subshell_request"}
)
"""JupyterLab sends these on control at each page load; their idle is not its kernel's (rule 22)."""


class _Status(msgspec.Struct):
    execution_state: str = ""


_read_status = lenient(msgspec.json.Decoder(_Status).decode)


class FromKernel:
    """Follows the kernel's messages and passes them to the pages they are for."""

    def __init__(self, context: Context, answers: Answers, capture: OutputCapture) -> None:
        self._context = context
        self._answers = answers
        self._capture = capture
        self._limit = OutputLimit(context.policy)
        self._lost = LostMessages()
        self._last_parent: bytes | None = None

    # -- replies -------------------------------------------------------------------------------

    def reply(self, message: Message) -> None:
        """Give a reply, or a question on stdin, to the page that asked."""
        context, parent = self._context, message.parent
        request = context.requests.get(parent.msg_id)
        session_id = request.session_id if request is not None else parent.session
        if message.header.msg_type == "kernel_info_reply":
            context.kernel_info = bytes(message.parts[3])
        if message.channel != "stdin":
            context.requests.replied(parent.msg_id)
        frontend = context.delivery.get(session_id)
        if frontend is None:
            context.counters["replies_to_nobody"] += 1
            context.log(
                "debug", f"{message.header.msg_type} for session {session_id!r}, which is gone"
            )
            return
        context.delivery.reply(frontend, message)

    # -- iopub ---------------------------------------------------------------------------------

    def count(self, message: Message) -> None:
        """
        Notice by the number of what came over iopub that something before it did not.

        Also of what answers our own questions, whose numbers would be missing else. But not
        of replies: they overtake what waits on iopub, all of which would seem to be lost.
        """
        lost = self._lost.before(message.header.msg_id)
        if lost:
            self._context.counters["lost_before_us"] += lost
            self._context.log(
                "warning", f"{lost} messages of the kernel never came; asking it anew"
            )
            self._context.registry.doubt_all("messages of the kernel were lost before they came")

    def published(self, message: Message, now: float) -> None:
        """Follow and pass on what came over iopub."""
        msg_type = message.header.msg_type
        if msg_type == "status":
            self._status(message, now)
        elif msg_type in COMM_TYPES:
            self._comm(message, now)
        elif msg_type != "iopub_welcome":
            self._output(message, now)

    def published_under_our_parent(self, message: Message, now: float) -> None:
        """
        Pass on what a kernel's thread sent while a question of ours was the last request.

        Threads publish under whatever request came last (protocol facts 3.6); without our
        question that would have been a page's, so that parent is put in its place.
        """
        if self._last_parent is not None:
            parts = [message.parts[0], self._last_parent, *message.parts[2:]]
            message = Message(message.channel, parts)
        self.published(message, now)

    def _status(self, message: Message, now: float) -> None:
        context, parent = self._context, message.parent
        state = _read_status(message.parts[3]).execution_state
        lane = context.requests.lane(parent)
        never = parent.msg_type in NEVER_SHOWN
        tracked = not never and parent.msg_type not in context.policy.untracked_message_types
        untrue = context.execution.followed(state, message, lane, tracked)
        if state == "busy":
            if lane == MAIN:
                self._last_parent = bytes(message.parts[1])
                context.execution.main_since = now
            context.shielded("mirroring a busy", lambda: context.mirror.busy(parent.msg_id))
        elif state == "idle":
            self._limit.reset()
            context.requests.finished(parent.msg_id)
            context.shielded("mirroring an idle", lambda: self._finished(parent.msg_id, now))
        shown = message.with_parent_type(UNTRACKED_TYPE) if untrue or never else message
        context.delivery.fan_out(shown)

    def _finished(self, msg_id: str, now: float) -> None:
        change = self._context.mirror.idle(msg_id)
        if change is not None:
            self._answers.repair(change.record, change.keys, now, besides=change.known_to)
        self._capture.finished(msg_id, now)

    # -- comms -----------------------------------------------------------------------------------

    def _comm(self, message: Message, now: float) -> None:
        msg_type = message.header.msg_type
        kind, comm_id = (Kind.BARRIER if msg_type == "comm_msg" else Kind.LIFE), ""
        try:
            comm_id = message.comm.comm_id
        except MalformedMessageError as error:
            self._context.malformed(f"malformed {msg_type} from the kernel: {error}", now)
            self._context.delivery.fan_out(message, kind)
            return
        outcome: list[Kind | None] = [kind]
        follow = {"comm_open": self._opened, "comm_msg": self._sent, "comm_close": self._closed}[
            msg_type
        ]
        if not self._context.shielded(
            f"following a {msg_type}", lambda: outcome.append(follow(message, now))
        ):
            self._doubt(comm_id)
        passed_as = outcome[-1]
        if passed_as is not None:
            self._context.delivery.fan_out(message, passed_as, comm_id)

    def _doubt(self, comm_id: str) -> None:
        record = self._context.registry.get(comm_id)
        if record is not None:
            self._context.registry.doubt(record, "the broker could not follow a message")

    def _opened(self, message: Message, now: float) -> Kind:
        content, context = message.comm, self._context
        if (before := context.registry.get(content.comm_id)) is not None:
            context.mirror.closed(before)
        record = context.registry.opened(content.comm_id, content.target_name, Side.KERNEL, now)
        context.registry.kernel_sent(record, message, now)
        if record.is_widget:
            self._follow(record, lambda: context.mirror.kernel_opened(record, message))
            self._capture.changed(record, now)
        else:
            context.kept_messages.kernel_opened(record, message)
        return Kind.LIFE

    def _sent(self, message: Message, now: float) -> Kind | None:
        context = self._context
        known = message.comm.comm_id in context.registry
        if not known and context.registry.closing(message.comm.comm_id) is not None:
            # A page closed it, and the kernel has not come to that yet.
            return Kind.BARRIER
        record = context.registry.found(message.comm.comm_id, now)
        if not known:
            context.registry.complete = False
            context.counters["unknown_comms"] += 1
            if context.registry.followed:
                record.missed_by = context.delivery.sessions()
        context.registry.kernel_sent(record, message, now)
        context.targets.proved(
            Side.KERNEL, record.target_name, "the kernel sent on a comm of it", now
        )
        if not record.is_widget:
            context.kept_messages.passed(record, Side.KERNEL, message)
            return Kind.BARRIER
        method = ""

        def follow() -> None:
            nonlocal method
            payload = read_payload(message.comm.data)
            keys = context.mirror.kernel_sent(record, message, payload, now)
            if keys:
                self._capture.changed(record, now, keys, message)
            # Last: what could not be followed cannot be merged either.
            method = payload.method

        self._follow(record, follow)
        if self._capture.is_stale(record, message):
            return None
        return Kind.UPDATE if method == "update" else Kind.BARRIER

    def _closed(self, message: Message, now: float) -> Kind:
        context, comm_id = self._context, message.comm.comm_id
        record = context.registry.get(comm_id)
        if record is not None:
            context.registry.kernel_sent(record, message, now)
            context.mirror.closed(record)
            self._capture.closed(comm_id)
            reason = "closed by the kernel"
            request = context.requests.get(message.parent.msg_id)
            if request is not None and request.header.msg_type == "comm_open":
                reason = f"the kernel turned it down; it may not know {record.target_name!r}"
                context.targets.rejected(Side.KERNEL, record.target_name, reason, now)
            context.registry.closed(comm_id, Side.KERNEL, reason, now)
        return Kind.LIFE

    def _follow(self, record: CommRecord, step: Callable[[], None]) -> None:
        try:
            step()
        except MalformedMessageError as error:
            self._context.counters["malformed_from_kernel"] += 1
            self._context.registry.doubt(record, f"a message could not be read: {error}")

    # -- output ------------------------------------------------------------------------------

    def _output(self, message: Message, now: float) -> None:
        context, msg_type = self._context, message.header.msg_type
        if msg_type == "error":
            context.shielded("mirroring an error", lambda: self._raised(message, now))
            if context.policy.hide_tracebacks is not None:
                message = message.with_content(_hidden(context.policy.hide_tracebacks))
        context.shielded("capturing output", lambda: self._capture.captured(message, now))
        if msg_type not in ALWAYS_SENT:
            admitted, notice = self._limit.admit(message.size, msg_type == "stream", now)
            if notice:
                self._notify(notice, message, now)
            if not admitted:
                context.counters["output_over_limit"] += 1
                return
        context.delivery.fan_out(message, Kind.OUTPUT)

    def _raised(self, message: Message, now: float) -> None:
        ename = str(message.content.get("ename", "error"))
        change = self._context.mirror.failed(message.parent.msg_id, ename)
        if change is not None:
            self._answers.repair(change.record, change.keys, now)

    def _notify(self, notice: str, cause: Message, now: float) -> None:
        self._context.log("warning", notice.strip().splitlines()[0])
        session = cause.header.session
        content = dumps({"name": "stderr", "text": notice})
        self._context.delivery.fan_out(
            self._context.author.write(
                "iopub", "stream", content, now=now, session=session, parent=cause.parts[1]
            )
        )


def _hidden(replacement: str) -> dict[str, object]:
    return {"ename": "ExecutionError", "evalue": "Execution error", "traceback": [replacement]}
