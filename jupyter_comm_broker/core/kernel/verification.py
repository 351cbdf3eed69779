"""
Asks the kernel for what the mirror does not know or is not sure of (fact 2.4).

It asks one thing at a time, and no answer to a page waits for it. First it asks which comms there
are, on control, where a busy ipykernel answers too. Then it asks for their states: on the shell if
nothing runs there, or on a subshell of our own if something runs and a page waits. Every step has a
time limit and is tried again, after ever longer waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from jupyter_comm_broker.core.comms import Comms
from jupyter_comm_broker.core.kernel.checks import Checks
from jupyter_comm_broker.core.kernel.kernel_requests import Question
from jupyter_comm_broker.core.kernel.list_question import ListQuestion
from jupyter_comm_broker.core.kernel.patience import Patience
from jupyter_comm_broker.core.kernel.reach import Reach
from jupyter_comm_broker.core.kernel.reconciliation import Learned
from jupyter_comm_broker.core.kernel.state_questions import Heard, StateQuestions
from jupyter_comm_broker.core.kernel.verification_step import Step
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.state.comm_record import CommRecord
from jupyter_comm_broker.core.timed import SOON
from jupyter_comm_broker.protocol.message import Message


class Verification:
    """
    The order of our questions about comms: what is asked when, and what if no answer comes.

    Args:
        comms: the kernel's comms.
        reach: says whether the kernel can be asked now.
        checks: says what is to be checked.
        list_question: asks which comms there are.
        states: asks for states.
        limits: how long to wait for answers.
    """

    def __init__(
        self,
        comms: Comms,
        reach: Reach,
        checks: Checks,
        list_question: ListQuestion,
        states: StateQuestions,
        limits: Limits,
    ) -> None:
        self._comms = comms
        self._reach = reach
        self._checks = checks
        self._list = list_question
        self._states = states
        self._wanted: set[str] = set()
        """The comms whose states a page waits for."""
        self._list_wanted = False
        """Whether the list of comms is to be asked for."""
        self._to_check: dict[str, None] = {}
        """The comms to check, once the list that comes before it was answered."""
        self._list_due = False
        """Whether a check begins with the list of comms."""
        self._is_check = False
        """Whether the question under way is a check."""
        self._patience = Patience(limits)

    @property
    def step(self) -> Step:
        """What the broker waits for."""
        return Step.LIST if self._list.deadline is not None else self._states.step

    def began(self, now: float) -> None:
        """Note that the link is connected. Silent changes are looked for from now on."""
        self._checks.silent_changes.looked(now)

    def wanted(self, comm_ids: Iterable[str], now: float) -> None:
        """Note that a page waits for these comms' states, and for the list if it is incomplete."""
        self._wanted.update(comm_ids)
        self._list_wanted |= not self._comms.registry.complete
        self._patience.renew(now)

    def restored(self, records: Sequence[CommRecord], now: float) -> None:
        """Note that a page was given these comms. They are checked, and doubted ones at once."""
        if not len(self._comms.registry):
            return
        self._checks.restored([each.comm_id for each in records], now)
        self._wanted.update([each.comm_id for each in records if each.dirty_because])
        self._patience.renew(now)

    def look(self, comm_ids: Iterable[str], now: float) -> int:
        """Check comms at once: see :meth:`KernelBroker.look`."""
        self._patience.renew(now)
        return self._checks.look(comm_ids)

    def find_all(self, now: float) -> None:
        """Ask which comms there are, because the kernel has some that are not known."""
        self._list_wanted = True
        self._patience.renew(now)

    def forget(self, now: float) -> None:
        """Forget all questions, because the kernel has a new process and no answer will come."""
        self._states.forget()
        self._checks.forget()
        self._list.forget()
        self._wanted.clear()
        self._to_check.clear()
        self._list_wanted = self._list_due = False
        self._patience.renew(now)

    def next_due(self) -> float | None:
        """Return when to go on; ``None`` for never."""
        if self._comms.mirror.has_unconfirmed:
            return SOON
        if self._reach.is_cut:
            return None
        if self._list.deadline is not None:
            return self._list.deadline
        if self._states.step is not Step.REST:
            deadline = self._states.deadline
            return min(self._patience.not_before, deadline) if self._can_list_beside else deadline
        if self._patience.failed_occupied and not self._reach.occupied:
            return SOON
        if not self._may_ask:
            return None
        due = [self._patience.not_before] if self._must_list or self._in_need() else []
        if self._can_check:
            check = SOON if self._to_check or self._list_due else self._checks.next_due()
            due += [] if check is None else [check]
        return min(due, default=None)

    def tick(self, now: float) -> None:
        """Ask the next question, if it can be asked now."""
        self._checks.unconfirmed(now)
        if self._reach.is_cut:
            return
        if self._list.deadline is not None:
            if now >= self._list.deadline:
                self._list_timed_out(now)
            return
        if self._states.step is not Step.REST:
            if now >= self._states.deadline:
                self._settle(self._states.timed_out(now, self._patience.pause), now)
            elif now >= self._patience.not_before and self._can_list_beside:
                self._ask_list(now)
            return
        if self._patience.failed_occupied and not self._reach.occupied:
            self._patience.renew(now)
        if not self._may_ask:
            return
        if now >= self._patience.not_before and (self._must_list or self._in_need()):
            self._ask(now)
        elif self._can_check:
            self._check(now)

    def _ask(self, now: float) -> None:
        self._is_check = False
        if self._must_list:
            self._ask_list(now)
        else:
            need = self._in_need()
            self._states.ask(need, need, now, self._patience.pause)

    def _check(self, now: float) -> None:
        """Check what pages were given and nobody doubts, and before that which comms there are."""
        self._is_check = True
        if not (self._to_check or self._list_due):
            if not self._checks.wanted:
                return
            due, self._list_due = self._checks.take_due(now)
            self._to_check.update(dict.fromkeys(due))
        if self._list_due:
            self._ask_list(now)
            return
        to_check = [each for each in self._to_check if each in self._comms.registry]
        self._to_check.clear()
        if to_check:
            self._states.ask(to_check, (), now, self._patience.pause)
        else:
            self._checks.over()

    @property
    def _can_check(self) -> bool:
        # Comms in need that do not answer are asked after ever longer waits. Checks do not wait for
        # that.
        return not (self._reach.occupied or self._must_list)

    @property
    def _must_list(self) -> bool:
        return self._list_wanted or not self._comms.registry.complete

    def _in_need(self) -> set[str]:
        """Return the comms whose states are unknown or doubted, or that a page waits for."""
        registry = self._comms.registry
        if not (registry.doubtful or self._wanted):
            return set()
        self._wanted = {comm_id for comm_id in self._wanted if comm_id in registry}
        found = {*registry.doubtful, *self._wanted}
        return {each for each in found if (record := registry.get(each)) and record.taken}

    @property
    def _may_ask(self) -> bool:
        if self._patience.is_exhausted:
            return False
        if self._reach.is_cut:
            return False
        if not self._reach.occupied:
            return True
        if self._must_list:
            return self._reach.answers_lists
        urgent = bool(self._wanted) or self._comms.registry.has_unknown
        return urgent and self._reach.answers_beside

    @property
    def _can_list_beside(self) -> bool:
        """Whether to ask for the list while states are overdue, as it goes over another channel."""
        return self._states.overdue and self._must_list and self._may_ask

    def _ask_list(self, now: float) -> None:
        self._list.ask(now, self._patience.pause)

    def heard(self, message: Message, question: Question, now: float) -> list[Learned]:
        """
        Take what the kernel sent because of a question of ours.

        Args:
            message: the message.
            question: its parent.
            now: the time.

        Returns:
            What pages must be told.
        """
        if self._list.is_answer(message, question):
            if self._list.deadline is None:
                return []
            learned = self._list.answered(message, question, now)
            self._list_wanted = self._list_due = False
            if not self._is_check:
                self._patience.renew(now)
            return learned
        return self._took(self._states.heard(message, question, now, self._patience.pause), now)

    @property
    def is_reading(self) -> bool:
        """Whether there are answers that were not read yet."""
        return self._states.is_reading

    def read_on(self, now: float) -> list[Learned]:
        """Read some more of the answers. Returns what pages must be told."""
        return self._took(self._states.read_on(now, self._patience.pause), now)

    def _took(self, heard: Heard, now: float) -> list[Learned]:
        learned, over = heard
        self._wanted -= self._states.take_stated()
        self._wanted.difference_update(each.record.comm_id for each in learned)
        self._settle(over, now)
        return learned

    def _settle(self, over: bool | None, now: float) -> None:
        """Note how a round of questions ended: well, or not; ``None`` if it goes on."""
        if over is None:
            return
        if not (self._to_check or self._list_due):
            self._checks.over()
        if over and not self._is_check:
            self._patience.renew(now)
        elif not over:
            self._put_off(now)

    def _list_timed_out(self, now: float) -> None:
        self._list.timed_out()
        if self._list_due and self._comms.registry.complete and not self._list_wanted:
            # The check goes on without the list, because pages show states.
            self._list_due = False
        else:
            self._put_off(now)

    def _put_off(self, now: float) -> None:
        """Try again later, or when the kernel has finished what it does now."""
        self._patience.failed(now, occupied=self._reach.occupied)
        if self._patience.is_exhausted and not self._patience.failed_occupied:
            self._give_up(now)

    def _give_up(self, now: float) -> None:
        """Ask no more about comms that do not answer, so that others are asked about."""
        unanswered = self._states.give_up()
        if unanswered or self._is_check:
            self._comms.registry.rest(unanswered)
            self._wanted -= unanswered
            self._patience.renew(now)
