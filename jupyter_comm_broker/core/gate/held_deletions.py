"""
A page that deletes a subshell of its own, and what would die of it.

JupyterLab deletes a subshell when it disposes of a comm's target. Messages that are still on their
way to it are lost then, and so are the widgets that were last moved in it. So the request waits
until both are elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from jupyter_comm_broker.core.gate.subshell_use import SubshellUse
from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.core.requests.request import MAIN
from jupyter_comm_broker.core.requests.subshells import Subshells, subshell_of
from jupyter_comm_broker.core.timed import SOON
from jupyter_comm_broker.protocol.message import Message


@dataclass(frozen=True, slots=True)
class Held:
    """A page's deletion that waits."""

    subshell_id: str
    frontend: Frontend
    message: Message
    deadline: float
    moved: set[str] = field(default_factory=set)
    """The widgets that were asked elsewhere."""


class HeldDeletions:
    """
    Keeps each deletion for a moment, if its subshell is still needed.

    Args:
        use: says what a subshell is needed for.
        subshells: those of all pages.
        let_through: sends the kernel the deletion.
    """

    SECONDS = 5.0
    """How long a deletion waits at most."""

    def __init__(
        self,
        use: SubshellUse,
        subshells: Subshells,
        let_through: Callable[[Frontend, Message, float], None],
    ) -> None:
        self._use = use
        self._subshells = subshells
        self._let_through = let_through
        self._held: list[Held] = []

    def handled(self, frontend: Frontend, message: Message, now: float) -> bool:
        """
        Keep a page's deletion, if something would die of it.

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
        if not self._use.is_needed(subshell_id):
            self._use.end(subshell_id)
            return False
        held = Held(subshell_id, frontend, message, now + self.SECONDS)
        self._held.append(held)
        self._subshells.deleted(subshell_id)
        self._move_widgets(held, now)
        return True

    def _move_widgets(self, held: Held, now: float) -> None:
        widgets = self._to_move(held)
        held.moved.update(widgets)
        # A page that deletes one may be about to delete its others.
        heir = self._subshells.heir(besides=held.frontend.session_id) or MAIN
        self._use.move(widgets, len(widgets), heir, now)

    def _to_move(self, held: Held) -> set[str]:
        """Return the widgets that nobody asked since they came there. Those that left are noted."""
        there = self._use.widgets_of(held.subshell_id)
        # One that left may come back: the kernel may answer an earlier question there.
        held.moved.intersection_update(there)
        return there - held.moved

    def next_due(self) -> float | None:
        """Return when to look at the deletions again; ``None`` if there is none."""
        return min(map(self._due, self._held), default=None)

    def _due(self, held: Held) -> float:
        if self._to_move(held) or not self._use.is_needed(held.subshell_id):
            return SOON
        return held.deadline

    def tick(self, now: float) -> None:
        """Let those through whose subshell is not needed any more, and those that waited long."""
        held, self._held = self._held, []
        for each in held:
            if now < each.deadline and self._use.is_needed(each.subshell_id):
                self._held.append(each)
                self._move_widgets(each, now)
            else:
                self._use.end(each.subshell_id)
                self._let_through(each.frontend, each.message, now)

    def forget(self, now: float) -> None:
        """Forget them, because the kernel has a new process."""
        self._held.clear()
