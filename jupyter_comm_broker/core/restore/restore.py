"""
Giving a page that comes back its widgets, whatever the kernel is doing.

Pages' control comms end here (rule 10): the kernel keeps one control comm for all and would
answer the page that asked last. ``request_states`` is answered from the mirror at one
point of the page's iopub order; a comm in that answer is never opened to the page again.
"""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_comm_broker.core.context import Context
from jupyter_comm_broker.core.kernel.verification import Verification
from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.core.restore.catch_up import CatchUps
from jupyter_comm_broker.core.restore.output_capture import OutputCapture
from jupyter_comm_broker.core.restore.page_replies import Answers
from jupyter_comm_broker.core.restore.snapshot_message import collect
from jupyter_comm_broker.core.state.comm_record import CommRecord, Knowledge, Side
from jupyter_comm_broker.core.state.widget_state import WidgetState
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
    """Answers restores; holds those that would come too early or too incomplete."""

    def __init__(
        self,
        context: Context,
        answers: Answers,
        catch_ups: CatchUps,
        verification: Verification,
        capture: OutputCapture,
    ) -> None:
        self._context = context
        self._answers = answers
        self._catch_ups = catch_ups
        self._verification = verification
        self._capture = capture
        self._waiting: list[WaitingRestore] = []

    # -- the control comm ------------------------------------------------------------------

    def is_control(self, frontend: Frontend, message: Message) -> bool:
        """Whether a page's comm message is about a control comm."""
        content = message.comm
        return content.comm_id in frontend.control_comms or (
            message.header.msg_type == "comm_open" and content.target_name == CONTROL_TARGET
        )

    def foresee(self, frontend: Frontend, message: Message) -> None:
        """A control comm will be opened when the kernel is ready: what follows is about it."""
        if message.header.msg_type == "comm_open" and self.is_control(frontend, message):
            frontend.control_comms.add(message.comm.comm_id)

    def control(self, frontend: Frontend, message: Message, now: float) -> None:
        """Do what a page asked on its control comm."""
        msg_type, comm_id = message.header.msg_type, message.comm.comm_id
        if msg_type == "comm_open":
            frontend.control_comms.add(comm_id)
        elif msg_type == "comm_close":
            frontend.control_comms.discard(comm_id)
        elif read_payload(message.comm.data).method == "request_states":
            self._asked(frontend, message, now)
            return
        self._answers.idle(frontend, message.parts[0], now)

    def _asked(self, frontend: Frontend, request: Message, now: float) -> None:
        limits = self._context.limits
        not_before = now
        if self._is_big() and not frontend.kept_models:
            not_before = frontend.attached_at + limits.big_restore_not_before
        missing = self._missing()
        if missing or not self._context.registry.complete:
            self._verification.wanted(missing, now)
            not_after = max(not_before, now + limits.answer_seconds)
        else:
            not_after = now + limits.restore_answer_seconds
        waiting = WaitingRestore(frontend.session_id, request, now, not_before, not_after)
        self._waiting.append(waiting)
        self.tick(now)

    def _is_big(self) -> bool:
        limits, mirror = self._context.limits, self._context.mirror
        return (
            len(self._context.registry) > limits.big_restore_models
            or mirror.budget.bytes > limits.big_restore_bytes
        )

    def _missing(self) -> list[str]:
        """Return the widgets whose states the answer waits for; too large ones come after it."""
        found = map(self._context.registry.get, self._context.registry.doubtful)
        return [each.comm_id for each in found if each is not None and each.state is None]

    def _stateless(self) -> list[CommRecord]:
        return [each for each in self._context.registry if each.is_widget and each.state is None]

    # -- answering -----------------------------------------------------------------------------

    def next_due(self) -> float | None:
        """Return when a waiting restore is to be looked at next."""
        if not self._waiting:
            return None
        known = self._known()
        return min(each.not_before if known else each.not_after for each in self._waiting)

    def _known(self) -> bool:
        return self._context.registry.complete and not self._missing()

    def tick(self, now: float) -> None:
        """Answer the restores whose time has come."""
        if self._context.registry.complete:
            self._note_found()
        if not self._waiting:
            return
        known = self._known()
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            if now >= each.not_after or (known and now >= each.not_before):
                self._answer(each, now)
            else:
                self._waiting.append(each)

    def _answer(self, waiting: WaitingRestore, now: float) -> None:
        context, request = self._context, waiting.request
        frontend = context.delivery.get(waiting.session_id)
        if frontend is None:
            return
        self._capture.settle()
        states = collect(context.registry, self._overlays())
        parent = request.parts[0]
        self._answers.snapshot(
            frontend, request.comm.comm_id, states.data, states.buffers, parent, now
        )
        self._answers.idle(frontend, request.parts[0], now)
        self._catch_ups.began(frontend, set(states.comm_ids), now)
        for comm_id in states.comm_ids:
            if (record := context.registry.get(comm_id)) is not None and record.missed_by:
                record.missed_by.discard(frontend.session_id)
        frontend.lacking = {
            each.comm_id
            for each in self._stateless()
            # Of what was opened since it came, the page got the comm_open itself.
            if each.opened_by is Side.UNKNOWN or each.opened_at < frontend.attached_at
        }
        if frontend.lacking:
            self._verification.wanted(frontend.lacking, now)
        frontend.awaits_bootstrap = not context.registry.complete
        context.restore_seconds.add(now - waiting.asked_at)
        context.counters["restores"] += 1
        context.counters["restored_models"] += len(states.comm_ids)
        if frontend.lacking:
            context.counters["restores_incomplete"] += 1

    def _note_found(self) -> None:
        """The list of comms came after some answers: note what these lack."""
        for frontend in self._context.delivery:
            if frontend.awaits_bootstrap:
                frontend.awaits_bootstrap = False
                found = (each for each in self._stateless() if each.opened_by is Side.UNKNOWN)
                frontend.lacking.update(each.comm_id for each in found)

    def _overlays(self) -> dict[str, State]:
        return {
            comm_id: self.overlay(comm_id) for comm_id in self._context.mirror.pending.comm_ids()
        }

    def overlay(self, comm_id: str) -> State:
        """Return what pages sent for a comm and the kernel will take but has not begun with."""
        record = self._context.registry.get(comm_id)
        if record is None or record.state is None:
            return {}
        overlay = self._context.mirror.pending.overlay(comm_id)
        if self._capture.owns(comm_id):
            overlay.pop("outputs", None)
        return {key: value for key, value in overlay.items() if key in record.state}

    # -- one comm --------------------------------------------------------------------------------

    def request_state(
        self, frontend: Frontend, record: CommRecord, request: Message, now: float
    ) -> bool:
        """Answer ``request_state`` on a widget's comm. ``False`` if only the kernel can."""
        if record.state is None:
            return False
        self._capture.settle()
        attributes = {**record.state.attributes(), **self.overlay(record.comm_id)}
        self._answers.update(frontend, record.comm_id, attributes, now, parent=request.parts[0])
        self._answers.idle(frontend, request.parts[0], now)
        self._catch_ups.began(frontend, {record.comm_id}, now)
        self._context.counters["answered_request_state"] += 1
        return True

    def became_known(self, record: CommRecord, state: WidgetState, now: float) -> None:
        """Give a comm to the pages that had to do without it."""
        if not record.is_widget:
            return
        for frontend in list(self._context.delivery):
            if record.missed_by and frontend.session_id in record.missed_by:
                record.missed_by.discard(frontend.session_id)
                frontend.lacking.discard(record.comm_id)
                self._answers.comm_opened(frontend, record, state, now)
            elif record.comm_id in frontend.lacking:
                frontend.lacking.discard(record.comm_id)
                if frontend.kept_models:
                    self._answers.update(frontend, record.comm_id, state.attributes(), now)
                else:
                    self._answers.comm_opened(frontend, record, state, now)
            elif (misled_by := frontend.misled.pop(record.comm_id, None)) is not None:
                attributes = state.attributes()
                self._answers.correction(frontend, record.comm_id, attributes, misled_by, now)
        if record.knowledge is Knowledge.TOO_LARGE:
            self._context.counters["restored_too_large"] += 1

    def forget(self, now: float) -> None:
        """The kernel's process is another one: whoever waits is given nothing, at once."""
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            self._answer(each, now)
        for frontend in self._context.delivery:
            frontend.lacking.clear()
            frontend.awaits_bootstrap = False
            frontend.control_comms.clear()
            frontend.misled.clear()
