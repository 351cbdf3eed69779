"""
What happened on one kernel, for those who only watch: events, recordings, programs.

The path of a message does not depend on anybody listening. The life of comms, pages and
processes is always noted; single messages and changes of state only while somebody wants
them, because there can be thousands of them a second.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from jupyter_comm_broker.core.state.comm_record import CommRecord, Side
from jupyter_comm_broker.protocol.message import Message

EndState = Literal["restarted", "stopped", "dead", "gone"]
"""
What a process's end means for its kernel.

*restarted*: another process takes its place. *stopped*: it said farewell, and what follows is
not known yet. *dead*: no other takes its place by itself. *gone*: so is the kernel.
"""


@dataclass(frozen=True, slots=True)
class CommOpened:
    """A comm is known from now on."""

    record: CommRecord


@dataclass(frozen=True, slots=True)
class MessagePassed:
    """A ``comm_open``, ``comm_msg`` or ``comm_close`` went through."""

    record: CommRecord
    side: Side
    """Who sent it."""
    session_id: str
    """The page or program that sent it; empty for the kernel."""
    message: Message


@dataclass(frozen=True, slots=True)
class StateChanged:
    """A mirrored state is another one now."""

    record: CommRecord
    keys: frozenset[str] | None
    """The attributes that changed; ``None`` for all of them."""


@dataclass(frozen=True, slots=True)
class CommClosed:
    """A comm is gone."""

    record: CommRecord
    by: Side
    reason: str


@dataclass(frozen=True, slots=True)
class FrontendAttached:
    """A page has a socket."""

    session_id: str


@dataclass(frozen=True, slots=True)
class FrontendDetached:
    """A page's socket is gone."""

    session_id: str


@dataclass(frozen=True, slots=True)
class ProcessEnded:
    """The kernel's process ended, and its comms with it; they are told of one by one before."""

    reason: str
    state: EndState = "restarted"


Happening = (
    CommOpened
    | MessagePassed
    | StateChanged
    | CommClosed
    | FrontendAttached
    | FrontendDetached
    | ProcessEnded
)


class Happenings:
    """Notes in order what happens until it is taken."""

    def __init__(self) -> None:
        self._noted: list[Happening] = []
        self._wanted = 0

    @property
    def traffic(self) -> bool:
        """Whether single messages and changes of state are wanted."""
        return self._wanted > 0

    def want_traffic(self) -> None:
        """Note messages and changes of state until :meth:`release_traffic`, called as often."""
        self._wanted += 1

    def release_traffic(self) -> None:
        """Undo one :meth:`want_traffic`."""
        if not self._wanted:
            raise RuntimeError("traffic was released more often than it was wanted")
        self._wanted -= 1

    def note(self, happening: Happening) -> None:
        """Note the life of something."""
        self._noted.append(happening)

    def passed(self, record: CommRecord, side: Side, session_id: str, message: Message) -> None:
        """Note a message, if those are wanted."""
        if self._wanted:
            self._noted.append(MessagePassed(record, side, session_id, message))

    def changed(self, record: CommRecord, keys: Iterable[str] | None) -> None:
        """Note a change of state, if those are wanted; all of it without ``keys``."""
        if self._wanted:
            named = None if keys is None else frozenset(keys)
            self._noted.append(StateChanged(record, named))

    def take(self) -> list[Happening]:
        """Hand over what was noted since the last call."""
        taken, self._noted = self._noted, []
        return taken
