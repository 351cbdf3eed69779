"""
Output widgets whose page is gone (fact 2.3.9, rule 23).

The page that sent a request collects what is printed inside ``with out:``, and gives it to the
kernel. After a reload that page is gone and nobody collects. So the broker collects too. It gives
new pages its list, keeps the old page's late update from them, and gives the list to the kernel
when the capture is over.
"""

from __future__ import annotations

from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.requests.work import Work
from jupyter_comm_broker.core.restore.capture import Capture
from jupyter_comm_broker.core.restore.capture_end import CaptureEnd
from jupyter_comm_broker.core.restore.captures import Captures
from jupyter_comm_broker.core.restore.output_list import CAPTURED_TYPES
from jupyter_comm_broker.core.restore.page_replies import PageReplies
from jupyter_comm_broker.core.state.comm_record import CommRecord
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.json_text import loads
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.widget import read_payload, text_of

MODEL = "OutputModel"


class OutputCapture:
    """
    Collects the output of all Output widgets of one kernel.

    Args:
        ledger: counts and logs.
        work: knows who sent which request.
        page_replies: writes to pages.
        captures: the captures.
        end: frees those that are over.
        limits: how often pages are told.
    """

    def __init__(
        self,
        ledger: Ledger,
        work: Work,
        page_replies: PageReplies,
        captures: Captures,
        end: CaptureEnd,
        limits: Limits,
    ) -> None:
        self._ledger = ledger
        self._work = work
        self._page_replies = page_replies
        self._captures = captures
        self.end = end
        self._limits = limits

    # -- the widget ----------------------------------------------------------------------------

    def changed(
        self, record: CommRecord, keys: frozenset[str], message: Message, now: float
    ) -> bool:
        """
        Follow a change of an Output widget that came from the kernel.

        Args:
            record: the comm.
            keys: the attributes that changed.
            message: the message that changed them.
            now: the time.

        Returns:
            Whether the message must keep its place among the outputs when pages are sent it.
        """
        if record.model.name != MODEL or record.state is None:
            return False
        stands = "msg_id" in keys
        if "outputs" in keys:
            stands |= self.owns(record.comm_id)
            self._outputs_set(record, message, now)
        if "msg_id" in keys:
            self._parent_set(record, message, now)
        return stands

    def _parent_set(self, record: CommRecord, message: Message, now: float) -> None:
        attribute = record.state.picked(("msg_id",)).get("msg_id") if record.state else None
        parent = loads(text_of(attribute) or b"null")
        parent = parent if isinstance(parent, str) else ""
        capture = self._captures.get(record.comm_id)
        if capture is not None and capture.parent != parent:
            self._captures.stop(capture)
            capture.stops(now)
        if not parent or (capture is not None and capture.parent == parent):
            return
        request = self._work.requests.get(parent)
        owner = request.session_id if request is not None else message.parent.session
        capture = self._captures.begun(record, now)
        if owner != capture.owner and capture.fresh:
            # The page goes on from what it shows, which dates from the last push.
            self._push(capture, now)
        capture.goes_on(owner)
        self._captures.collects(capture, parent)

    def _outputs_set(self, record: CommRecord, message: Message, now: float) -> None:
        capture = self._captures.get(record.comm_id)
        if capture is None:
            return
        if read_payload(message.comm.data).method == "update":
            # The kernel's own code set the outputs, which is final.
            self._captures.follow(capture, record)
        else:
            self.page_set(record.comm_id, message.parent.session, now)

    def page_set(self, comm_id: str, session_id: str, now: float) -> None:
        """
        Note that the kernel took the outputs that a page collected or set.

        Args:
            comm_id: the widget's comm.
            session_id: the page.
            now: the time.
        """
        capture = self._captures.get(comm_id)
        record = self._captures.record(capture) if capture is not None else None
        if capture is None or record is None or record.state is None:
            return
        if capture.collected and (capture.parent or self._is_gone(session_id)):
            # The page had seen less than the broker.
            self._captures.mirror(capture)
        elif capture.collected and session_id == capture.owner:
            self.end.owner_synced(capture, now)
        else:
            self._captures.follow(capture, record)

    def is_stale(self, record: CommRecord, message: Message) -> bool:
        """Return whether a message only echoes the outputs of a page that is gone."""
        if not self.owns(record.comm_id):
            return False
        payload = read_payload(message.comm.data)
        return (
            payload.method == "echo_update"
            and self._is_gone(message.parent.session)
            and set(loads(payload.state)) == {"outputs"}
        )

    def _is_gone(self, session_id: str) -> bool:
        page = self._page_replies.get(session_id)
        return page is None or not page.attached

    def collects_under(self, msg_id: str) -> bool:
        """Return whether an Output widget collects the output of a request."""
        return self._captures.collecting(msg_id) is not None

    def owns(self, comm_id: str) -> bool:
        """Return whether the broker's list of a widget's outputs is better than any page's."""
        capture = self._captures.get(comm_id)
        return capture is not None and capture.collected

    def collected_by(self, comm_id: str, session_id: str) -> bool:
        """Return whether this page collects a widget's outputs itself, message by message."""
        capture = self._captures.get(comm_id)
        return capture is not None and capture.collected and capture.owner == session_id

    def closed(self, comm_id: str) -> None:
        """Forget a widget, because it is closed."""
        self._captures.drop(comm_id)

    def forget(self, now: float) -> None:
        """Forget everything, because the kernel has a new process."""
        self._captures.clear()

    # -- collecting ----------------------------------------------------------------------------

    @property
    def collects(self) -> bool:
        """Whether there is a list that may grow."""
        return bool(self._captures)

    def captured(self, message: Message, now: float) -> None:
        """Collect a message if it is output for an Output widget."""
        msg_type = message.header.msg_type
        if msg_type not in CAPTURED_TYPES:
            return
        capture = self._captures.collecting(message.parent.msg_id)
        if capture is None:
            return
        try:
            changed = capture.takes(msg_type, message.parts[3])
        except MalformedMessageError as error:
            self._ledger.malformed(f"malformed {msg_type} for an Output widget: {error}", now)
            return
        if capture.list.is_cut and msg_type != "clear_output":
            self._cut(capture)
        if changed:
            self._captures.weigh(capture)

    def _cut(self, capture: Capture) -> None:
        self._ledger.counters["captured_output_dropped"] += 1
        if not capture.is_told:
            capture.is_told = True
            limit = self._limits.comm_state_bytes
            self._ledger.log(
                "warning",
                f"no more output of comm {capture.comm_id} is kept for pages that come later; "
                f"the limit is CommBroker.comm_state_bytes = {limit}",
            )

    # -- time ----------------------------------------------------------------------------------

    def finished(self, msg_id: str, now: float) -> None:
        """Note that a request ended. Push the rest, and give it to the kernel if no page will."""
        for capture in self._captures:
            if capture.parent:
                continue
            if capture.fresh:
                self._push(capture, now)
            if capture.last_parent == msg_id or self.end.is_due(capture, now):
                self.end.conclude(capture, now)

    def next_due(self) -> float | None:
        """Return when something is to be pushed or concluded; ``None`` for never."""
        due = [capture.push_at(self._limits) for capture in self._captures]
        due.append(self.end.next_due())
        return min((moment for moment in due if moment is not None), default=None)

    def tick(self, now: float) -> None:
        """Do what is due."""
        for capture in self._captures:
            push_at = capture.push_at(self._limits)
            if push_at is not None and now >= push_at:
                self._push(capture, now)
            if self.end.is_due(capture, now):
                self.end.conclude(capture, now)

    # -- telling pages -------------------------------------------------------------------------

    def settle(self, comm_id: str | None = None) -> None:
        """
        Bring the mirror up to date, before a page is given its state.

        The mirror lags between two pushes. A page that collects itself would lose for good what
        came between them, and any other page would lack it until the next push.
        """
        for capture in self._captures:
            if capture.collected and comm_id in (None, capture.comm_id):
                self._captures.mirror(capture)

    def _push(self, capture: Capture, now: float) -> None:
        capture.pushed(now)
        if self._captures.mirror(capture) and capture.written is not None:
            state = {"outputs": capture.written}
            self._page_replies.pushed(capture.comm_id, state, now, besides=capture.owner)
