"""What Comm and CommManager need of whatever leads to a kernel, and what they are told by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from jupyter_comm_broker.protocol.message import Message, Part

Fields = Mapping[str, Any]
"""A JSON object."""


class CommListener(Protocol):
    """Is told by a port what becomes of the comms of its kernel."""

    def comm_found(self, comm_id: str, target_name: str) -> None:
        """A comm lives, whoever opened it; told again where more is known of it."""

    def comm_said(self, message: Message) -> None:
        """The kernel sent a ``comm_open`` or ``comm_msg``."""

    def comm_ended(self, comm_id: str, by: str, reason: str, message: Message) -> None:
        """A comm is closed. The message is the ``comm_close``, or what stands for it."""

    def kernel_gone(self, reason: str) -> None:
        """Nothing more will come."""

    @property
    def waiting(self) -> int:
        """How many messages wait for callbacks, so that a port can stop bringing more."""


class CommPort(Protocol):
    """A way to one kernel."""

    kernel_id: str

    def listen(self, listener: CommListener) -> None:
        """Begin to tell of comms, of those first that live already."""

    def send(
        self, msg_type: str, content: Fields, metadata: Fields | None, buffers: Sequence[Part]
    ) -> None:
        """
        Send a comm message; from any thread.

        Raises:
            CommBrokerError: it cannot be sent.
        """

    def want_messages(self) -> None:
        """Tell of single messages from now on."""

    def adopt(self, target_name: str) -> None:
        """Be the frontend of comms that the kernel opens to this target."""

    def release(self, target_name: str) -> None:
        """Undo :meth:`adopt`."""

    def callback_failed(self, comm_id: str) -> None:
        """Note that a callback raised, where others can see it."""

    def close(self) -> None:
        """Tell and send no more; safe twice."""
