"""
Gives a page that comes back its widgets, whatever the kernel is doing.

Pages' control comms end here (rule 10), because the kernel has one control comm for all and would
answer the page that asked last. ``request_states`` is answered from the mirror, at one point of the
page's iopub order. A comm in that answer is never opened to the page again.
"""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_comm_broker.core.comms import Comms
from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.core.restore.follow_up import FollowUp
from jupyter_comm_broker.core.restore.output_capture import OutputCapture
from jupyter_comm_broker.core.restore.page_replies import PageReplies
from jupyter_comm_broker.core.restore.snapshot_message import collect
from jupyter_comm_broker.core.state.comm_record import CommRecord, Knowledge, Side
from jupyter_comm_broker.core.state.widget_state import WidgetState
from jupyter_comm_broker.core.timed import SOON
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.widget import CONTROL_TARGET, State, read_payload


@dataclass(frozen=True, slots=True)
class WaitingRestore:
    """A page's ``request_states`` that is not answered yet."""

    session_id: str
    request: Message
    asked_at: float
    not_before: float
    not_after: float


class Restore:
    """
    Answers restores. Holds those that would come too early or would lack too much.

    Args:
        ledger: counts.
        comms: the kernel's comms.
        page_replies: writes to pages.
        follow_up: follows up on what a page was given.
        capture: the output that is collected.
        limits: how long a page may wait.
    """

    def __init__(
        self,
        ledger: Ledger,
        comms: Comms,
        page_replies: PageReplies,
        follow_up: FollowUp,
        capture: OutputCapture,
        limits: Limits,
    ) -> None:
        self._ledger = ledger
        self._comms = comms
        self._limits = limits
        self._page_replies = page_replies
        self._follow_up = follow_up
        self._capture = capture
        self._waiting: list[WaitingRestore] = []
        self._unlisted = False
        """Whether pages were answered before it was known which comms there are."""

    # -- the control comm ------------------------------------------------------------------

    def is_control(self, frontend: Frontend, message: Message) -> bool:
        """Return whether a page's comm message is about a control comm."""
        content = message.comm
        return content.comm_id in frontend.control_comms or (
            message.header.msg_type == "comm_open" and content.target_name == CONTROL_TARGET
        )

    def foresee(self, frontend: Frontend, message: Message) -> None:
        """Note that a page will open a control comm, once the kernel is ready."""
        if message.header.msg_type == "comm_open" and self.is_control(frontend, message):
            frontend.control_comms.add(message.comm.comm_id)

    def control(self, frontend: Frontend, message: Message, now: float) -> None:
        """
        Do what a page asked on its control comm.

        Args:
            frontend: the page.
            message: its message.
            now: the time.

        Raises:
            MalformedMessageError: the message's data is not a widget's.
        """
        msg_type, comm_id = message.header.msg_type, message.comm.comm_id
        if msg_type == "comm_open":
            frontend.opened_control(comm_id)
        elif msg_type == "comm_close":
            frontend.control_comms.discard(comm_id)
        elif read_payload(message.comm.data).method == "request_states":
            self._asked(frontend, message, now)
            return
        self._page_replies.idle(frontend, message.parts[0], now)

    def _asked(self, frontend: Frontend, request: Message, now: float) -> None:
        limits = self._limits
        not_before = now
        if not frontend.kept_models and self._is_big(frontend):
            not_before = frontend.attached_at + limits.big_restore_not_before
        missing = self._missing()
        if missing or not self._comms.registry.complete:
            self._follow_up.wanted(missing, now)
            not_after = max(not_before, now + limits.answer_seconds)
        else:
            not_after = now + limits.restore_answer_seconds
        waiting = WaitingRestore(frontend.session_id, request, now, not_before, not_after)
        self._waiting.append(waiting)
        self.tick(now)

    def _is_big(self, frontend: Frontend) -> bool:
        """
        Return whether the page has much to build before its outputs can show their widgets.

        Only comms from before it came count. It got all others live. If its plug-in was too late to
        take some of those, the parents that the page builds now look for them for two seconds.
        """
        limits, registry = self._limits, self._comms.registry
        if (
            len(registry) <= limits.big_restore_models
            and self._comms.mirror.budget.states <= limits.big_restore_bytes
        ):
            return False
        size = 0
        older = (each for each in registry if was_there(each, frontend))
        for count, record in enumerate(older, 1):
            size += record.state.size if record.state is not None else 0
            if count > limits.big_restore_models or size > limits.big_restore_bytes:
                return True
        return False

    def _missing(self) -> list[str]:
        """Return the widgets whose states the answer waits for. Too large states come after it."""
        found = map(self._comms.registry.get, self._comms.registry.doubtful)
        return [each.comm_id for each in found if each is not None and each.state is None]

    # -- answering -----------------------------------------------------------------------------

    def next_due(self) -> float | None:
        """Return when to look at the waiting restores next; ``None`` for never."""
        if self._unlisted and self._comms.registry.complete:
            return SOON
        if not self._waiting:
            return None
        known = self._known()
        return min(each.not_before if known else each.not_after for each in self._waiting)

    def _known(self) -> bool:
        return self._comms.registry.complete and not self._missing()

    def tick(self, now: float) -> None:
        """Answer the restores whose time has come."""
        if self._unlisted and self._comms.registry.complete:
            self._note_found()
        known = self._known()
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            if now >= each.not_after or (known and now >= each.not_before):
                self._answer(each, now)
            else:
                self._waiting.append(each)

    def _answer(self, waiting: WaitingRestore, now: float) -> None:
        request = waiting.request
        frontend = self._page_replies.get(waiting.session_id)
        if frontend is None:
            return
        self._capture.settle()
        snapshot = collect(request.comm.comm_id, self._comms.registry, self._overlays())
        parent = request.parts[0]
        self._page_replies.snapshot(frontend, snapshot, parent, now)
        self._page_replies.idle(frontend, parent, now)
        self._follow_up.given(frontend, snapshot.records, now)
        for record in snapshot.records:
            if record.missed_by:
                record.missed_by.discard(frontend.session_id)
        frontend.lacking = {
            each.comm_id
            for each in snapshot.stateless
            # The page got the comm_open of each comm that was opened since it attached.
            if was_there(each, frontend)
        }
        if frontend.lacking:
            self._follow_up.wanted(frontend.lacking, now)
        frontend.awaits_bootstrap = not self._comms.registry.complete
        self._unlisted |= frontend.awaits_bootstrap
        self._ledger.restore_seconds.add(now - waiting.asked_at)
        self._ledger.counters["restores"] += 1
        self._ledger.counters["restored_models"] += len(snapshot.records)
        if frontend.lacking:
            self._ledger.counters["restores_incomplete"] += 1

    def _note_found(self) -> None:
        """Note what earlier answers lacked, because the list of comms came after them."""
        self._unlisted = False
        for frontend in self._page_replies:
            if frontend.awaits_bootstrap:
                frontend.awaits_bootstrap = False
                frontend.lacking.update(
                    each.comm_id
                    for each in self._comms.registry
                    if each.is_widget and each.state is None and each.opened_by is Side.UNKNOWN
                )

    def _overlays(self) -> dict[str, State]:
        return {comm_id: self.overlay(comm_id) for comm_id in self._comms.mirror.pending.comm_ids()}

    def overlay(self, comm_id: str) -> State:
        """Return the values that pages sent for a comm and that the kernel has not begun with."""
        record = self._comms.registry.get(comm_id)
        if record is None or record.state is None:
            return {}
        overlay = self._comms.mirror.pending.overlay(comm_id)
        if self._capture.owns(comm_id):
            overlay.pop("outputs", None)
        return {key: value for key, value in overlay.items() if key in record.state}

    # -- one comm --------------------------------------------------------------------------------

    def request_state(
        self, frontend: Frontend, record: CommRecord, request: Message, now: float
    ) -> bool:
        """
        Answer ``request_state`` on a widget's comm.

        Args:
            frontend: the page.
            record: the comm.
            request: the page's message.
            now: the time.

        Returns:
            ``False`` if only the kernel can answer.
        """
        if record.state is None:
            return False
        self._capture.settle(record.comm_id)
        attributes = {**record.state.attributes(), **self.overlay(record.comm_id)}
        self._page_replies.update(
            frontend, record.comm_id, attributes, now, parent=request.parts[0]
        )
        self._page_replies.idle(frontend, request.parts[0], now)
        self._follow_up.given(frontend, (record,), now)
        self._ledger.counters["answered_request_state"] += 1
        return True

    def became_known(self, record: CommRecord, state: WidgetState, now: float) -> None:
        """
        Give a comm to the pages that lack it.

        Args:
            record: the comm, whose state became known.
            state: its state.
            now: the time.
        """
        if not record.is_widget:
            return
        for frontend in self._page_replies:
            if record.missed_by and frontend.session_id in record.missed_by:
                record.missed_by.discard(frontend.session_id)
                frontend.lacking.discard(record.comm_id)
                self._page_replies.comm_opened(frontend, record, state, now)
            elif record.comm_id in frontend.lacking:
                frontend.lacking.discard(record.comm_id)
                if frontend.kept_models:
                    self._page_replies.update(frontend, record.comm_id, state.attributes(), now)
                else:
                    self._page_replies.comm_opened(frontend, record, state, now)
            elif (misled_by := frontend.misled.pop(record.comm_id, None)) is not None:
                attributes = state.attributes()
                self._page_replies.correction(frontend, record.comm_id, attributes, misled_by, now)
        if record.knowledge is Knowledge.TOO_LARGE:
            self._ledger.counters["restored_too_large"] += 1

    def forget(self, now: float) -> None:
        """Answer all waiting pages at once with nothing, because the kernel has a new process."""
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            self._answer(each, now)
        for frontend in self._page_replies:
            frontend.lacking.clear()
            frontend.awaits_bootstrap = False
            frontend.control_comms.clear()
            frontend.misled.clear()


def was_there(record: CommRecord, frontend: Frontend) -> bool:
    """Return whether a page did not get the ``comm_open`` of a comm, because it came later."""
    return record.opened_by is Side.UNKNOWN or record.opened_at < frontend.attached_at
