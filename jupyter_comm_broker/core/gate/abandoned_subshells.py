"""
Deletes the subshells of pages that were closed.

When a page is loaded again, it deletes none, and each load would leave threads in the kernel. What
was started in a subshell, such as a task of a callback, ends with it. So an abandoned one stays as
long as the kernel publishes something of it, and until there is a page that can take its widgets
over.
"""

from __future__ import annotations

from jupyter_comm_broker.core.gate.subshell_use import SubshellUse
from jupyter_comm_broker.core.kernel.inquiry import Inquiry
from jupyter_comm_broker.core.kernel.reach import Reach
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.requests.subshells import Subshells


class AbandonedSubshells:
    """
    Looks at each abandoned subshell until it can be deleted.

    Args:
        use: says what a subshell is needed for.
        subshells: those of all pages.
        inquiry: asks the kernel to delete one.
        reach: says whether the kernel can be asked now.
        limits: how long an abandoned subshell must be silent.
    """

    AT_ONCE = 100
    """How many widgets are asked without waiting."""
    FIRST_PAUSE = 1.0
    LONGEST_PAUSE = 300.0
    """Seconds until the next look at one that is still needed."""

    def __init__(
        self,
        use: SubshellUse,
        subshells: Subshells,
        inquiry: Inquiry,
        reach: Reach,
        limits: Limits,
    ) -> None:
        self._use = use
        self._subshells = subshells
        self._inquiry = inquiry
        self._reach = reach
        self._silence = limits.subshell_seconds
        self._looks: dict[str, tuple[float, float]] = {}
        """The time of the next look by subshell, and the pause after it."""

    @property
    def _abandoned(self) -> list[str]:
        return list(self._subshells.abandoned) if self._silence else []

    def _due(self, subshell_id: str) -> float:
        subshell = self._subshells.abandoned[subshell_id]
        silent_since = max(subshell.heard_at, subshell.closed_at)
        next_look, _ = self._looks.get(subshell_id, (0.0, 0.0))
        return max(silent_since + self._silence, next_look)

    def next_due(self) -> float | None:
        """Return when to look at the next one; ``None`` for never."""
        return min(map(self._due, self._abandoned), default=None)

    def tick(self, now: float) -> None:
        """Delete those that nobody needs, and take the widgets out of the others."""
        abandoned = self._abandoned
        for gone in self._looks.keys() - set(abandoned):
            del self._looks[gone]
        for subshell_id in abandoned:
            if self._due(subshell_id) <= now:
                self._look_at(subshell_id, now)

    def _look_at(self, subshell_id: str, now: float) -> None:
        _, pause = self._looks.get(subshell_id, (0.0, self.FIRST_PAUSE))
        self._looks[subshell_id] = now + pause, min(2 * pause, self.LONGEST_PAUSE)
        # The values must not be read while a cell changes them. And what a thread of the user
        # publishes is under the latest request (fact 3.6).
        wait = self._reach.is_cut or self._reach.occupied
        if wait or self._subshells.is_latest(subshell_id) or self._use.has_requests(subshell_id):
            return
        comms = self._use.comms_of(subshell_id)
        if not comms:
            self._inquiry.delete_subshell(subshell_id, now)
            self._use.end(subshell_id)
        elif (heir := self._subshells.heir()) and all(each.is_widget for each in comms):
            widgets = self._use.widgets_of(subshell_id)
            self._use.move(widgets, self.AT_ONCE, heir, now)

    def forget(self, now: float) -> None:
        """Forget when each was looked at, because the kernel has a new process."""
        self._looks.clear()
