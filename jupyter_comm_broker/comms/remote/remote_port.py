"""
The port to a kernel from another process: a WebSocket for messages, and REST for the list of comms.

A page is not told of comms that other pages open. So the port reads the list whenever the socket
has connected, and whenever a message comes on an unknown comm. Messages are not handled while the
list is being read. Afterwards the list and the messages agree.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
import uuid
from collections.abc import Sequence
from contextlib import suppress

from jupyter_comm_broker.comms.port import CommListener, Fields
from jupyter_comm_broker.comms.remote.address import Address
from jupyter_comm_broker.comms.remote.channels_socket import ChannelsSocket
from jupyter_comm_broker.comms.remote.denied_kinds import DeniedKinds
from jupyter_comm_broker.comms.remote.rest import Rest
from jupyter_comm_broker.core.gate.rights import NOT_AUTHORIZED
from jupyter_comm_broker.errors import CommBrokerError, ConnectionEndedError, SendBacklogError
from jupyter_comm_broker.protocol.json_text import loads
from jupyter_comm_broker.protocol.message import COMM_TYPES, Message, Part
from jupyter_comm_broker.protocol.synthesis import Author

SEND_LIMIT = 64 << 20
"""The most bytes that wait to be sent, for example while the server is away."""

MOST_WAITING = 10_000
"""Messages that wait for callbacks, from which no more are read. The broker merges the rest."""

LOOK_SECONDS = 0.01
"""Seconds between two checks whether the callbacks have caught up."""

REFRESH_SECONDS = 1.0
"""The least seconds between two reads of the list because of unknown comms."""

CLOSE_REASON = {"reason": "closed by a program"}
"""Metadata of a ``comm_close``. Without them, it could look like the refusal of a target."""


class RemotePort:
    """Reaches the kernel ``kernel_id`` of the server at ``address``. Made on its event loop."""

    def __init__(self, address: Address, kernel_id: str, log: logging.Logger) -> None:
        self.kernel_id = kernel_id
        self._log = log
        self._loop = asyncio.get_running_loop()
        self._session = uuid.uuid4().hex
        self._author = Author(self._session)
        self._rest = Rest(address)
        self._reading = asyncio.Lock()
        self._listener: CommListener | None = None
        self._known: set[str] = set()
        """The open comms that the listener was told of, or that it opened."""
        self._missing: dict[str, set[str]] = {}
        """
        Comms that are missing in the list, by the msg_id of a request that was sent after that.

        Their last messages may still be on their way. They come before the reply to the request.
        """
        self._refreshing: asyncio.Task[None] | None = None
        self._refresh_wanted = False
        self._ended = ""
        self._lock = threading.Lock()
        """Guards the next two attributes, which every sending thread changes."""
        self._unsettled: dict[str, str] = {}
        """By msg_id, comms that we opened or closed, and that the server may not know yet."""
        self._unsent_bytes = 0
        self._denied = DeniedKinds(address.url)
        self.socket = ChannelsSocket(
            address,
            kernel_id,
            self._session,
            heard=self._heard,
            written=self._written,
            connected=self._connected,
            ended=self._gone,
            log=log,
        )

    # -- life --------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Connect. Raises ServerRefusedError or OSError."""
        try:
            await self.socket.open()
        except BaseException:
            self._rest.close()
            raise

    async def flush(self) -> None:
        """Wait until everything that was sent so far is written."""
        # After the writes that other threads have handed over.
        await asyncio.sleep(0)
        await self.socket.flush()

    async def shut(self, flush_seconds: float = 0.0) -> None:
        """Write what waits, for at most ``flush_seconds``, and disconnect. May be called twice."""
        if not self._ended:
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self.flush(), flush_seconds)
        self.close()
        if self._refreshing is not None:
            self._refreshing.cancel()
            await asyncio.gather(self._refreshing, return_exceptions=True)
        await self.socket.close()
        self._rest.close()

    async def refresh(self) -> None:
        """Read the list of comms. Raises ServerRefusedError or OSError."""
        async with self._reading:
            found = await self._rest.comms(self.kernel_id)
            with self._lock:
                unsettled = set(self._unsettled.values())
            listener = self._listener
            if listener is None:
                return
            for comm_id, target_name in found.items():
                if comm_id not in unsettled:
                    self._known.add(comm_id)
                    listener.comm_found(comm_id, target_name)
            missing = self._known - set(found) - unsettled
            if missing:
                self._missing[self._send("kernel_info_request", {})] = missing

    # -- port.CommPort -----------------------------------------------------------------------------

    def listen(self, listener: CommListener) -> None:
        """Begin to tell ``listener`` what happens to comms."""
        self._listener = listener

    def send(
        self, msg_type: str, content: Fields, metadata: Fields | None, buffers: Sequence[Part]
    ) -> None:
        """
        Send a message as soon as there is a connection: see :meth:`CommPort.send`.

        Raises:
            ServerRefusedError: a message of this type was denied just now.
            CommBrokerError: the message cannot be sent.
        """
        self._denied.check(msg_type)
        if msg_type == "comm_close":
            metadata = {**CLOSE_REASON, **(metadata or {})}
        self._send(msg_type, content, metadata, buffers)

    def want_messages(self) -> None:
        """Do nothing, because all messages come anyway."""

    def adopt(self, target_name: str) -> None:
        """Request a target's comms. That tells the broker that a frontend knows the target."""
        self._send("comm_info_request", {"target_name": target_name})

    def release(self, target_name: str) -> None:
        """Do nothing. The broker cannot be told that a frontend forgets a target."""

    def callback_failed(self, comm_id: str) -> None:
        """Do nothing. The manager counts errors; the server does not show those of programs."""

    def close(self) -> None:
        """Tell and send nothing more. :meth:`shut` does the rest."""
        self._listener = None
        self._ended = self._ended or "closed by this program"

    # -- sending -----------------------------------------------------------------------------------

    def _send(
        self,
        msg_type: str,
        content: Fields,
        metadata: Fields | None = None,
        buffers: Sequence[Part] = (),
    ) -> str:
        # The lock keeps messages from all threads in the order of their ids.
        with self._lock:
            if self._ended:
                raise ConnectionEndedError(self.kernel_id, self._ended)
            message = self._author.write(
                "shell", msg_type, content, now=time.time(), metadata=metadata, buffers=buffers
            )
            waiting = self._unsent_bytes + message.size
            if waiting > SEND_LIMIT:
                raise SendBacklogError(waiting, SEND_LIMIT)
            self._unsent_bytes = waiting
            if msg_type in ("comm_open", "comm_close"):
                self._unsettled[message.header.msg_id] = message.comm.comm_id
            # Also from our own thread, or it would overtake messages of other threads.
            self._loop.call_soon_threadsafe(self._write, message)
        return message.header.msg_id

    def _write(self, message: Message) -> None:
        if message.header.msg_type == "comm_open":
            self._known.add(message.comm.comm_id)
        elif message.header.msg_type == "comm_close":
            self._known.discard(message.comm.comm_id)
        self.socket.write(message)

    def _written(self, message: Message) -> None:
        with self._lock:
            self._unsent_bytes -= message.size

    # -- hearing -----------------------------------------------------------------------------------

    async def _connected(self) -> None:
        # Messages on their way to a server that is gone may never have arrived.
        unsent = {message.header.msg_id for message in self.socket.waiting}
        with self._lock:
            self._unsettled = {key: c for key, c in self._unsettled.items() if key in unsent}
        self._missing.clear()
        await self.refresh()

    async def _heard(self, message: Message) -> None:
        async with self._reading:
            with self._lock:
                self._unsettled.pop(message.parent.msg_id, None)
            listener = self._listener
            if listener is not None:
                if message.channel == "iopub":
                    self._tell(listener, message)
                for comm_id in self._missing.pop(message.parent.msg_id, set()) & self._known:
                    self._end(listener, comm_id, "unknown", "closed without a message")
        # Callbacks may run on another thread or wait for anything, so there is no event for this.
        while self._listener is not None and self._listener.waiting > MOST_WAITING:  # noqa: ASYNC110
            await asyncio.sleep(LOOK_SECONDS)

    def _tell(self, listener: CommListener, message: Message) -> None:
        msg_type = message.header.msg_type
        if msg_type == "error" and message.parent.session == self._session:
            said = message.content
            name, value = said.get("ename"), said.get("evalue")
            self._log.warning("comm broker: a message was answered with %s: %s", name, value)
            if name == NOT_AUTHORIZED:
                self._denied.note(message.parent.msg_type, str(value))
                if message.parent.msg_type == "comm_close":
                    # The comm is still open for everybody else, so it is open for us again.
                    self._refresh_soon()
        if msg_type not in COMM_TYPES:
            return
        comm_id = message.comm.comm_id
        if msg_type == "comm_close":
            told = loads(message.parts[2])
            # The kernel gives no reason. The broker gives one if somebody else closed the comm.
            reason = told.get("reason") if isinstance(told, dict) else None
            by = "unknown" if reason else "kernel"
            self._end(listener, comm_id, by, str(reason or "closed by the kernel"), message)
            return
        if msg_type == "comm_open":
            self._known.add(comm_id)
        elif comm_id not in self._known:
            self._refresh_soon()
        listener.comm_said(message)

    def _end(
        self,
        listener: CommListener,
        comm_id: str,
        by: str,
        reason: str,
        message: Message | None = None,
    ) -> None:
        self._known.discard(comm_id)
        if message is None:
            content = {"comm_id": comm_id, "data": {}}
            with self._lock:
                message = self._author.write(
                    "iopub", "comm_close", content, now=time.time(), metadata={"reason": reason}
                )
        listener.comm_ended(comm_id, by, reason, message)

    def _gone(self, error: CommBrokerError) -> None:
        with self._lock:
            self._ended = self._ended or str(error)
        if (listener := self._listener) is not None:
            for comm_id in list(self._known):
                self._end(listener, comm_id, "unknown", str(error))
            listener.kernel_gone(str(error))

    # -- unknown comms -----------------------------------------------------------------------------

    def _refresh_soon(self) -> None:
        self._refresh_wanted = True
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = self._loop.create_task(self._refresh_while_wanted())

    async def _refresh_while_wanted(self) -> None:
        while self._refresh_wanted:
            self._refresh_wanted = False
            try:
                await self.refresh()
            except (CommBrokerError, OSError) as error:
                # It is read again when the socket has connected.
                self._log.debug("comm broker: cannot read the list of comms: %s", error)
            await asyncio.sleep(REFRESH_SECONDS)
