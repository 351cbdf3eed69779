"""The port between a CommManager and its kernel: what it does, and what it tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from jupyter_comm_broker.protocol.message import Message, Part

Fields = Mapping[str, Any]
"""A JSON object."""


class CommListener(Protocol):
    """A port tells it what happens to the comms of its kernel."""

    def comm_found(self, comm_id: str, target_name: str) -> None:
        """A comm is open, whoever opened it. Told again when more is known about it."""

    def comm_said(self, message: Message) -> None:
        """The kernel sent a ``comm_open`` or ``comm_msg``."""

    def comm_ended(self, comm_id: str, by: str, reason: str, message: Message) -> None:
        """
        A comm is closed.

        Args:
            comm_id: the comm.
            by: the side that closed it.
            reason: why it was closed.
            message: the ``comm_close``, or a message in its place.
        """

    def kernel_gone(self, reason: str) -> None:
        """The kernel is gone. Nothing more will be told."""

    @property
    def waiting(self) -> int:
        """How many messages wait for callbacks, so that a port can stop reading more."""


class CommPort(Protocol):
    """A connection to one kernel."""

    kernel_id: str

    def listen(self, listener: CommListener) -> None:
        """Begin to tell ``listener`` what happens to comms. It is told of the open comms first."""

    def send(
        self, msg_type: str, content: Fields, metadata: Fields | None, buffers: Sequence[Part]
    ) -> None:
        """
        Send a comm message. May be called from any thread.

        Args:
            msg_type: ``comm_open``, ``comm_msg`` or ``comm_close``.
            content: its content.
            metadata: its metadata.
            buffers: its buffers.

        Raises:
            CommBrokerError: the message cannot be sent.
        """

    def want_messages(self) -> None:
        """Tell the listener of single messages from now on."""

    def adopt(self, target_name: str) -> None:
        """Be the frontend of the comms that the kernel opens to this target."""

    def release(self, target_name: str) -> None:
        """Undo :meth:`adopt`."""

    def callback_failed(self, comm_id: str) -> None:
        """Note that a callback raised, where others can see it."""

    def close(self) -> None:
        """Tell and send nothing more. May be called twice."""
