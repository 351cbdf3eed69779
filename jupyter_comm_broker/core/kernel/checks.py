"""
Which states are compared with the kernel's, although no message put them in doubt.

Without the broker, the kernel is asked at each reload. So pages show what no message told: a list
that was changed in place, a computed value. The broker answers from the mirror and then checks the
answer. Three things ask for a check: a page that was restored, a value that only a page vouches
for, and changes made a while ago (:class:`SilentChanges`). One check serves all pages that came
back meanwhile.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from jupyter_comm_broker.core.comms import Comms
from jupyter_comm_broker.core.kernel.silent_changes import SilentChanges
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.pages.effects import Effects
from jupyter_comm_broker.core.state.comm_record import CommRecord
from jupyter_comm_broker.core.timed import SOON
from jupyter_comm_broker.protocol.widget import WIDGET_TARGET


class Checks:
    """
    What is due for a check, and when. :class:`Verification` asks the kernel.

    Args:
        comms: the kernel's comms.
        effects: collects the looks that are over.
        limits: how long checks are put off.
    """

    MOST_UNDER_WAY = 1_000
    """The most questions for which it is noted when the kernel began with them."""

    def __init__(self, comms: Comms, effects: Effects, limits: Limits) -> None:
        self._comms = comms
        self._effects = effects
        self._limits = limits
        self.silent_changes = SilentChanges(comms.mirror.watched, limits)
        self._restored: dict[str, None] = {}
        """The comms that pages were given from the mirror since the last check, in that order."""
        self._list_due = False
        """Whether pages were told which comms there are, so that the list is to be checked."""
        self._restored_due = math.inf
        """When these comms and the list are to be checked."""
        self._unconfirmed: dict[str, tuple[float, float]] = {}
        """When to ask about comms with a value that only a page vouches for: soonest, latest."""
        self._attempts: dict[str, int] = {}
        """By comm, how often an answer contradicted a newer message."""
        self._deaf: set[str] = set()
        """The comms that gave no answer. They are not asked again without need."""
        self._looks: list[int] = []
        """The looks that the next check is for."""
        self._looking: list[int] = []
        """The looks that the check under way is for."""
        self._latest_look = 0
        self._not_before = 0.0
        self._busy_since: dict[str, float] = {}
        """When the kernel began with each of our questions that it has not ended."""

    # -- what asks for a check -------------------------------------------------------------------

    def restored(self, comm_ids: Iterable[str], now: float) -> None:
        """Note that a page is given these comms from the mirror. The check comes after that."""
        self._want(comm_ids, now + self._limits.check_after)

    def put_off(self, comm_ids: Iterable[str]) -> None:
        """Note that these comms did not answer in time. The next check asks about them again."""
        self._want(comm_ids, SOON)

    def _want(self, comm_ids: Iterable[str], due: float) -> None:
        self._restored.update(dict.fromkeys(comm_ids))
        self._restored_due = min(self._restored_due, due)
        self._list_due = True

    def look(self, comm_ids: Iterable[str]) -> int:
        """Check these comms at once. Returns the number that :attr:`Effects.looked` will have."""
        self._want(comm_ids, SOON)
        self._latest_look += 1
        self._looks.append(self._latest_look)
        return self._latest_look

    def unconfirmed(self, now: float) -> None:
        """Take over the comms with a page's value that the kernel has not confirmed."""
        if not self._comms.mirror.has_unconfirmed:
            return
        for comm_id in self._comms.mirror.take_unconfirmed():
            soonest = now + self._limits.confirm_after
            latest = now + self._limits.confirm_within
            if (waiting := self._unconfirmed.get(comm_id)) is not None:
                latest = waiting[1]
            self._unconfirmed[comm_id] = (min(soonest, latest), latest)

    def again(self, record: CommRecord, now: float) -> None:
        """Ask once more, because an answer contradicts a message that came meanwhile."""
        attempts = self._attempts[record.comm_id] = self._attempts.get(record.comm_id, 0) + 1
        at = now + min(30.0, self._limits.confirm_after * 2**attempts)
        self._unconfirmed[record.comm_id] = (at, at)

    @property
    def wanted(self) -> bool:
        """Whether there is anything to check, now or later."""
        return bool(
            self._restored
            or self._list_due
            or self._unconfirmed
            or self._looking
            or self.silent_changes.next_due() is not None
        )

    # -- what is due -----------------------------------------------------------------------------

    def next_due(self) -> float | None:
        """Return when a check is worth it, if the kernel can answer then; ``None`` for never."""
        if self._looking:
            return SOON
        due = [soonest for soonest, _ in self._unconfirmed.values()]
        due += filter(None, [self.silent_changes.next_due()])
        unasked = max(min(due), self._not_before) if due else math.inf
        soonest = min(self._restored_due, unasked)
        return None if soonest == math.inf else soonest

    def take_due(self, now: float) -> tuple[list[str], bool]:
        """Return the comms to ask about now, and whether to ask first which comms there are."""
        due = self.next_due()
        if due is None or now < due:
            return [], False
        comm_ids, self._restored = self._restored, {}
        list_due, self._list_due = self._list_due, False
        self._restored_due = math.inf
        self._looking += self._looks
        self._looks = []
        if now >= self._not_before:
            for comm_id, (soonest, _) in list(self._unconfirmed.items()):
                if now >= soonest:
                    comm_ids[comm_id] = None
            comm_ids.update(dict.fromkeys(self.silent_changes.take_due(now)))
        for comm_id in self._unconfirmed.keys() & comm_ids:
            del self._unconfirmed[comm_id]
        found = map(self._comms.registry.get, comm_ids)
        return [
            each.comm_id
            for each in found
            if each is not None
            and each.state is not None
            and each.taken
            and each.target_name == WIDGET_TARGET
            and each.comm_id not in self._deaf
        ], list_due

    def over(self) -> None:
        """End the check that was taken last, and the looks that it was for."""
        self._effects.looked += self._looking
        self._looking = []
        # Nothing is kept of closed comms. Their ids are never used again.
        registry = self._comms.registry
        self._deaf = {each for each in self._deaf if each in registry}
        self._attempts = {k: v for k, v in self._attempts.items() if k in registry}

    # -- how it went -----------------------------------------------------------------------------

    def answered(self, record: CommRecord) -> None:
        """Note that the kernel gave a comm's state, and that nothing contradicts it."""
        self._attempts.pop(record.comm_id, None)
        self._deaf.discard(record.comm_id)

    def unanswered(self, comm_ids: Iterable[str]) -> None:
        """Note that the kernel handled our questions and gave no answer."""
        self._deaf.update(comm_ids)

    def drop(self, comm_ids: Iterable[str]) -> None:
        """Do not check these comms."""
        for comm_id in comm_ids:
            self._restored.pop(comm_id, None)

    def began(self, msg_id: str, now: float) -> None:
        """Note that the kernel began with a question of ours."""
        if len(self._busy_since) >= self.MOST_UNDER_WAY:
            # A kernel works on one question at a time, so the idles of these were lost.
            self._busy_since.clear()
        self._busy_since[msg_id] = now

    def ended(self, msg_id: str, now: float) -> None:
        """
        Note that the kernel is done with a question of ours.

        A question that took the kernel long is asked seldom. Checks that no page waits for take at
        most a twentieth of its time.
        """
        since = self._busy_since.pop(msg_id, None)
        if since is not None:
            rest = min(self._limits.check_rest_most, (now - since) * self._limits.check_rest)
            self._not_before = max(self._not_before, now) + rest

    def forget(self) -> None:
        """Forget everything, because the kernel has a new process."""
        self._looking += self._looks
        self._looks = []
        self.over()
        self.silent_changes.forget()
        self._restored.clear()
        self._restored_due, self._list_due = math.inf, False
        self._unconfirmed.clear()
        self._attempts.clear()
        self._deaf.clear()
        self._busy_since.clear()
        self._not_before = 0.0
