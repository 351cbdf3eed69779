"""
Deletes the subshells of pages that were closed.

A page deletes none when it is loaded again, so each load would leave threads in the kernel. But
ipykernel 7.4 handles a comm in the subshell that last published on it, and not at all once that is
deleted (fact 3.9). So a widget is first asked for its state in the subshell of a page that is
there. The answer is published there, and so is what follows. What was started in a subshell, such
as a task of a callback, ends with it. So a subshell stays as long as the kernel publishes something
of it.
"""

from __future__ import annotations

from jupyter_comm_broker.core.comms import Comms
from jupyter_comm_broker.core.kernel.inquiry import Inquiry
from jupyter_comm_broker.core.kernel.reach import Reach
from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.requests.work import Work
from jupyter_comm_broker.core.state.comm_record import CommRecord


class AbandonedSubshells:
    """
    Looks at each abandoned subshell, ever less often, until it can be deleted.

    Args:
        ledger: counts.
        comms: says on which comms the kernel last published in a subshell.
        work: knows the subshells and the requests under way.
        inquiry: asks the kernel.
        reach: says whether the kernel can be asked now.
        limits: how long a subshell must be silent.
    """

    AT_ONCE = 100
    """How many widgets are asked without waiting."""
    FIRST_PAUSE = 1.0
    LONGEST_PAUSE = 300.0
    """Seconds until the next look at a subshell that is still needed."""

    def __init__(
        self,
        ledger: Ledger,
        comms: Comms,
        work: Work,
        inquiry: Inquiry,
        reach: Reach,
        limits: Limits,
    ) -> None:
        self._ledger = ledger
        self._comms = comms
        self._work = work
        self._inquiry = inquiry
        self._reach = reach
        self._silence = limits.subshell_seconds
        self._looks: dict[str, tuple[float, float]] = {}
        """The time of the next look by subshell, and the pause after it."""

    def next_due(self) -> float | None:
        """Return when to look at the next subshell; ``None`` for never."""
        if not self._silence or not (abandoned := self._work.subshells.abandoned):
            return None
        return min(self._due(each) for each in abandoned)

    def _due(self, subshell_id: str) -> float:
        """Return when to look at an abandoned subshell."""
        subshell = self._work.subshells.abandoned[subshell_id]
        silent_since = max(subshell.heard_at, subshell.closed_at)
        next_look, _ = self._looks.get(subshell_id, (0.0, 0.0))
        return max(silent_since + self._silence, next_look)

    def tick(self, now: float) -> None:
        """Delete the subshells that nobody needs, and take the comms out of the others."""
        for subshell_id in list(self._work.subshells.abandoned):
            if self._due(subshell_id) <= now:
                self._look_at(subshell_id, now)

    def _look_at(self, subshell_id: str, now: float) -> None:
        _, pause = self._looks.get(subshell_id, (0.0, self.FIRST_PAUSE))
        self._looks[subshell_id] = now + pause, min(2 * pause, self.LONGEST_PAUSE)
        if self._is_used(subshell_id):
            return
        comms = self._last_used(subshell_id)
        if not comms:
            self._delete(subshell_id, now)
        elif (heir := self._work.subshells.heir) and all(each.is_widget for each in comms):
            comm_ids = {each.comm_id for each in comms}
            self._inquiry.ask_for_some(comm_ids, self.AT_ONCE, now, lane=heir)

    def _last_used(self, subshell_id: str) -> list[CommRecord]:
        """Return the comms on which the kernel last published in a subshell."""
        return [each for each in self._comms.registry if each.lane == subshell_id]

    def _is_used(self, subshell_id: str) -> bool:
        work = self._work
        return (
            self._reach.is_cut
            # The values would be read while a cell changes them.
            or self._reach.occupied
            or work.subshells.is_latest(subshell_id)
            or work.execution.innermost(subshell_id) is not None
            or any(each.lane == subshell_id for each in work.requests.all())
        )

    def _delete(self, subshell_id: str, now: float) -> None:
        self._inquiry.delete_subshell(subshell_id, now)
        self._ledger.counters["deleted_subshells"] += 1
        self._looks.pop(subshell_id, None)
        self._work.subshells.deleted(subshell_id)

    def page_deletes(self, subshell_id: object) -> None:
        """Note that a page deletes a subshell. Nothing can be asked in it any more."""
        self._looks.pop(str(subshell_id), None)
        self._work.subshells.deleted(subshell_id)
        for record in self._last_used(str(subshell_id)):
            record.mark_published(None)

    def forget(self, now: float) -> None:
        """Forget all subshells, because the kernel has a new process."""
        self._looks.clear()
