"""
What happened on one kernel, for those who only watch: events, recordings, programs.

A message takes the same way whether anybody watches or not. The lives of comms, pages and processes
are always noted. Single messages and changes of state are noted only while somebody wants them,
because there can be thousands of them a second.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from jupyter_comm_broker.core.state.comm_record import CommRecord, Side
from jupyter_comm_broker.core.state.known_comm import KnownComm
from jupyter_comm_broker.protocol.message import Message

EndState = Literal["restarted", "stopped", "dead", "gone"]
"""
What the end of a process means for its kernel.

*restarted*: another process takes its place. *stopped*: it said farewell, and it is not known yet
what follows. *dead*: no other process takes its place by itself. *gone*: the kernel is gone as
well.
"""


@dataclass(frozen=True, slots=True)
class CommOpened:
    """A comm is known from now on."""

    record: KnownComm


@dataclass(frozen=True, slots=True)
class MessagePassed:
    """A ``comm_open``, ``comm_msg`` or ``comm_close`` passed."""

    record: KnownComm
    side: Side
    """Who sent it."""
    session_id: str
    """The page or program that sent it; empty for the kernel."""
    message: Message


@dataclass(frozen=True, slots=True)
class StateChanged:
    """A mirrored state changed."""

    record: KnownComm
    keys: frozenset[str] | None
    """The attributes that changed; ``None`` for all of them."""


@dataclass(frozen=True, slots=True)
class CommClosed:
    """A comm is gone."""

    record: KnownComm
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
    """The kernel's process ended, and all its comms with it. Their ends are noted before this."""

    reason: str
    state: EndState = "restarted"


@dataclass(frozen=True, slots=True)
class RunSent:
    """A request to run a cell is on its way to the kernel."""

    msg_id: str
    header: bytes
    """The request's header, as JSON."""
    session_id: str
    """The page or program that sent it."""


@dataclass(frozen=True, slots=True)
class RunEnded:
    """A cell is over."""

    msg_id: str
    reply: Message | None
    """The kernel's reply; ``None`` if it is lost."""


KernelChange = (
    CommOpened
    | MessagePassed
    | StateChanged
    | CommClosed
    | FrontendAttached
    | FrontendDetached
    | ProcessEnded
    | RunSent
    | RunEnded
)


class Changes:
    """Notes in order what happens, until it is taken."""

    def __init__(self) -> None:
        self._noted: list[KernelChange] = []
        self._wanted = 0

    @property
    def traffic(self) -> bool:
        """Whether single messages and changes of state are wanted."""
        return self._wanted > 0

    def want_traffic(self) -> None:
        """Note messages and changes of state, until :meth:`release_traffic` is called as often."""
        self._wanted += 1

    def release_traffic(self) -> None:
        """
        Undo one :meth:`want_traffic`.

        Raises:
            RuntimeError: nobody wants them any more.
        """
        if not self._wanted:
            raise RuntimeError("traffic was released more often than it was wanted")
        self._wanted -= 1

    def note(self, change: KernelChange) -> None:
        """Note a change that is always noted."""
        self._noted.append(change)

    def passed(self, record: CommRecord, side: Side, session_id: str, message: Message) -> None:
        """
        Note that a message passed, if messages are wanted.

        Args:
            record: the comm.
            side: who sent it.
            session_id: the page or program that sent it; empty for the kernel.
            message: the message.
        """
        if self._wanted:
            self._noted.append(MessagePassed(record, side, session_id, message))

    def changed(self, record: CommRecord, keys: Iterable[str] | None) -> None:
        """Note that attributes changed, if that is wanted. Without ``keys`` all of them did."""
        if self._wanted:
            named = None if keys is None else frozenset(keys)
            self._noted.append(StateChanged(record, named))

    def take(self) -> list[KernelChange]:
        """Hand over what was noted since the last call."""
        taken, self._noted = self._noted, []
        return taken
