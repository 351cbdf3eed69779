"""
The way to a kernel for Comm and CommManager in the server: a program beside the pages.

What happened is noted while the core is at work and told afterwards, in a turn of its own:
a callback may send, and what follows from that must not mix with what is being carried out.
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
    Happening,
    MessagePassed,
    ProcessEnded,
)
from jupyter_comm_broker.core.state.comm_record import CommRecord, Side
from jupyter_comm_broker.errors import CommBrokerError, CommClosedError, ConnectionEndedError
from jupyter_comm_broker.protocol.message import Message, Part
from jupyter_comm_broker.transport.driver import KernelDriver
from jupyter_comm_broker.transport.kernel_drivers import Exchange


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
        self._happened: list[Happening] = []
        self._last_words: dict[str, Message] = {}
        """The ``comm_close`` of comms of which it is not told yet that they are closed."""
        self._ended = ""

    # -- core.comm_port.CommPort -------------------------------------------------------------------

    def listen(self, listener: CommListener) -> None:
        """Begin to tell of comms, of those first that live already."""
        self._listener = listener
        for record in self.driver.broker.context.registry:
            listener.comm_found(record.comm_id, record.target_name)

    def send(
        self, msg_type: str, content: Fields, metadata: Fields | None, buffers: Sequence[Part]
    ) -> None:
        """
        Send a message, from any thread. On another than the server's, errors are only logged.

        Raises:
            CommBrokerError: it cannot be sent.
        """
        if self._ended:
            raise ConnectionEndedError(self.kernel_id, self._ended)
        if threading.get_ident() == self._home:
            self._send(msg_type, content, metadata, buffers)
        else:
            self._loop.call_soon_threadsafe(self._send_or_log, msg_type, content, metadata, buffers)

    def want_messages(self) -> None:
        """Tell of single messages from now on."""
        if not self._wants_messages and not self._ended:
            self._wants_messages = True
            self.driver.broker.context.happenings.want_traffic()

    def adopt(self, target_name: str) -> None:
        """Be the frontend of comms that the kernel opens to this target."""
        self._targets.add(target_name)

    def release(self, target_name: str) -> None:
        """Undo :meth:`adopt`."""
        self._targets.discard(target_name)

    def callback_failed(self, comm_id: str) -> None:
        """Count a callback that raised, in the kernel's counters and the comm's."""
        context = self.driver.broker.context
        context.counters["callback_errors"] += 1
        if (record := context.registry.get(comm_id)) is not None:
            record.callback_errors += 1

    def close(self) -> None:
        """Tell and send no more; safe twice."""
        self._end("closed by this program")
        self._listener = None

    # -- sending -----------------------------------------------------------------------------------

    def _send(
        self, msg_type: str, content: Fields, metadata: Fields | None, buffers: Sequence[Part]
    ) -> None:
        registry, comm_id = self.driver.broker.context.registry, content["comm_id"]
        closing = registry.closing(comm_id)
        if msg_type == "comm_msg" and comm_id not in registry and closing is not None:
            at = self.driver.broker.context.author.date(closing.at)
            raise CommClosedError(self.kernel_id, comm_id, at, closing.by.value, closing.reason)
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

    def watch(self, happenings: Sequence[Happening]) -> None:
        """Note what happened, to tell it in the next turn; take what is for our targets at once."""
        for each in happenings:
            if isinstance(each, CommOpened) and self._is_ours(each.record):
                self.driver.broker.program_took(
                    self._program.session_id, each.record, self.driver.now
                )
        if not self._happened:
            self._loop.call_soon(self._tell)
        self._happened += happenings

    def _is_ours(self, record: CommRecord) -> bool:
        return record.opened_by is Side.KERNEL and record.target_name in self._targets

    def _tell(self) -> None:
        happened, self._happened = self._happened, []
        for each in happened:
            if (listener := self._listener) is None:
                return
            try:
                self._tell_one(listener, each)
            except Exception:  # noqa: BLE001 - one that fails must not cost the others
                self._log.exception("comm broker: telling of %s failed", type(each).__name__)

    def _tell_one(self, listener: CommListener, happening: Happening) -> None:
        match happening:
            case CommOpened(record):
                # One that is closed again is not found; a target's handler hears of it anyway.
                if self.driver.broker.context.registry.get(record.comm_id) is record:
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
        context = self.driver.broker.context
        return context.author.write(
            "iopub",
            "comm_close",
            {"comm_id": comm_id, "data": {}},
            now=self.driver.now,
            session=context.delivery.kernel_session,
            metadata={"reason": reason},
        )

    def _end(self, reason: str) -> None:
        if self._ended:
            return
        self._ended = reason
        self._program.close(reason)
        if self._wants_messages:
            self.driver.broker.context.happenings.release_traffic()


class CommPorts:
    """Makes the ports of one server's kernels and tells each what happens on its kernel."""

    def __init__(self, exchange: Exchange, log: logging.Logger) -> None:
        self._exchange = exchange
        self._log = log
        self._ports: dict[str, ServerCommPort] = {}
        exchange.watchers.append(self.watch)

    def open(self, kernel_id: str) -> ServerCommPort:
        """Return a new port in the place of one before. Raises KernelNotFoundError."""
        port = ServerCommPort(self._exchange.driver(kernel_id), self._log)
        self._ports[kernel_id] = port
        return port

    def watch(self, driver: KernelDriver, happenings: Sequence[Happening]) -> None:
        """Hand on what happened on a kernel."""
        port = self._ports.get(driver.kernel_id)
        if port is None or port.driver is not driver:
            return
        port.watch(happenings)
        if driver.closed:
            del self._ports[driver.kernel_id]

    def close(self) -> None:
        """Watch no more; whoever holds a port closes it."""
        self._exchange.watchers.remove(self.watch)
        self._ports.clear()
