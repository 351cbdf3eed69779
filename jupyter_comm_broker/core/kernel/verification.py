"""
Asking the kernel for what the mirror does not know or is not sure of (protocol facts 2.4).

One thing at a time, never in the path of an answer to a page: first which comms there are
(over control, where a busy ipykernel answers too), then their states: on the shell when
nothing runs there, on a subshell of our own when something does and a page waits. Every step
has a time limit and is tried again, ever later.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from itertools import islice

from jupyter_comm_broker.core.context import Context
from jupyter_comm_broker.core.kernel.inquiry import Inquiry
from jupyter_comm_broker.core.kernel.link_handshake import Proof
from jupyter_comm_broker.core.kernel.reconciliation import Learned, Reconciliation
from jupyter_comm_broker.core.kernel.silent_changes import SilentChanges
from jupyter_comm_broker.core.kernel.state_questions import Questions
from jupyter_comm_broker.core.state.comm_record import CommRecord
from jupyter_comm_broker.protocol.json_text import loads
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.widget import read_payload


class Step(str, Enum):
    """What we wait for."""

    REST = "rest"
    LIST = "list of comms"
    SUBSHELL = "subshell"
    STATES = "states of all widgets"
    EACH = "states, one by one"
    LEAVE = "end of the control comm"


class Verification:
    """The order of our questions about comms."""

    ONE_BY_ONE = 20
    """Up to so many comms are asked one by one; more are cheaper in one message."""

    AT_ONCE = 200
    """So many are asked without an answer between: a kernel drops what it publishes in a flood."""

    def __init__(self, context: Context, questions: Questions, proof: Proof) -> None:
        self._context = context
        self._questions = questions
        self._inquiry = Inquiry(questions, context.author.session)
        self._proof = proof
        self._reconciliation = Reconciliation(context)
        self.step = Step.REST
        self.silent_changes = SilentChanges(context)
        self._wanted: set[str] = set()
        """Comms that a page waits for."""
        self._list_wanted = False
        self._waiting_for: set[str] = set()
        """Comms whose states the question under way is about."""
        self._portion: dict[str, None] = {}
        """Those of them that were asked one by one and have not answered."""
        self._no_control_comm = False
        self._failures = 0
        self._failed_occupied = False
        self._not_before = 0.0
        self._deadline = 0.0

    # -- wanting -------------------------------------------------------------------------------

    def wanted(self, comm_ids: Iterable[str], now: float) -> None:
        """A page waits for these comms' states, or for the list of comms if that is not known."""
        self._wanted.update(comm_ids)
        self._list_wanted |= not self._context.registry.complete
        self._try_again(now)

    def find_all(self, now: float) -> None:
        """The kernel has comms that we do not know: learn which."""
        self._list_wanted = True
        self._try_again(now)

    def forget(self, now: float) -> None:
        """The kernel's process is another one: no answer will come."""
        self._inquiry.reset()
        self.step = Step.REST
        self._wanted.clear()
        self.silent_changes.forget()
        self._list_wanted = self._no_control_comm = False
        self._try_again(now)

    def is_answer(self, message: Message) -> bool:
        """Whether a comm message under a request of ours is meant for us, not for the pages."""
        return self._inquiry.is_answer(message)

    # -- asking --------------------------------------------------------------------------------

    def next_due(self) -> float | None:
        """Return when to go on."""
        if self.step is not Step.REST:
            return self._deadline
        registry = self._context.registry
        if registry.complete and not (self._list_wanted or self._wanted or registry.doubtful):
            look = self.silent_changes.next_due()
            return None if look is None or not self._can_ask() else max(look, self._not_before)
        if self._failures >= self._context.limits.verify_attempts or not self._can_ask():
            return None
        return self._not_before

    def tick(self, now: float) -> None:
        """Ask what is to be asked next, if it can be asked now."""
        if self._proof.held or self._proof.link == "lost":
            return
        if self.step is not Step.REST:
            if now >= self._deadline:
                self._timed_out(now)
            return
        if self._failed_occupied and not self._context.occupied:
            self._try_again(now)
        if now < self._not_before or self._failures >= self._context.limits.verify_attempts:
            return
        if not self._can_ask():
            return
        if self._list_wanted or not self._context.registry.complete:
            self._ask_list(now)
        elif doubtful := self._doubtful() or self.silent_changes.take_due(now):
            self._ask_states(doubtful, now)

    def _doubtful(self) -> list[CommRecord]:
        registry = self._context.registry
        self._wanted = {comm_id for comm_id in self._wanted if comm_id in registry}
        found = map(registry.get, {*registry.doubtful, *self._wanted})
        return [record for record in found if record is not None]

    def _can_ask(self) -> bool:
        registry, occupied = self._context.registry, self._context.occupied
        if self._proof.held or self._proof.link == "lost":
            return False
        if self._list_wanted or not registry.complete:
            return not occupied or self._proof.answers_control is not False
        if not occupied:
            return True
        urgent = bool(self._wanted) or registry.has_unknown
        return urgent and b'"kernel subshells"' in (self._context.kernel_info or b"")

    def _ask_list(self, now: float) -> None:
        over_control = self._proof.answers_control or self._context.occupied
        self._waiting_for = set()
        self._begin(Step.LIST, now)
        self._inquiry.list_comms("control" if over_control else "shell", now)

    def _ask_states(self, doubtful: list[CommRecord], now: float) -> None:
        self._waiting_for = {record.comm_id for record in doubtful}
        if self._context.occupied:
            self._begin(Step.SUBSHELL, now)
            self._inquiry.create_subshell(now)
        elif len(doubtful) > self.ONE_BY_ONE and not self._no_control_comm:
            self._begin(Step.STATES, now)
            self._inquiry.ask_for_all(now)
        else:
            self._ask_each(now)

    def _ask_each(self, now: float) -> None:
        self._inquiry.leave_subshell(now)
        if not self._waiting_for:
            self._succeeded(now)
        elif self._context.occupied:
            # On a busy kernel these would wait for its cell; so do we.
            self._put_off(now)
        else:
            self._begin(Step.EACH, now)
            # In the order of their opening: who refers to another may be built once that is there.
            found = (each.comm_id for each in self._context.registry)
            in_order = (comm_id for comm_id in found if comm_id in self._waiting_for)
            self._portion = dict.fromkeys(islice(in_order, self.AT_ONCE))
            self._inquiry.ask_for_each(self._portion, now)

    # -- hearing -------------------------------------------------------------------------------

    def heard(self, message: Message, now: float) -> list[Learned]:
        """Take what the kernel sent because we asked. Returns what pages must be told."""
        about = self._questions.about(message)
        msg_type = message.header.msg_type
        if msg_type == "comm_info_reply" and about == "list" and self.step is Step.LIST:
            return self._listed(message, now)
        if msg_type == "create_subshell_reply" and self.step is Step.SUBSHELL:
            self._got_subshell(message, now)
        elif msg_type == "comm_msg" and self._inquiry.is_answer(message):
            return self._stated(message, now)
        elif msg_type == "comm_close" and about == "control" and self.step is Step.STATES:
            self._no_control_comm = True
            self._ask_each(now)
        elif msg_type == "status" and loads(message.parts[3]).get("execution_state") == "idle":
            self._ended(message, about, now)
        return []

    def _listed(self, message: Message, now: float) -> list[Learned]:
        self._list_wanted = False
        closed = self._reconciliation.listed(message, self._questions.asked_at(message), now)
        self._succeeded(now)
        return closed

    def _got_subshell(self, message: Message, now: float) -> None:
        if self._inquiry.use_subshell(message):
            self._begin(Step.STATES, now)
            self._inquiry.ask_for_all(now)
        else:
            self._put_off(now)

    def _stated(self, message: Message, now: float) -> list[Learned]:
        method = read_payload(message.comm.data).method
        if message.comm.comm_id != self._inquiry.control_comm:
            return self._one_stated(message, now) if method == "update" else []
        if method != "update_states" or self.step is not Step.STATES:
            return []
        learned, found = self._reconciliation.all_stated(message)
        self._waiting_for -= found
        self._wanted -= found
        self._begin(Step.LEAVE, now)
        self._inquiry.close_control(now)
        return learned

    def _one_stated(self, message: Message, now: float) -> list[Learned]:
        self._waiting_for.discard(message.comm.comm_id)
        self._wanted.discard(message.comm.comm_id)
        learned = self._reconciliation.one_stated(message)
        if self.step is Step.EACH:
            self._portion.pop(message.comm.comm_id, None)
            self._deadline = now + self._pause()
            if not self._portion:
                self._ask_each(now)
        return learned

    def _ended(self, message: Message, about: str, now: float) -> None:
        if self.step is Step.LEAVE and message.parent.msg_id == self._inquiry.closing:
            # Who was not among the kernel's own (anywidget descriptors, relayed comms) is
            # asked for alone.
            self._ask_each(now)
        elif about == "states" and self.step is Step.STATES:
            # ipywidgets only logs when one widget's serializer fails; nobody gets an answer.
            self._no_control_comm = True
            self._ask_each(now)
        elif about == "state":
            self._questions.done(message.parent.msg_id)

    # -- steps ---------------------------------------------------------------------------------

    def _begin(self, step: Step, now: float) -> None:
        self.step = step
        self._deadline = now + self._pause()

    def _pause(self) -> float:
        return float(self._context.limits.verify_retry_seconds * 2**self._failures)

    def _try_again(self, now: float) -> None:
        self._failures = 0
        self._failed_occupied = False
        self._not_before = now

    def _succeeded(self, now: float) -> None:
        self.step = Step.REST
        self._try_again(now)

    def _timed_out(self, now: float) -> None:
        self._context.counters["verification_timeouts"] += 1
        self._context.log("debug", f"the kernel gave no answer in time: {self.step.value}")
        if self.step is Step.EACH:
            self._waiting_for = set(self._portion)
        if self.step is Step.LIST and self._context.occupied:
            self._proof.answers_control = False
        self._inquiry.leave_subshell(now)
        self._put_off(now)

    def _put_off(self, now: float) -> None:
        """Try again later, or when the kernel has finished what it does now."""
        self.step = Step.REST
        self._failures += 1
        self._failed_occupied = self._context.occupied
        self._not_before = now + self._pause()
        if self._failures >= self._context.limits.verify_attempts and not self._failed_occupied:
            self._give_up(now)

    def _give_up(self, now: float) -> None:
        """Let the comms rest that do not answer, so that others are asked about."""
        if self._waiting_for:
            self._context.registry.doubtful -= self._waiting_for
            self._wanted -= self._waiting_for
            self._waiting_for = set()
            self._try_again(now)
