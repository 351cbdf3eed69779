"""
The kernel's comm messages. Registry, mirror and captures follow them.

This module decides the kind of each message: which updates may be merged, and which not.
"""

from __future__ import annotations

from jupyter_comm_broker.core.context import Context
from jupyter_comm_broker.core.pages.kind import Kind
from jupyter_comm_broker.core.restore.output_capture import OutputCapture
from jupyter_comm_broker.core.restore.page_replies import PageReplies
from jupyter_comm_broker.core.state.comm_record import CommRecord, Side
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.widget import read_payload, says_all_states

UNREAD: tuple[Kind, frozenset[str]] = (Kind.BARRIER, frozenset())
"""A message that could not be followed is not merged."""


class CommsFromKernel:
    """
    Follows the kernel's comm messages and passes them on.

    Args:
        context: the kernel's context.
        page_replies: writes to pages.
        capture: the output that is collected.
    """

    def __init__(self, context: Context, page_replies: PageReplies, capture: OutputCapture) -> None:
        self._context = context
        self._page_replies = page_replies
        self._capture = capture
        self._follow = {
            "comm_open": self._opened,
            "comm_msg": self._sent,
            "comm_close": self._closed,
        }

    def published(self, message: Message, now: float) -> None:
        """Follow a comm message of iopub and pass it on."""
        context, msg_type = self._context, message.header.msg_type
        try:
            comm_id = message.comm.comm_id
        except MalformedMessageError as error:
            context.malformed(f"malformed {msg_type} from the kernel: {error}", now)
            context.delivery.fan_out(message, _unfollowed(msg_type))
            return
        follow = self._follow[msg_type]
        kind = context.shielded(f"following a {msg_type}", lambda: follow(message, now))
        if kind is None:
            kind = _unfollowed(msg_type)
            self._doubt(comm_id)
        # Hardly any comm is captured. Only for those that are, a shielded step compares the
        # outputs.
        if not (
            self._capture.owns(comm_id)
            and context.shielded("comparing outputs", lambda: self._is_stale(message), False)
        ):
            context.delivery.fan_out(message, kind, comm_id)

    def closed_aside(self, message: Message, now: float) -> None:
        """Follow a ``comm_close`` that the kernel sends only to the page that opened the comm."""
        try:
            comm_id = message.comm.comm_id
        except MalformedMessageError as error:
            self._context.malformed(f"malformed comm_close from the kernel: {error}", now)
            return
        if comm_id not in self._context.registry:
            return
        self._closed(message, now)
        for frontend in list(self._context.delivery):
            self._page_replies.comm_gone(
                frontend, comm_id, "closed by the kernel", message.parent_text, now
            )

    def _is_stale(self, message: Message) -> bool:
        record = self._context.registry.get(message.comm.comm_id)
        return record is not None and self._capture.is_stale(record, message)

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
            mirror = context.mirror
            context.followed(
                record, Side.KERNEL, lambda: mirror.kernel_opened(record, message), None
            )
            if record.state is not None:
                record.mark_checked(now)
        else:
            context.retained.kernel_opened(record, message)
        return Kind.LIFE

    def _sent(self, message: Message, now: float) -> Kind:
        context, comm_id = self._context, message.comm.comm_id
        record = context.registry.get(comm_id)
        if record is None:
            record = self._met(message, now)
            if record is None:
                return Kind.BARRIER
        context.registry.kernel_sent(record, message, now)
        context.targets.proved(
            Side.KERNEL, record.target_name, "the kernel sent on a comm of it", now
        )
        if not record.is_widget:
            context.retained.passed(record, Side.KERNEL, message)
            return Kind.BARRIER
        known = record
        kind, keys = context.followed(
            record, Side.KERNEL, lambda: self._mirrored(known, message, now), UNREAD
        )
        # Pages see each value of a mailbox, so its updates are merged with no others.
        is_letter = kind is Kind.UPDATE and record.mailboxes and record.mailboxes.names & keys
        return Kind.BARRIER if is_letter else kind

    def _met(self, message: Message, now: float) -> CommRecord | None:
        """Note a comm whose opening was not seen. Returns ``None`` if it is to be ignored."""
        context, comm_id = self._context, message.comm.comm_id
        if (
            # A page closed it, and the kernel has not handled that yet.
            context.registry.closing(comm_id) is not None
            # This is another client's control comm. It concerns nobody here.
            or says_all_states(message.comm.data)
        ):
            return None
        record = context.registry.found(comm_id, now)
        context.registry.met_unknown()
        context.counters["unknown_comms"] += 1
        if context.registry.followed:
            record.mark_missed(context.delivery.sessions())
        return record

    def _mirrored(
        self, record: CommRecord, message: Message, now: float
    ) -> tuple[Kind, frozenset[str]]:
        """Apply a widget's message to the mirror. Returns its kind and the changed attributes."""
        payload = read_payload(message.comm.data)
        keys = self._context.mirror.kernel_sent(record, message, payload, now)
        stands = bool(keys) and self._capture.changed(record, keys, message, now)
        if payload.method == "update" and not stands:
            return Kind.UPDATE, keys
        return (Kind.FIXED if payload.method in ("update", "echo_update") else Kind.BARRIER), keys

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


def _unfollowed(msg_type: str) -> Kind:
    return Kind.BARRIER if msg_type == "comm_msg" else Kind.LIFE
