"""A kernel's four ZeroMQ sockets: the link to a kernel that this server can reach itself."""

from __future__ import annotations

import errno
import time
import uuid
from contextlib import nullcontext
from typing import Any

from jupyter_comm_broker.errors import LinkNotOpenedError, MalformedMessageError
from jupyter_comm_broker.protocol.message import CHANNELS, Message, Part
from jupyter_comm_broker.protocol.multipart import Signer, cut
from jupyter_comm_broker.transport.kernel.kernel_address import KernelAddress
from jupyter_comm_broker.transport.kernel.kernel_link import LinkListener
from jupyter_comm_broker.transport.kernel.kernel_sockets import (
    bare_socket,
    none_left,
    when_connected,
    with_receive_limit,
    with_send_limit,
)
from jupyter_comm_broker.transport.kernel.pace import FLOOD_PAUSE, STREAM_PAUSE
from jupyter_comm_broker.transport.kernel.rush import KERNEL_KEEPS, Rush
from jupyter_comm_broker.transport.kernel.stdin_gate import StdinGate
from jupyter_comm_broker.transport.kernel.zmq_channel import ZmqChannel, always

ADVICE = {
    errno.EMFILE: "too many files or sockets are open in the server; raise its limit of open "
    "files (ulimit -n), or stop kernels",
    errno.ENFILE: "too many files are open on the machine",
    errno.EINVAL: "its address is not valid; look into its connection file",
    errno.ENODEV: "its address is on no network of this machine; look into its connection file",
    errno.EPROTONOSUPPORT: "ZeroMQ does not support its transport here; look into its "
    "connection file",
}
"""What an operator can do about a system error."""


class ZmqKernelLink:
    """
    The four ZeroMQ sockets of one kernel.

    Args:
        kernel_manager: knows the kernel's address, and connects the sockets.
        listener: is told what comes over the link.
        receive_limit: the most messages of iopub that wait unread; 0 for no limit.
    """

    transport = "zmq"
    opens_later = is_opening = is_gone = False
    why = ""

    def __init__(
        self,
        kernel_manager: Any,
        listener: LinkListener,
        receive_limit: int = 0,
    ) -> None:
        self._kernel_manager = kernel_manager
        self._listener = listener
        self._receive_limit = receive_limit
        self._channels: dict[str, ZmqChannel] = {}
        self._signer = Signer(b"")
        self._address: KernelAddress | None = None
        self._opening: object = None

    def open(self) -> None:
        """
        Connect all four channels, or none.

        shell and stdin share one identity, because a kernel asks the sender of a request for
        input. The identity is new each time, because kernels other than ipykernel ignore a
        second connection with an identity that they know.
        """
        self.close()
        address = KernelAddress.of(self._kernel_manager)
        identity = uuid.uuid4().hex.encode()
        opening = self._opening = object()
        try:
            self._signer = Signer(address.key, address.signature_scheme)
            for name in CHANNELS:
                self._channels[name] = self._connected(name, identity)
                if self._opening is not opening:
                    raise ConnectionAbortedError("it was closed while it was opened")
        except Exception as error:
            self.close()
            raise LinkNotOpenedError(self._kernel_manager.kernel_id, _said(error)) from error
        except BaseException:
            self.close()
            raise
        self._address = address

    def _connected(self, name: str, identity: bytes) -> ZmqChannel:
        manager, is_iopub = self._kernel_manager, name == "iopub"
        context = manager.context
        limited = (
            with_receive_limit(context, self._receive_limit)
            if is_iopub
            else with_send_limit(context)
        )
        connected_only = when_connected(context) if name == "stdin" else nullcontext()
        with limited, connected_only, none_left(context, identity):
            connected = getattr(manager, f"connect_{name}")(identity=identity)
            return ZmqChannel(
                name,
                bare_socket(connected),
                self._received if is_iopub else self._received_aside,
                self._rush() if is_iopub else None,
                StdinGate(self._has_stdin, time.monotonic) if name == "shell" else always,
                self._unsendable,
                STREAM_PAUSE if is_iopub else FLOOD_PAUSE,
            )

    def _unsendable(self, channel: str, error: Exception) -> None:
        self._listener.unreadable(channel, MalformedMessageError(f"it cannot be sent: {error}"))

    def _has_stdin(self) -> bool:
        stdin = self._channels.get("stdin")
        return stdin is not None and stdin.is_connected

    def _rush(self) -> Rush:
        return Rush(min(self._receive_limit or KERNEL_KEEPS, KERNEL_KEEPS), self._listener.flooded)

    @property
    def is_open(self) -> bool:
        """Whether all four sockets are connected, and nobody else has closed one."""
        return len(self._channels) == len(CHANNELS) and not any(
            channel.closed for channel in self._channels.values()
        )

    def send(self, message: Message) -> bool:
        """Sign a message and send it. Returns ``False`` if its channel is not connected."""
        channel = self._channels.get(message.channel)
        if channel is None or not channel.send(self._signer.assemble(message.parts)):
            return False
        if (iopub := self._channels.get("iopub")) is not None:
            iopub.hurry()
        return True

    def take_unsent(self) -> list[Message]:
        """Return the messages that the kernel has not taken, and forget them."""
        return [
            Message(name, cut(multipart))
            for name, channel in self._channels.items()
            for multipart in channel.take_unsent()
        ]

    def drain(self) -> bool:
        """Hand on what arrived on iopub, for one turn of the loop. Returns whether that was all."""
        channel = self._channels.get("iopub")
        return channel is None or channel.drain()

    def received(self) -> tuple[int, int]:
        """Return how many messages and bytes came over iopub since the link was opened."""
        channel = self._channels.get("iopub")
        return (channel.received, channel.received_bytes) if channel is not None else (0, 0)

    def unsent_bytes(self) -> dict[str, int]:
        """Return the bytes that the kernel has not taken yet, by channel."""
        return {name: channel.unsent_bytes for name, channel in self._channels.items()}

    def moved(self) -> bool:
        """Whether the kernel's address has changed since the link was opened."""
        try:
            return KernelAddress.of(self._kernel_manager) != self._address
        except LinkNotOpenedError:
            # The kernel has no address while it is started or removed.
            return False

    def close(self) -> None:
        """Close the sockets. May be called twice."""
        self._opening = None
        for channel in self._channels.values():
            channel.close()
        self._channels.clear()

    def _received_aside(self, name: str, batch: list[list[Part]]) -> None:
        """Hand on replies and questions after the output that the kernel published before them."""
        if (iopub := self._channels.get("iopub")) is not None:
            iopub.catch_up()
        self._received(name, batch)

    def _received(self, name: str, batch: list[list[Part]]) -> None:
        messages = []
        for multipart in batch:
            try:
                messages.append(Message(name, cut(multipart)))
            except MalformedMessageError as error:  # noqa: PERF203 - one must not cost the rest
                self._listener.unreadable(name, error)
        self._listener.received(messages)


def _said(error: Exception) -> str:
    advice = ADVICE.get(getattr(error, "errno", None) or 0)
    return f"{advice} ({error})" if advice else str(error) or repr(error)
