"""
The kernel's comm messages. Registry, mirror and captures follow them.

This module decides the kind of each message: which updates may be merged, and which not.
"""

from __future__ import annotations

from jupyter_comm_broker.core.comms import Comms
from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.core.outboxes.kind import Kind
from jupyter_comm_broker.core.requests.work import Work
from jupyter_comm_broker.core.restore.output_capture import OutputCapture
from jupyter_comm_broker.core.restore.page_replies import PageReplies
from jupyter_comm_broker.core.state.comm_record import CommRecord, Side
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.widget import read_payload, says_all_states

Shown = tuple[Kind, str]
"""How a message may be treated while it waits for a page, and its comm."""

UNREAD: tuple[Kind, frozenset[str]] = (Kind.BARRIER, frozenset())
"""A message that could not be followed is not merged."""


class CommsFromKernel:
    """
    Follows the kernel's comm messages, and what statuses and errors say about pages' updates.

    Args:
        ledger: counts and logs.
        comms: the kernel's comms.
        work: knows which requests opened comms.
        page_replies: writes to pages.
        capture: the output that is collected.
    """

    def __init__(
        self,
        ledger: Ledger,
        comms: Comms,
        work: Work,
        page_replies: PageReplies,
        capture: OutputCapture,
    ) -> None:
        self._ledger = ledger
        self._comms = comms
        self._work = work
        self._page_replies = page_replies
        self._capture = capture
        self._follow = {
            "comm_open": self._opened,
            "comm_msg": self._sent,
            "comm_close": self._closed,
        }

    def published(self, message: Message, now: float) -> Shown | None:
        """
        Follow a comm message of iopub.

        Args:
            message: the message.
            now: the time.

        Returns:
            How it is shown to pages; ``None`` if it tells them nothing new.
        """
        msg_type = message.header.msg_type
        try:
            comm_id = message.comm.comm_id
        except MalformedMessageError as error:
            self._ledger.malformed(f"malformed {msg_type} from the kernel: {error}", now)
            return _unfollowed(msg_type), ""
        follow = self._follow[msg_type]
        kind = self._ledger.shielded(f"following a {msg_type}", lambda: follow(message, now))
        if kind is None:
            kind = _unfollowed(msg_type)
            self._doubt(comm_id)
        # Hardly any comm is captured. Only for those that are, a shielded step compares the
        # outputs.
        is_stale = self._capture.owns(comm_id) and self._ledger.shielded(
            "comparing outputs", lambda: self._is_stale(message), False
        )
        return None if is_stale else (kind, comm_id)

    def closed_aside(self, message: Message, now: float) -> None:
        """Follow a ``comm_close`` that the kernel sends only to the page that opened the comm."""
        try:
            comm_id = message.comm.comm_id
        except MalformedMessageError as error:
            self._ledger.malformed(f"malformed comm_close from the kernel: {error}", now)
            return
        if comm_id not in self._comms.registry:
            return
        self._closed(message, now)
        reason = "closed by the kernel"
        self._page_replies.comm_gone_everywhere(comm_id, reason, message.parent_text, now)

    # -- requests --------------------------------------------------------------------------------

    def request_began(self, msg_id: str) -> None:
        """Note that the kernel began with a request, which may be a page's update."""
        self._ledger.shielded("mirroring a busy", lambda: self._comms.mirror.busy(msg_id))

    def request_ended(self, msg_id: str, now: float) -> None:
        """Note that the kernel is done with a request."""
        self._ledger.shielded("mirroring an idle", lambda: self._finished(msg_id, now))

    def request_failed(self, error: Message, now: float) -> None:
        """Note that a request raised an error."""
        self._ledger.shielded("mirroring an error", lambda: self._raised(error, now))

    def _finished(self, msg_id: str, now: float) -> None:
        update = self._comms.mirror.pending.get(msg_id)
        change = self._comms.mirror.idle(msg_id)
        if update is not None and "outputs" in update.attributes:
            # In ipywidgets 7 no echo says this.
            self._capture.page_set(update.comm_id, update.session_id, now)
        if change is not None:
            self._page_replies.repair(change.record, change.keys, now, besides=change.known_to)
        self._capture.finished(msg_id, now)

    def _raised(self, error: Message, now: float) -> None:
        try:
            ename = str(error.content.get("ename", "error"))
        except MalformedMessageError:
            # Whatever the error is called, the request failed.
            ename = "error"
        if (change := self._comms.mirror.failed(error.parent.msg_id, ename)) is not None:
            self._page_replies.repair(change.record, change.keys, now)

    # -- comms -----------------------------------------------------------------------------------

    def _is_stale(self, message: Message) -> bool:
        record = self._comms.registry.get(message.comm.comm_id)
        return record is not None and self._capture.is_stale(record, message)

    def _doubt(self, comm_id: str) -> None:
        record = self._comms.registry.get(comm_id)
        if record is not None:
            self._comms.registry.doubt(record, "the broker could not follow a message")

    def _opened(self, message: Message, now: float) -> Kind:
        content = message.comm
        if (before := self._comms.registry.get(content.comm_id)) is not None:
            self._comms.mirror.closed(before)
        record = self._comms.registry.opened(content.comm_id, content.target_name, Side.KERNEL, now)
        self._comms.registry.kernel_sent(record, message, now)
        if record.is_widget:
            mirror = self._comms.mirror
            self._comms.followed(
                record, Side.KERNEL, lambda: mirror.kernel_opened(record, message), None
            )
            if record.state is not None:
                record.mark_checked(now)
        else:
            self._comms.retained.kernel_opened(record, message)
        return Kind.LIFE

    def _sent(self, message: Message, now: float) -> Kind:
        comm_id = message.comm.comm_id
        record = self._comms.registry.get(comm_id)
        if record is None:
            record = self._met(message, now)
            if record is None:
                return Kind.BARRIER
        self._comms.registry.kernel_sent(record, message, now)
        self._comms.targets.proved(
            Side.KERNEL, record.target_name, "the kernel sent on a comm of it", now
        )
        if not record.is_widget:
            self._comms.retained.passed(record, Side.KERNEL, message)
            return Kind.BARRIER
        known = record
        kind, keys = self._comms.followed(
            record, Side.KERNEL, lambda: self._mirrored(known, message, now), UNREAD
        )
        # Pages see each value of a mailbox, so its updates are merged with no others.
        is_letter = kind is Kind.UPDATE and record.mailboxes and record.mailboxes.names & keys
        return Kind.BARRIER if is_letter else kind

    def _met(self, message: Message, now: float) -> CommRecord | None:
        """Note a comm whose opening was not seen. Returns ``None`` if it is to be ignored."""
        comm_id = message.comm.comm_id
        if (
            # A page closed it, and the kernel has not handled that yet.
            self._comms.registry.closing(comm_id) is not None
            # This is another client's control comm. It concerns nobody here.
            or says_all_states(message.comm.data)
        ):
            return None
        record = self._comms.registry.found(comm_id, now)
        self._comms.registry.met_unknown()
        self._ledger.counters["unknown_comms"] += 1
        if self._comms.registry.followed:
            record.mark_missed(self._page_replies.sessions())
        return record

    def _mirrored(
        self, record: CommRecord, message: Message, now: float
    ) -> tuple[Kind, frozenset[str]]:
        """Apply a widget's message to the mirror. Returns its kind and the changed attributes."""
        payload = read_payload(message.comm.data)
        keys = self._comms.mirror.kernel_sent(record, message, payload, now)
        stands = bool(keys) and self._capture.changed(record, keys, message, now)
        if payload.method == "update" and not stands:
            return Kind.UPDATE, keys
        return (Kind.FIXED if payload.method in ("update", "echo_update") else Kind.BARRIER), keys

    def _closed(self, message: Message, now: float) -> Kind:
        comm_id = message.comm.comm_id
        record = self._comms.registry.get(comm_id)
        if record is not None:
            self._comms.registry.kernel_sent(record, message, now)
            self._comms.mirror.closed(record)
            self._capture.closed(comm_id)
            reason = "closed by the kernel"
            request = self._work.requests.get(message.parent.msg_id)
            if request is not None and request.header.msg_type == "comm_open":
                reason = f"the kernel turned it down; it may not know {record.target_name!r}"
                self._comms.targets.rejected(Side.KERNEL, record.target_name, reason, now)
            self._comms.registry.closed(comm_id, Side.KERNEL, reason, now)
        return Kind.LIFE


def _unfollowed(msg_type: str) -> Kind:
    return Kind.BARRIER if msg_type == "comm_msg" else Kind.LIFE
