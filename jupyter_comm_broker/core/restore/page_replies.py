"""
What the broker says to a page in the kernel's name (protocol facts 1.4).

Each answer carries the kernel's session and the page's own request as its parent, and ends
with the ``idle`` that the page's future waits for. That idle names a type that no busy
indicator follows: the kernel, after all, may be busy (rule 8).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from jupyter_comm_broker.core.context import Context
from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.core.pages.outbox import Kind
from jupyter_comm_broker.core.state.comm_record import CommRecord
from jupyter_comm_broker.core.state.widget_state import WidgetState
from jupyter_comm_broker.core.strategy import Kept
from jupyter_comm_broker.protocol.json_text import dumps
from jupyter_comm_broker.protocol.message import Message, Part, retyped
from jupyter_comm_broker.protocol.synthesis import NO_PARENT, UNTRACKED_TYPE
from jupyter_comm_broker.protocol.widget import WIDGET_METADATA, State, update_data


class Answers:
    """Writes answers into the outboxes of pages."""

    def __init__(self, context: Context) -> None:
        self._context = context

    # -- ends --------------------------------------------------------------------------------

    def idle(self, frontend: Frontend, request: Part, now: float) -> None:
        """End a page's wait for the request with this header, of which the kernel says nothing."""
        parent = retyped(request, UNTRACKED_TYPE)
        self._say(frontend, "iopub", "status", {"execution_state": "idle"}, now, parent)

    def reply(self, frontend: Frontend, request: Message, content: Any, now: float) -> None:
        """Reply to a request on its own channel, and end it."""
        reply_type = request.header.msg_type.removesuffix("_request") + "_reply"
        self._say(frontend, request.channel, reply_type, content, now, request.parts[0])
        self.idle(frontend, request.parts[0], now)

    def refuse(
        self, frontend: Frontend, request: Message, ename: str, evalue: str, now: float
    ) -> None:
        """Reply to a request that it was not let through, and end it."""
        content = {"status": "error", "ename": ename, "evalue": evalue, "traceback": []}
        self.reply(frontend, request, content, now)

    def error(
        self, frontend: Frontend, message: Message, ename: str, evalue: str, now: float
    ) -> None:
        """Tell a page that a message which has no reply was not let through."""
        error = {"ename": ename, "evalue": evalue, "traceback": [f"{ename}: {evalue}"]}
        self._say(frontend, "iopub", "error", error, now, message.parts[0])

    # -- the kernel --------------------------------------------------------------------------

    def kernel_info(self, frontend: Frontend, request: Message, content: bytes, now: float) -> None:
        """Answer ``kernel_info_request`` with what the kernel said last, verbatim."""
        self.reply(frontend, request, content, now)
        self._context.counters["answered_kernel_info"] += 1

    def status(self, frontend: Frontend, now: float) -> None:
        """Tell a page what the kernel is doing, so that its indicator is true at once (rule 8)."""
        execution = self._context.execution
        if execution.state not in ("busy", "idle"):
            return
        running = execution.running
        parent = running[1] if running is not None else NO_PARENT
        self._say(frontend, "iopub", "status", {"execution_state": execution.state}, now, parent)

    # -- comms -------------------------------------------------------------------------------

    def comm_info(
        self, frontend: Frontend, request: Message, target_name: str | None, now: float
    ) -> None:
        """Answer ``comm_info_request`` from the registry."""
        comms = {
            record.comm_id: {"target_name": record.target_name}
            for record in self._context.registry
            if (target_name is None or record.target_name == target_name)
            # A page asks each for its state and hangs on one that cannot answer now (rule 4).
            and not (record.is_widget and record.state is None)
        }
        self.reply(frontend, request, {"status": "ok", "comms": comms}, now)
        self._context.counters["answered_comm_info"] += 1

    def comm_gone(
        self, frontend: Frontend, comm_id: str, reason: str, parent: Part, now: float
    ) -> None:
        """Tell a page that a comm is closed, and why."""
        content = {"comm_id": comm_id, "data": {}}
        message = self._message(
            frontend, "iopub", "comm_close", content, now, parent, metadata={"reason": reason}
        )
        self._context.delivery.give(frontend, message, Kind.LIFE, comm_id)

    def comm_opened(
        self, frontend: Frontend, record: CommRecord, known: WidgetState, now: float
    ) -> None:
        """Open a comm at one page that asked for it when we could not answer (rule 11)."""
        state, paths, buffers = known.written()
        content = b'{"comm_id":%b,"target_name":%b,"data":{"state":%b,"buffer_paths":%b}}' % (
            dumps(record.comm_id),
            dumps(record.target_name),
            state,
            dumps(paths),
        )
        message = self._message(
            frontend, "iopub", "comm_open", content, now, NO_PARENT, WIDGET_METADATA, buffers
        )
        self._context.delivery.give(frontend, message, Kind.LIFE, record.comm_id)

    def comm_replayed(self, frontend: Frontend, record: CommRecord, kept: Kept, now: float) -> None:
        """Open a comm at one page as the kernel did, and say on it what a strategy kept."""
        comm_id, target_name = dumps(record.comm_id), dumps(record.target_name)
        head = b'{"comm_id":%b,"target_name":%b,"data":' % (comm_id, target_name)
        msg_type, kind = "comm_open", Kind.LIFE
        for payload in kept:
            content, metadata = head + payload.text + b"}", payload.metadata
            message = self._message(
                frontend, "iopub", msg_type, content, now, NO_PARENT, metadata, payload.buffers
            )
            self._context.delivery.give(frontend, message, kind, record.comm_id)
            head, msg_type, kind = b'{"comm_id":%b,"data":' % comm_id, "comm_msg", Kind.BARRIER

    def update(
        self,
        frontend: Frontend,
        comm_id: str,
        state: State,
        now: float,
        parent: Part = NO_PARENT,
    ) -> None:
        """Set attributes of a widget at one page."""
        if not state:
            return
        data, buffers = update_data(state)
        content = b'{"comm_id":%b,"data":%b}' % (dumps(comm_id), data)
        message = self._message(frontend, "iopub", "comm_msg", content, now, parent, None, buffers)
        kind = Kind.UPDATE if parent is NO_PARENT else Kind.ANSWER
        self._context.delivery.give(frontend, message, kind, comm_id)

    def correction(
        self, frontend: Frontend, comm_id: str, state: State, request: Part, now: float
    ) -> None:
        """
        Set attributes of a widget to what holds at the page whose own update did not pass.

        ipywidgets ignores an attribute in every echo until that of its own update comes (PF 2.5):
        without this one the page would never again follow what others set. ipywidgets 7 knows
        no echoes and takes the update.
        """
        if not state:
            return
        data, buffers = update_data(state, "echo_update")
        content = b'{"comm_id":%b,"data":%b}' % (dumps(comm_id), data)
        message = self._message(frontend, "iopub", "comm_msg", content, now, request, None, buffers)
        self._context.delivery.give(frontend, message, Kind.ANSWER, comm_id)
        self.update(frontend, comm_id, state, now)

    def repair(
        self, record: CommRecord, keys: Iterable[str], now: float, besides: str | None = None
    ) -> None:
        """Set attributes to what the mirror says, at every page but ``besides``."""
        if record.state is None:
            return
        state = record.state.picked(keys)
        for frontend in list(self._context.delivery):
            if frontend.session_id != besides:
                self.update(frontend, record.comm_id, state, now)
        self._context.counters["repairs"] += 1

    def snapshot(
        self,
        frontend: Frontend,
        comm_id: str,
        data: bytes,
        buffers: Sequence[Part],
        parent: Part,
        now: float,
    ) -> None:
        """Send one page a snapshot on its control comm; no update moves across it."""
        content = b'{"comm_id":%b,"data":%b}' % (dumps(comm_id), data)
        message = self._message(frontend, "iopub", "comm_msg", content, now, parent, None, buffers)
        self._context.delivery.give(frontend, message, Kind.LIFE)

    def output_cut(self, frontend: Frontend, reason: str, now: float) -> None:
        """Tell a page that came back where something it missed was not kept."""
        content = {"name": "stderr", "text": f"[jupyter_comm_broker] {reason}\n"}
        running = self._context.execution.running
        self._say(frontend, "iopub", "stream", content, now, running[1] if running else NO_PARENT)

    # -- inside --------------------------------------------------------------------------------

    def _say(
        self,
        frontend: Frontend,
        channel: str,
        msg_type: str,
        content: Any,
        now: float,
        parent: Part,
    ) -> None:
        message = self._message(frontend, channel, msg_type, content, now, parent)
        self._context.delivery.give(frontend, message)

    def _message(
        self,
        frontend: Frontend,
        channel: str,
        msg_type: str,
        content: Any,
        now: float,
        parent: Part,
        metadata: Mapping[str, Any] | None = None,
        buffers: Sequence[Part] = (),
    ) -> Message:
        return self._context.author.write(
            channel,
            msg_type,
            content,
            now=now,
            session=frontend.kernel_session or self._context.delivery.kernel_session,
            parent=parent,
            metadata=metadata,
            buffers=buffers,
        )
