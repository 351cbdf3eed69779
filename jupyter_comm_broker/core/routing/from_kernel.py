"""
What happens to a kernel's message.

The message itself always passes. What the broker makes of it is shielded.
"""

from __future__ import annotations

from jupyter_comm_broker.core.context import Context
from jupyter_comm_broker.core.requests.request import MAIN, Request
from jupyter_comm_broker.core.restore.output_capture import OutputCapture
from jupyter_comm_broker.core.restore.page_replies import PageReplies
from jupyter_comm_broker.core.routing.comms_from_kernel import CommsFromKernel
from jupyter_comm_broker.core.routing.output_from_kernel import OutputFromKernel
from jupyter_comm_broker.protocol.alias import alias
from jupyter_comm_broker.protocol.message import COMM_TYPES, Header, Message
from jupyter_comm_broker.protocol.synthesis import UNTRACKED_TYPE

NEVER_SHOWN = frozenset(
    {"create_subshell_request", "delete_subshell_request", "list_subshell_request"}
)
"""JupyterLab sends these on control at each page load. Pages must not show their idle (rule 22)."""


class FromKernel:
    """
    Follows the kernel's messages and passes them to the pages that they are for.

    Args:
        context: the kernel's context.
        page_replies: writes to pages.
        capture: the output that is collected.
    """

    def __init__(self, context: Context, page_replies: PageReplies, capture: OutputCapture) -> None:
        self._context = context
        self._page_replies = page_replies
        self._capture = capture
        self._comms = CommsFromKernel(context, page_replies, capture)
        self._output = OutputFromKernel(context, page_replies, capture)
        self._last_parent: bytes | None = None

    # -- replies -------------------------------------------------------------------------------

    def reply(self, message: Message, now: float) -> None:
        """Give a reply, or a question on stdin, to the page that asked."""
        context, parent = self._context, message.parent
        if message.header.msg_type == "comm_close":
            context.shielded(
                "following a comm_close", lambda: self._comms.closed_aside(message, now)
            )
        request = context.requests.get(parent.msg_id)
        session_id = _asker(request, parent)
        if message.header.msg_type == "kernel_info_reply":
            context.kernel_info.said(bytes(message.parts[3]))
        if message.channel != "stdin":
            context.requests.replied(parent.msg_id)
        # A program may use another session in its headers than its socket has.
        frontend = context.delivery.get(session_id) or context.delivery.get(
            context.requests.sender(session_id)
        )
        if frontend is None:
            context.counters["replies_to_nobody"] += 1
            context.log(
                "debug", f"{message.header.msg_type} for session {alias(session_id)}, which is gone"
            )
            return
        context.delivery.reply(frontend, message)

    def passed_unread(self, message: Message) -> bool:
        """Give a message without a readable header to its asker. Returns whether it was given."""
        parent, delivery = message.parent, self._context.delivery
        if message.channel == "iopub":
            return False
        frontend = delivery.get(_asker(self._context.requests.get(parent.msg_id), parent))
        if frontend is not None:
            delivery.give(frontend, message)
        return frontend is not None

    # -- iopub ---------------------------------------------------------------------------------

    def published(self, message: Message, now: float) -> None:
        """Follow a message of iopub and pass it on."""
        msg_type = message.header.msg_type
        if msg_type == "status":
            self._status(message, now)
        elif msg_type in COMM_TYPES:
            self._comms.published(message, now)
        elif msg_type != "iopub_welcome":
            self._output.published(message, now)

    def published_under_our_parent(self, message: Message, now: float) -> None:
        """
        Pass on what a thread of the kernel sent while a question of ours was the last request.

        Threads publish under the latest request (fact 3.6). Without our question, that would have
        been a page's request. So that one is put in as the parent.
        """
        self.published(self._under_last_parent(message), now)

    def asked_under_our_parent(self, message: Message, now: float) -> None:
        """
        Pass on a question on stdin that a thread asks when a request of ours was the latest.

        Args:
            message: the question.
            now: the time.
        """
        self.reply(self._under_last_parent(message), now)

    def _under_last_parent(self, message: Message) -> Message:
        if self._last_parent is None:
            return message
        parts = [message.parts[0], self._last_parent, *message.parts[2:]]
        return Message(message.channel, parts)

    def _status(self, message: Message, now: float) -> None:
        context, parent = self._context, message.parent
        state = message.execution_state
        lane = context.requests.lane(parent)
        never = parent.msg_type in NEVER_SHOWN
        tracked = not never and parent.msg_type not in context.policy.untracked_message_types
        untrue = context.execution.followed(state, message, lane, tracked, now)
        if state == "busy":
            if lane == MAIN:
                self._last_parent = bytes(message.parent_text)
            context.shielded("mirroring a busy", lambda: context.mirror.busy(parent.msg_id))
        elif state == "idle":
            self._output.request_ended()
            if lane == MAIN and (outer := context.execution.innermost(MAIN)) is not None:
                # The request ended inside this one, which goes on publishing.
                self._last_parent = bytes(outer.text)
            context.requests.finished(parent.msg_id)
            context.shielded("mirroring an idle", lambda: self._finished(parent.msg_id, now))
        shown = message.with_parent_type(UNTRACKED_TYPE) if untrue or never else message
        context.delivery.fan_out(shown)

    def _finished(self, msg_id: str, now: float) -> None:
        update = self._context.mirror.pending.get(msg_id)
        change = self._context.mirror.idle(msg_id)
        if update is not None and "outputs" in update.attributes:
            # In ipywidgets 7 no echo says this.
            self._capture.page_set(update.comm_id, update.session_id, now)
        if change is not None:
            self._page_replies.repair(change.record, change.keys, now, besides=change.known_to)
        self._capture.finished(msg_id, now)


def _asker(request: Request | None, parent: Header) -> str:
    """Return the session id of the sender whom a reply answers."""
    if request is None or (parent.session and parent.session != request.header.session):
        # Two pages may use the same msg_id. The session id then tells them apart.
        return parent.session
    return request.session_id
