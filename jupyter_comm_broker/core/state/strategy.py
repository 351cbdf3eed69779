"""
Restore strategies: what a page that comes back is given of comms that are no widgets.

Only a target's authors know what its messages mean. So by default the broker knows no more of such
a comm than that it is open. A package that knows more brings a strategy for its target name, in the
entry point group ``jupyter_comm_broker.strategies``. The name of the entry point is the target
name. Its value makes the strategy, as a class does::

    [project.entry-points."jupyter_comm_broker.strategies"]
    "my.target" = "my_package.restoring:LastValue"

A strategy is a pure reducer. It is told each message of a comm, and answers what is to be kept.
This is what a page that comes back is given: a ``comm_open`` first, then other messages. The
strategy itself keeps nothing and does no I/O, because it runs in the path of the messages.
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
    """What one message of a comm carries. :meth:`of` makes one from Python values."""

    text: bytes = b"{}"
    """The JSON of its data."""
    metadata_text: bytes = b"{}"
    """The JSON of its metadata."""
    buffers: tuple[Part, ...] = ()
    """Its binary buffers."""

    @classmethod
    def of(cls, data: Any, metadata: Any = None, buffers: Sequence[Part] = ()) -> Payload:
        """
        Return a payload with this data.

        Args:
            data: the data, which must be JSON.
            metadata: the metadata; ``None`` for none.
            buffers: the binary buffers.

        Raises:
            MalformedMessageError: the data is nested too deeply to be written.
        """
        return cls(dumps(data), dumps(metadata or {}), tuple(buffers))

    @classmethod
    def carried_by(cls, message: Message) -> Payload:
        """Return the payload of a comm message."""
        return cls(bytes(message.comm.data), bytes(message.parts[2]), tuple(message.buffers))

    @property
    def data(self) -> Any:
        """Its data. It is decoded anew each time, so use ``text`` where that is enough."""
        return loads(self.text)

    @property
    def metadata(self) -> Any:
        """Its metadata. It is decoded anew each time."""
        return loads(self.metadata_text)

    @property
    def size(self) -> int:
        """Its bytes."""
        return len(self.text) + len(self.metadata_text) + sum(map(len, self.buffers))


Kept = tuple[Payload, ...]
"""What a page that comes back is given: the payload of ``comm_open``, then of each ``comm_msg``."""


class Strategy(Protocol):
    """
    Decides what is kept of the comms that the kernel opens to one target.

    What is kept is bounded, by ``CommBroker.comm_state_bytes`` for one comm and by
    ``CommBroker.kernel_state_bytes`` for all comms of a kernel. A comm that goes above a limit is
    only tracked from then on.

    The same happens if a method raises an error, or returns what it may not return. Then the fault
    is counted and logged, and the message passes unchanged.

    There is no method for a comm's end. What is kept of a comm ends with it.
    """

    def opened(self, opening: Payload) -> Kept | None:
        """
        Return what is kept of a comm that the kernel has just opened.

        Return ``(opening,)`` to have the comm opened at a page that comes back, as the kernel
        opened it. Return ``None`` to give the page nothing.
        """

    def passed(self, kept: Kept, by: Side, message: Payload) -> Kept | None:
        """
        Return what is kept after another message.

        Args:
            kept: what was kept so far. Do not change it; return another tuple.
            by: who sent the message, ``Side.KERNEL`` or ``Side.FRONTEND``. The kernel has not
                handled a frontend's message yet, and may not accept it.
            message: the payload of the ``comm_msg``.

        Returns:
            What is kept from now on; ``None`` to give a page nothing.
        """
