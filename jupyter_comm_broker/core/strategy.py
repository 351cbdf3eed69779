"""
Restore strategies: what a page that comes back is given of comms that are no widgets.

Nothing is known of what messages to other targets mean, so by default the broker only knows
that such a comm lives. A package that knows better brings a strategy for its target name, in
the entry point group ``jupyter_comm_broker.strategies``; the name of the entry point is the
target name, its value is what makes the strategy, as a class::

    [project.entry-points."jupyter_comm_broker.strategies"]
    "my.target" = "my_package.restoring:LastValue"

A strategy is a pure reducer. It is told of each message of a comm and answers what is to be
kept: the messages that a page which comes back is given, a ``comm_open`` first. It keeps nothing
itself, and does no I/O: it runs in the path of the messages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from jupyter_comm_broker.core.state.comm_record import Side
from jupyter_comm_broker.protocol.json_text import dumps, loads
from jupyter_comm_broker.protocol.message import Message, Part

__all__ = ["GROUP", "Kept", "Payload", "Side", "Strategy"]

GROUP = "jupyter_comm_broker.strategies"
"""The entry point group."""


@dataclass(frozen=True, slots=True)
class Payload:
    """What one message of a comm carries. :meth:`of` makes one from values."""

    text: bytes = b"{}"
    """The JSON of its data."""
    metadata_text: bytes = b"{}"
    """The JSON of its metadata."""
    buffers: tuple[Part, ...] = ()
    """Its binary tail."""

    @classmethod
    def of(cls, data: Any, metadata: Any = None, buffers: Sequence[Part] = ()) -> Payload:
        """Return the payload that has this data, which must be JSON."""
        return cls(dumps(data), dumps(metadata or {}), tuple(buffers))

    @classmethod
    def carried_by(cls, message: Message) -> Payload:
        """Return the payload of a comm message."""
        return cls(bytes(message.comm.data), bytes(message.parts[2]), tuple(message.buffers))

    @property
    def data(self) -> Any:
        """Its data, decoded anew each time: look at ``text`` where that is enough."""
        return loads(self.text)

    @property
    def metadata(self) -> Any:
        """Its metadata, decoded anew each time."""
        return loads(self.metadata_text)

    @property
    def size(self) -> int:
        """Its bytes."""
        return len(self.text) + len(self.metadata_text) + sum(map(len, self.buffers))


Kept = tuple[Payload, ...]
"""What a page that comes back is given: a ``comm_open``'s payload, then those of ``comm_msg``."""


class Strategy(Protocol):
    """
    Decides for the comms that the kernel opens to one target.

    What is kept is bounded: past ``CommBroker.comm_state_bytes`` for one comm, or
    ``CommBroker.kernel_state_bytes`` for all of a kernel, a comm is only tracked from then on. So
    it is, too, if one of these methods raises or answers something else than they may: that is
    counted, the log says so, and the message passes as it is.

    There is no method for the end: what is kept of a comm ends with it.
    """

    def opened(self, opening: Payload) -> Kept | None:
        """
        Return what is kept of a comm that the kernel has just opened.

        ``(opening,)`` lets the comm be opened at a page that comes back as the kernel opened it;
        ``None`` says that there is nothing to give.
        """

    def passed(self, kept: Kept, by: Side, message: Payload) -> Kept | None:
        """
        Return what is kept after another message.

        Args:
            kept: what was kept so far. It is not to be changed: return another tuple.
            by: whose message it is, ``Side.KERNEL`` or ``Side.FRONTEND``. The kernel has not
                worked on a frontend's message yet, and may not take it.
            message: the ``comm_msg``'s payload.
        """
