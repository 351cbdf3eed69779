"""
The port through which Comm and CommManager in the server reach a kernel, as a program.

The port notes what happened while the core works, and tells it in a later turn of the event loop.
A callback may send messages. Their effects must not mix with those that are being carried out.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Sequence

from jupyter_comm_broker.adapters.program import Program
from jupyter_comm_broker.comms.port import CommListener, Fields
from jupyter_comm_broker.core.state.changes import (
    CommClosed,
    CommOpened,
    KernelChange,
    MessagePassed,
    ProcessEnded,
)
from jupyter_comm_broker.core.state.comm_record import Side
from jupyter_comm_broker.core.state.known_comm import KnownComm
from jupyter_comm_broker.errors import CommBrokerError, ConnectionEndedError
from jupyter_comm_broker.inspection.snapshots import closed_error
from jupyter_comm_broker.protocol.message import Message, Part
from jupyter_comm_broker.transport.driver import KernelDriver
from jupyter_comm_broker.transport.kernel_drivers import KernelDrivers


class ServerCommPort:
    """Leads to one kernel until :meth:`close`, or until the kernel is gone."""

    def __init__(self, driver: KernelDriver, log: logging.Logger) -> None:
        self._loop = asyncio.get_running_loop()
        self._home = threading.get_ident()
        self.kernel_id = driver.kernel_id
        self.driver = driver
        self._log = log
        self._program = Program(driver)
        self._listener: CommListener | None = None
        self._targets: set[str] = set()
        self._wants_messages = False
        self._happened: list[KernelChange] = []
        self._last_words: dict[str, Message] = {}
        """The ``comm_close`` of comms whose end the listener was not told yet."""
        self._ended = ""

    # -- comms.port.CommPort -----------------------------------------------------------------------

    def listen(self, listener: CommListener) -> None:
        """Begin to tell ``listener`` what happens to comms. It is told of the open comms first."""
        self._listener = listener
        for record in self.driver.broker.known.comms():
            listener.comm_found(record.comm_id, record.target_name)

    def send(
        self, msg_type: str, content: Fields, metadata: Fields | None, buffers: Sequence[Part]
    ) -> None:
        """
        Send a comm message. May be called from any thread.

        Args:
            msg_type: ``comm_open``, ``comm_msg`` or ``comm_close``.
            content: its content.
            metadata: its metadata; ``None`` for none.
            buffers: its buffers.

        Raises:
            CommBrokerError: the message cannot be sent. On another thread than the server's, the
                error is only logged.
        """
        if self._ended:
            raise ConnectionEndedError(self.kernel_id, self._ended)
        if threading.get_ident() == self._home:
            self._send(msg_type, content, metadata, buffers)
        else:
            self._loop.call_soon_threadsafe(self._send_or_log, msg_type, content, metadata, buffers)

    def want_messages(self) -> None:
        """Tell the listener of single messages from now on."""
        if not self._wants_messages and not self._ended:
            self._wants_messages = True
            self.driver.broker.want_traffic()

    def adopt(self, target_name: str) -> None:
        """Be the frontend of the comms that the kernel opens to this target."""
        self._targets.add(target_name)

    def release(self, target_name: str) -> None:
        """Undo :meth:`adopt`."""
        self._targets.discard(target_name)

    def callback_failed(self, comm_id: str) -> None:
        """Count a callback that raised an error, for the kernel and for the comm."""
        self.driver.broker.callback_failed(comm_id)

    def close(self) -> None:
        """Tell and send nothing more. May be called twice."""
        self._end("closed by this program")
        self._listener = None

    # -- sending -----------------------------------------------------------------------------------

    def _send(
        self, msg_type: str, content: Fields, metadata: Fields | None, buffers: Sequence[Part]
    ) -> None:
        known, comm_id = self.driver.broker.known, content["comm_id"]
        if msg_type == "comm_msg" and known.comm(comm_id) is None:
            ended = closed_error(self.kernel_id, known, comm_id)
            if ended is not None:
                raise ended
        self._program.send(msg_type, content, metadata, buffers)

    def _send_or_log(
        self, msg_type: str, content: Fields, metadata: Fields | None, buffers: Sequence[Part]
    ) -> None:
        try:
            self._send(msg_type, content, metadata, buffers)
        except (CommBrokerError, TypeError, ValueError) as error:
            self._log.error(
                "comm broker: a %s on comm %s was not sent: %s",
                msg_type,
                content["comm_id"],
                error,
            )

    # -- hearing -----------------------------------------------------------------------------------

    def watch(self, changes: Sequence[KernelChange]) -> None:
        """Note what happened, and tell it in the next turn. Take comms to our targets at once."""
        for each in changes:
            if isinstance(each, CommOpened) and self._is_ours(each.record):
                self.driver.broker.program_took(
                    self._program.session_id, each.record.comm_id, self.driver.now
                )
        if not self._happened:
            self._loop.call_soon(self._tell)
        self._happened += changes

    def _is_ours(self, record: KnownComm) -> bool:
        return record.opened_by is Side.KERNEL and record.target_name in self._targets

    def _tell(self) -> None:
        happened, self._happened = self._happened, []
        for each in happened:
            if (listener := self._listener) is None:
                return
            try:
                self._tell_one(listener, each)
            except Exception:  # noqa: BLE001 - an error must not cost the next changes
                self._log.exception("comm broker: handling %s failed", type(each).__name__)

    def _tell_one(self, listener: CommListener, change: KernelChange) -> None:
        match change:
            case CommOpened(record):
                # A comm that was closed meanwhile is left out. Its target's handler is still told.
                if self.driver.broker.known.is_live(record):
                    listener.comm_found(record.comm_id, record.target_name)
            case MessagePassed(record, side, _, message):
                if message.header.msg_type == "comm_close":
                    self._last_words[record.comm_id] = message
                elif side is Side.KERNEL:
                    listener.comm_said(message)
            case CommClosed(record, by, reason):
                said = self._last_words.pop(record.comm_id, None)
                if said is None:
                    said = self._closing(record.comm_id, reason)
                listener.comm_ended(record.comm_id, by.value, reason, said)
            case ProcessEnded(reason):
                self._last_words.clear()
                if self.driver.closed:
                    self._end(reason)
                    listener.kernel_gone(reason)

    def _closing(self, comm_id: str, reason: str) -> Message:
        content = {"comm_id": comm_id, "data": {}}
        return self.driver.broker.say_for_kernel(
            "comm_close", content, self.driver.now, {"reason": reason}
        )

    def _end(self, reason: str) -> None:
        if self._ended:
            return
        self._ended = reason
        self._program.close(reason)
        if self._wants_messages:
            self.driver.broker.release_traffic()


class CommPorts:
    """Makes the ports of one server's kernels, and tells each what happens on its kernel."""

    def __init__(self, kernel_drivers: KernelDrivers, log: logging.Logger) -> None:
        self._kernel_drivers = kernel_drivers
        self._log = log
        self._ports: dict[str, ServerCommPort] = {}
        kernel_drivers.watchers.append(self.watch)

    def open(self, kernel_id: str) -> ServerCommPort:
        """Return a new port to a kernel. It replaces an older one. Raises KernelNotFoundError."""
        port = ServerCommPort(self._kernel_drivers.driver(kernel_id), self._log)
        self._ports[kernel_id] = port
        return port

    def watch(self, driver: KernelDriver, changes: Sequence[KernelChange]) -> None:
        """Tell the kernel's port what happened."""
        port = self._ports.get(driver.kernel_id)
        if port is None or port.driver is not driver:
            return
        port.watch(changes)
        if driver.closed:
            del self._ports[driver.kernel_id]
