"""
Gets the states of comms from the kernel, in one answer or one by one.

A slow kernel is not asked the same twice. An overdue answer counts as missing only when a small
question that was sent after it is answered.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import islice

from jupyter_comm_broker.core.kernel.checks import Checks
from jupyter_comm_broker.core.kernel.inquiry import Inquiry
from jupyter_comm_broker.core.kernel.kernel_requests import Question
from jupyter_comm_broker.core.kernel.reach import Reach
from jupyter_comm_broker.core.kernel.reconciliation import Learned, Reconciliation, Whole
from jupyter_comm_broker.core.kernel.verification_step import Step
from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.widget import read_payload

Heard = tuple[list[Learned], bool | None]
"""What pages must be told, and how the round ended: well, not well, or ``None`` for not yet."""

NOTHING: Heard = ([], None)


class StateQuestions:
    """
    One round of questions about states, from the first question to the last answer.

    Args:
        ledger: counts and logs answers that do not come.
        reach: says whether the kernel can answer now.
        inquiry: sends the questions.
        checks: is told how they went.
        reconciliation: takes the answers.
    """

    AT_ONCE = 200
    """How many are asked without waiting: a kernel drops what it publishes in a flood."""
    AT_A_TIME = 300
    """How many answers are read in one turn of the event loop: some milliseconds of work."""
    OVERDUE = 60.0
    """Seconds to wait for an overdue answer, if the small question gets no answer either."""

    def __init__(
        self,
        ledger: Ledger,
        reach: Reach,
        inquiry: Inquiry,
        checks: Checks,
        reconciliation: Reconciliation,
    ) -> None:
        self._ledger = ledger
        self._reach = reach
        self._inquiry = inquiry
        self._checks = checks
        self._reconciliation = reconciliation
        self.step = Step.REST
        self.deadline = 0.0
        self._left: set[str] = set()
        """The comms of this round that have not answered."""
        self._needed: set[str] = set()
        """The comms that must answer, or the round has failed. The others are only checked."""
        self._silent: set[str] = set()
        """The comms whose question the kernel handled without an answer."""
        self._again: set[str] = set()
        """The comms that were only to be checked and are put off."""
        self._portion: dict[str, None] = {}
        """The comms that were asked one by one just now."""
        self._stated: set[str] = set()
        self._answers: dict[str, Whole] = {}
        self._is_left = False
        """Whether the control comm is closed, and the kernel is done with it."""
        self._overdue = ""
        """The msg_id of the small question that follows an overdue one."""

    @property
    def overdue(self) -> bool:
        """Whether an answer is overdue and may still come."""
        return bool(self._overdue)

    def ask(
        self, comm_ids: Collection[str], needed: Collection[str], now: float, pause: float
    ) -> None:
        """
        Ask for the states of comms.

        Args:
            comm_ids: the comms.
            needed: those that must answer, or the round fails.
            now: the time.
            pause: the seconds to wait for each answer.
        """
        self._left, self._silent, self._again = set(comm_ids), set(), set()
        self._needed = set(needed)
        self._answers, self._is_left = {}, False
        self._reconciliation.began()
        if self._reach.occupied and not self._inquiry.enter_subshell(now):
            self._begin(Step.SUBSHELL, now, pause)
            return
        if self._reach.occupied or self._inquiry.is_better_for_all(len(comm_ids)):
            self._ask_all(now, pause)
        else:
            self._ask_each(now, pause)

    def _ask_all(self, now: float, pause: float) -> None:
        self._begin(Step.STATES, now, pause)
        self._inquiry.ask_for_all(now)

    def _ask_each(self, now: float, pause: float) -> bool | None:
        """Ask for a portion of the comms that are left. Returns whether the round is over."""
        self._inquiry.leave_subshell()
        left = self._left - self._silent
        if not left:
            return self._end()
        if self._reach.occupied:
            # At a busy kernel these questions would wait for its cell, so they are put off.
            return self._put_off(self._left)
        self._begin(Step.EACH, now, pause)
        self._portion = dict.fromkeys(self._inquiry.ask_for_some(left, self.AT_ONCE, now))
        return None if self._portion else self._end()

    def _begin(self, step: Step, now: float, pause: float) -> None:
        self.step = step
        self.deadline = now + pause
        self._overdue = ""

    def _end(self) -> bool:
        """End the round. Returns whether all that must answer have answered."""
        self.step = Step.REST
        self._reconciliation.ended()
        self._checks.unanswered(self._silent)
        self._left &= self._needed
        return not self._left

    def heard(self, message: Message, question: Question, now: float, pause: float) -> Heard:
        """
        Take what the kernel sent because of our questions. Returns :data:`Heard`.

        Args:
            message: the message.
            question: its parent.
            now: the time.
            pause: the seconds to wait for the next answer.
        """
        msg_type = message.header.msg_type
        if msg_type == "create_subshell_reply" and self.step is Step.SUBSHELL:
            return [], self._got_subshell(message, now, pause)
        if msg_type == "comm_open_reply":
            # ipykernel 7.4 replies to a comm message only if its subshell is gone.
            self._inquiry.subshell_gone()
        if msg_type == "comm_msg" and self._inquiry.is_answer(message):
            return self._answered(message, now, pause)
        if msg_type == "comm_close" and question.about == "control" and self.step is Step.STATES:
            self._inquiry.has_no_control()
            return [], self._ask_each(now, pause)
        if msg_type == "status":
            return self._status(message, question, now, pause)
        return NOTHING

    def take_stated(self) -> set[str]:
        """Hand over the comms that answered since the last call."""
        stated, self._stated = self._stated, set()
        return stated

    def _got_subshell(self, message: Message, now: float, pause: float) -> bool | None:
        if not self._inquiry.subshell_made(message):
            return self._end()
        self._ask_all(now, pause)
        return None

    def _answered(self, message: Message, now: float, pause: float) -> Heard:
        method = read_payload(message.comm.data).method
        if message.comm.comm_id != self._inquiry.control_comm:
            return self._one_answered(message, now, pause) if method == "update" else NOTHING
        if method != "update_states" or self.step is not Step.STATES:
            return NOTHING
        self._inquiry.all_answered()
        self._answers = self._reconciliation.taken_apart(message)
        self._left -= self._answers.keys()
        self._begin(Step.LEAVE, now, pause)
        self._inquiry.close_control(now)
        return self.read_on(now, pause)

    @property
    def is_reading(self) -> bool:
        """Whether there are answers that were not compared with the mirror yet."""
        return bool(self._answers)

    def read_on(self, now: float, pause: float) -> Heard:
        """Compare the next answers with the mirror, so few that others do not wait long."""
        learned = []
        for comm_id in list(islice(self._answers, self.AT_A_TIME)):
            whole = self._answers.pop(comm_id)
            learned += self._reconciliation.stated(comm_id, whole, now)
            self._stated.add(comm_id)
        over = None
        if self._is_left and not self._answers:
            self._is_left = False
            over = self._ask_each(now, pause)
        return learned, over

    def _one_answered(self, message: Message, now: float, pause: float) -> Heard:
        comm_id = message.comm.comm_id
        self._left.discard(comm_id)
        self._silent.discard(comm_id)
        self._stated.add(comm_id)
        learned = self._reconciliation.one_stated(message, now)
        return learned, self._next(comm_id, now, pause)

    def _next(self, comm_id: str, now: float, pause: float) -> bool | None:
        if self.step is not Step.EACH or comm_id not in self._portion:
            return None
        del self._portion[comm_id]
        # A kernel that is slow with one may be slow with each.
        self.deadline = now + (max(self.OVERDUE, pause) if self._overdue else pause)
        return None if self._portion else self._ask_each(now, pause)

    def _status(self, message: Message, question: Question, now: float, pause: float) -> Heard:
        msg_id, state = message.parent.msg_id, message.execution_state
        if state == "busy":
            self._checks.began(msg_id, now)
            if question.about == "state":
                self._reconciliation.read_by_kernel(question.comm_id)
            elif question.about == "states":
                self._reconciliation.read_by_kernel()
        elif state == "idle":
            self._checks.ended(msg_id, now)
            return self._ended(msg_id, question, now, pause)
        return NOTHING

    def _ended(self, msg_id: str, question: Question, now: float, pause: float) -> Heard:
        if self._overdue and msg_id == self._overdue:
            return [], self._gave_no_answer(now, was_handled=True)
        if self.step is Step.LEAVE and msg_id == self._inquiry.closing:
            # Comms that the answer lacks (anywidget descriptors, relayed comms) are asked one by
            # one.
            self._is_left = True
            return [], None if self._answers else self.read_on(now, pause)[1]
        if question.about == "states" and self.step is Step.STATES:
            # If one widget's serializer fails, none is answered. Or another client asked last: that
            # happens once.
            self._inquiry.gave_no_answer()
            return [], self._ask_each(now, pause)
        if question.about == "state":
            self._inquiry.done(msg_id)
            if self.step is Step.EACH and question.comm_id in self._portion:
                self._silent.add(question.comm_id)
                learned = self._reconciliation.said_nothing(question.comm_id, now)
                return learned, self._next(question.comm_id, now, pause)
        return NOTHING

    def timed_out(self, now: float, pause: float) -> bool | None:
        """Note that an answer is overdue. Returns how the round ended, as in :data:`Heard`."""
        self._ledger.counters["verification_timeouts"] += 1
        self._ledger.log("debug", f"the kernel gave no answer in time: {self.step.value}")
        on_shell = self.step in (Step.STATES, Step.EACH, Step.LEAVE) and not self._inquiry.subshell
        if on_shell and not self._overdue and not self._reach.occupied:
            self._overdue = self._inquiry.ask_for_a_sign(now)
            self.deadline = now + max(self.OVERDUE, pause)
            return None
        return self._gave_no_answer(now)

    def _gave_no_answer(self, now: float, *, was_handled: bool = False) -> bool:
        left = self._left
        if self.step is Step.EACH:
            if was_handled:
                self._silent |= self._portion.keys()
            # The others were not asked. They are asked once these are given up.
            self._left = self._silent | self._portion.keys()
        self._overdue = ""
        self._inquiry.leave_subshell()
        return self._put_off(left)

    def _put_off(self, left: set[str]) -> bool:
        """End the round. Comms that are only checked and did not answer are checked later."""
        self._again = left - self._needed - self._silent
        if self._again:
            self._checks.put_off(self._again)
        return self._end() and not self._again

    def give_up(self) -> set[str]:
        """Stop checking comms that never answered. Returns those of them that must answer."""
        self._checks.drop(self._again)
        unanswered, self._left = self._left, set()
        return unanswered

    def forget(self) -> None:
        """Forget the round, because the kernel has a new process and no answer will come."""
        self.step = Step.REST
        self._inquiry.reset()
        self._reconciliation.forget()
        self._left, self._silent, self._stated = set(), set(), set()
        self._portion, self._answers, self._is_left = {}, {}, False
        self._overdue = ""
