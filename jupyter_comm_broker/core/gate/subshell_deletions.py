"""
Deletes the subshells of pages that were closed, and lets pages delete theirs.

No comm may die of it. ipykernel 7.4 handles a comm in the subshell that last published on it, and
not at all once that is deleted (fact 3.9). So a widget is first asked for its state in another
lane. The answer is published there, and what follows is handled there.

JupyterLab deletes a subshell when it disposes of a comm's target, and messages that are still on
their way to it are lost. So a page's deletion waits for those too. When a page is loaded again, it
deletes none, and each load would leave threads in the kernel. What was started in a subshell, such
as a task of a callback, ends with it. So an abandoned one stays as long as the kernel publishes
something of it, and until there is a page that can take its widgets over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from jupyter_comm_broker.core.comms import Comms
from jupyter_comm_broker.core.kernel.inquiry import Inquiry
from jupyter_comm_broker.core.kernel.reach import Reach
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.core.requests.request import MAIN
from jupyter_comm_broker.core.requests.subshells import subshell_of
from jupyter_comm_broker.core.requests.work import Work
from jupyter_comm_broker.core.state.comm_record import CommRecord
from jupyter_comm_broker.core.timed import SOON
from jupyter_comm_broker.protocol.message import Message


@dataclass(frozen=True, slots=True)
class Held:
    """A page's deletion that waits."""

    subshell_id: str
    frontend: Frontend
    message: Message
    deadline: float


class SubshellDeletions:
    """
    Looks at each subshell that is to be deleted, until it can be.

    Args:
        comms: says on which comms the kernel last published in a subshell.
        work: knows the subshells and the requests under way.
        inquiry: asks the kernel.
        reach: says whether the kernel can be asked now.
        let_through: sends the kernel a page's deletion.
        limits: how long an abandoned subshell must be silent.
    """

    AT_ONCE = 100
    """How many widgets are asked without waiting."""
    HELD_SECONDS = 5.0
    """How long a page's deletion waits at most."""
    FIRST_PAUSE = 1.0
    LONGEST_PAUSE = 300.0
    """Seconds until the next look at an abandoned subshell that is still needed."""

    def __init__(
        self,
        comms: Comms,
        work: Work,
        inquiry: Inquiry,
        reach: Reach,
        let_through: Callable[[Frontend, Message, float], None],
        limits: Limits,
    ) -> None:
        self._comms = comms
        self._work = work
        self._inquiry = inquiry
        self._reach = reach
        self._let_through = let_through
        self._silence = limits.subshell_seconds
        self._held: list[Held] = []
        self._looks: dict[str, tuple[float, float]] = {}
        """The time of the next look by abandoned subshell, and the pause after it."""

    # -- a page's own ----------------------------------------------------------------------------

    def handled(self, frontend: Frontend, message: Message, now: float) -> bool:
        """
        Keep a page's deletion for a moment, if something would die of it.

        Args:
            frontend: the page.
            message: its request.
            now: the time.

        Returns:
            Whether the kernel need not be sent the request now.
        """
        if message.header.msg_type != "delete_subshell_request":
            return False
        subshell_id = subshell_of(message)
        if not subshell_id:
            return False
        if not self._is_needed(subshell_id):
            self._gone(subshell_id)
            return False
        self._held.append(Held(subshell_id, frontend, message, now + self.HELD_SECONDS))
        self._work.subshells.deleted(subshell_id)
        # A page that deletes one may be about to delete its others.
        heir = self._work.subshells.heir(besides=frontend.session_id)
        self._move(subshell_id, heir or MAIN, now)
        return True

    def _is_needed(self, subshell_id: str) -> bool:
        return bool(self._last_used(subshell_id)) or self._has_requests(subshell_id)

    def _is_over(self, held: Held, now: float) -> bool:
        return now >= held.deadline or not self._is_needed(held.subshell_id)

    def _gone(self, subshell_id: str) -> None:
        """Note that nothing can be asked in a subshell any more."""
        self._looks.pop(subshell_id, None)
        self._work.subshells.deleted(subshell_id)
        for record in self._last_used(subshell_id):
            record.mark_published(None)

    # -- time ------------------------------------------------------------------------------------

    def next_due(self) -> float | None:
        """Return when to look at the next subshell; ``None`` for never."""
        due = [self._due(each) for each in self._abandoned]
        due += [each.deadline if self._is_needed(each.subshell_id) else SOON for each in self._held]
        return min(due, default=None)

    @property
    def _abandoned(self) -> list[str]:
        return list(self._work.subshells.abandoned) if self._silence else []

    def _due(self, subshell_id: str) -> float:
        """Return when to look at an abandoned subshell."""
        subshell = self._work.subshells.abandoned[subshell_id]
        silent_since = max(subshell.heard_at, subshell.closed_at)
        next_look, _ = self._looks.get(subshell_id, (0.0, 0.0))
        return max(silent_since + self._silence, next_look)

    def tick(self, now: float) -> None:
        """Delete the subshells that nobody needs, and take the comms out of the others."""
        held, self._held = self._held, []
        for each in held:
            if self._is_over(each, now):
                self._gone(each.subshell_id)
                self._let_through(each.frontend, each.message, now)
            else:
                self._held.append(each)
        for subshell_id in self._abandoned:
            if self._due(subshell_id) <= now:
                self._look_at(subshell_id, now)

    def _look_at(self, subshell_id: str, now: float) -> None:
        _, pause = self._looks.get(subshell_id, (0.0, self.FIRST_PAUSE))
        self._looks[subshell_id] = now + pause, min(2 * pause, self.LONGEST_PAUSE)
        # The values must not be read while a cell changes them. And what a thread of the user
        # publishes is under the latest request (fact 3.6).
        wait = self._reach.is_cut or self._reach.occupied
        if wait or self._work.subshells.is_latest(subshell_id) or self._has_requests(subshell_id):
            return
        comms = self._last_used(subshell_id)
        if not comms:
            self._inquiry.delete_subshell(subshell_id, now)
            self._gone(subshell_id)
        elif (heir := self._work.subshells.heir()) and all(each.is_widget for each in comms):
            self._move(subshell_id, heir, now)

    # -- both ------------------------------------------------------------------------------------

    def _move(self, subshell_id: str, lane: str, now: float) -> None:
        """Take widgets out of a subshell. Its other comms cannot be asked."""
        widgets = {each.comm_id for each in self._last_used(subshell_id) if each.is_widget}
        self._inquiry.ask_for_some(widgets, self.AT_ONCE, now, lane=lane)

    def _last_used(self, subshell_id: str) -> list[CommRecord]:
        """Return the comms on which the kernel last published in a subshell."""
        return [each for each in self._comms.registry if each.lane == subshell_id]

    def _has_requests(self, subshell_id: str) -> bool:
        """Return whether something runs there, or is on its way there."""
        requests = self._work.requests.all()
        return self._work.execution.innermost(subshell_id) is not None or any(
            each.lane == subshell_id for each in requests
        )

    def forget(self, now: float) -> None:
        """Forget all subshells, because the kernel has a new process."""
        self._held.clear()
        self._looks.clear()
