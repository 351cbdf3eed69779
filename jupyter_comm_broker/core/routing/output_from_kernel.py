"""The kernel's output: collected for Output widgets, limited, and passed on."""

from __future__ import annotations

from jupyter_comm_broker.core.context import Context
from jupyter_comm_broker.core.pages.kind import Kind
from jupyter_comm_broker.core.restore.output_capture import OutputCapture
from jupyter_comm_broker.core.restore.page_replies import PageReplies
from jupyter_comm_broker.core.routing.output_limit import OutputLimit
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.json_text import dumps
from jupyter_comm_broker.protocol.message import Message

ALWAYS_SENT = frozenset({"execute_input"})
"""Output that no rate limit counts, as in jupyter_server."""


class OutputFromKernel:
    """
    Follows the kernel's output, and passes on what is within the rate limit.

    Args:
        context: the kernel's context.
        page_replies: writes to pages.
        capture: the output that is collected.
    """

    def __init__(self, context: Context, page_replies: PageReplies, capture: OutputCapture) -> None:
        self._context = context
        self._page_replies = page_replies
        self._capture = capture
        self._limit = OutputLimit(context.policy)

    def request_ended(self) -> None:
        """Start the rate limit anew, because a request ended."""
        self._limit.reset()

    def published(self, message: Message, now: float) -> None:
        """Follow output of iopub and pass it on."""
        context, msg_type = self._context, message.header.msg_type
        if msg_type == "error":
            context.shielded("mirroring an error", lambda: self._raised(message, now))
            if context.policy.hide_tracebacks is not None:
                told = {"evalue": "Execution error", "traceback": [context.policy.hide_tracebacks]}
                message = message.with_content({"ename": "ExecutionError", **told})
        if msg_type == "stream" and context.author.is_complained_of(message.parts[3]):
            return
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
        try:
            ename = str(message.content.get("ename", "error"))
        except MalformedMessageError:
            # Whatever the error is called, the request failed.
            ename = "error"
        if (change := self._context.mirror.failed(message.parent.msg_id, ename)) is not None:
            self._page_replies.repair(change.record, change.keys, now)

    def _notify(self, notice: str, cause: Message, now: float) -> None:
        self._context.log("warning", notice.strip().splitlines()[0])
        session, parent = cause.header.session, cause.parent_text
        content = dumps({"name": "stderr", "text": notice})
        write = self._context.author.write
        said = write("iopub", "stream", content, now=now, session=session, parent=parent)
        self._context.delivery.fan_out(said)
