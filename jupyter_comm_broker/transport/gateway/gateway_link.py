"""
The link to a kernel behind a gateway: one WebSocket, shared by all its pages.

The gateway's server routes replies by socket, and the kernel names the asker in each. So the core
needs nothing new (fact 6.2). Some messages are the gateway's own words in the name of the
connection. They are told from the kernel's, and are not passed on (fact 6.6).

One session id is used as long as the link lives. The gateway keeps for it what it could not send
(fact 6.4), which is a help and no proof: other connections take that away (fact 6.5).
"""

from __future__ import annotations

import asyncio

from jupyter_comm_broker.errors import MalformedFrameError, MalformedMessageError
from jupyter_comm_broker.protocol import framing, websocket_v1
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.transport.gateway.far_end import FarEnd, GatewayUnreachableError, said
from jupyter_comm_broker.transport.gateway.far_socket import FarSocket, Frame
from jupyter_comm_broker.transport.kernel.kernel_link import Ended, LinkListener

ASK_AFTER = (0.3, 1.0, 3.0)
"""
The seconds after a kernel's last word after which the gateway is asked whether it still has it.

A kernel that is deleted says ``shutdown_reply``, and the socket stays open. A kernel that is
restarted says the same (fact 6.9).
"""


ENDED: dict[str, Ended] = {"restarting": "restarting", "dead": "dead"}
"""What the gateway's server says when a kernel's process ended."""


class GatewayKernelLink:
    """
    One WebSocket to the gateway, for one kernel.

    Args:
        kernel_id: the kernel.
        far: the gateway.
        listener: is told what comes over the link.
        session_id: the link's session id. No other connection has the same (fact 6.3).
    """

    transport = "gateway"
    opens_later = True

    def __init__(
        self, kernel_id: str, far: FarEnd, listener: LinkListener, session_id: str
    ) -> None:
        self._kernel_id = kernel_id
        self._far = far
        self._listener = listener
        self._session_id = session_id
        self._socket: FarSocket | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._asking: asyncio.Task[None] | None = None
        """Asks whether the kernel still exists, while the link is open."""
        self._leaving: dict[Message, asyncio.Future[None]] = {}
        """Messages that have not left this process, in their order."""
        self._received = (0, 0)
        self.is_open = self.is_gone = False
        self.why = "it is being connected to"

    # -- opening and closing ---------------------------------------------------------------------

    @property
    def is_opening(self) -> bool:
        """Whether an attempt to connect is under way."""
        return self._connecting is not None

    def open(self) -> None:
        """Begin to connect. The listener is told when that has succeeded or failed."""
        self.close()
        self._connecting = asyncio.get_running_loop().create_task(self._connect())

    async def _connect(self) -> None:
        self._received = (0, 0)
        socket = FarSocket(self._came, self._ended)
        try:
            request = await self._far.channels(self._kernel_id, self._session_id)
            await socket.connect(request, [websocket_v1.SUBPROTOCOL])
        except Exception as error:  # noqa: BLE001 - whatever it is, the driver tries again
            socket.close()
            why = str(error) if isinstance(error, GatewayUnreachableError) else said(error)
            await self._ask_and_end(why)
        except BaseException:
            socket.close()
            raise
        else:
            self._socket, self._connecting = socket, None
            self.is_open, self.why = True, ""
            self._listener.changed()

    async def _ask_and_end(self, why: str) -> None:
        """Ask whether the kernel exists, and end an attempt."""
        try:
            self.is_gone = not await self._far.has_kernel(self._kernel_id)
        except GatewayUnreachableError as error:
            why = str(error)
        self._connecting = None
        self._not_open("the gateway has no such kernel" if self.is_gone else why)

    def close(self) -> None:
        """Disconnect, and end all questions. May be called twice."""
        for task in (self._connecting, self._asking):
            if task is not None:
                task.cancel()
        self._connecting = self._asking = None
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        self.is_open = False

    def moved(self) -> bool:
        """Return ``False``: where a kernel runs behind the gateway is the gateway's business."""
        return False

    def _ended(self, why: str) -> None:
        self.close()
        self._not_open(why)

    def _not_open(self, why: str) -> None:
        self.is_open, self.why = False, why
        self._listener.changed()

    # -- to the kernel ---------------------------------------------------------------------------

    def send(self, message: Message) -> bool:
        """Send a message. Returns ``False`` if the gateway is not connected."""
        if self._socket is None:
            return False
        try:
            leaving = self._socket.send(framing.payload(self._socket.subprotocol, message))
        except MalformedMessageError as error:
            self._listener.unreadable(message.channel, error)
            return True
        except Exception as error:  # noqa: BLE001 - tornado's word for a socket that is gone
            self._ended(said(error))
            return False
        self._leaving[message] = leaving
        leaving.add_done_callback(lambda done: self._left(message, done))
        return True

    def _left(self, message: Message, done: asyncio.Future[None]) -> None:
        if not done.cancelled() and done.exception() is None:
            self._leaving.pop(message, None)

    def take_unsent(self) -> list[Message]:
        """Return the messages that have not left this process, and forget them."""
        unsent, self._leaving = list(self._leaving), {}
        return unsent

    def unsent_bytes(self) -> dict[str, int]:
        """Return the bytes that have not left this process, by channel."""
        unsent: dict[str, int] = {}
        for message in self._leaving:
            unsent[message.channel] = unsent.get(message.channel, 0) + message.size
        return unsent

    # -- from the kernel -------------------------------------------------------------------------

    def drain(self) -> bool:
        """Return ``True``: what has arrived is handed on in the same turn."""
        return True

    def received(self) -> tuple[int, int]:
        """Return how many messages and bytes came since the link was opened."""
        return self._received

    def _came(self, frames: list[Frame]) -> None:
        subprotocol = self._socket.subprotocol if self._socket is not None else ""
        messages, size = [], 0
        for frame in frames:
            size += len(frame)
            try:
                message = framing.decode(subprotocol, frame)
            except MalformedFrameError as error:
                self._listener.unreadable("gateway", MalformedMessageError(str(error)))
                continue
            if not self._is_the_gateways(message):
                messages.append(message)
        count, before = self._received
        self._received = (count + len(frames), before + size)
        if messages:
            self._listener.received(messages)

    def _is_the_gateways(self, message: Message) -> bool:
        """Follow a message. Returns whether the gateway's server wrote it itself."""
        try:
            header = message.header
        except MalformedMessageError:
            # The core passes on what it can, as from any kernel.
            return False
        if header.session != self._session_id:
            if header.msg_type == "shutdown_reply" and message.channel == "iopub":
                self._ask_soon()
            return False
        if header.msg_type == "stream":
            self._listener.limited(message.parent_text)
        elif header.msg_type == "status" and (ended := ENDED.get(message.execution_state)):
            self._listener.process_ended(ended)
        return True

    # -- whether the kernel exists ---------------------------------------------------------------

    def _ask_soon(self) -> None:
        if self._asking is None:
            self._asking = asyncio.get_running_loop().create_task(self._ask())

    async def _ask(self) -> None:
        for seconds in ASK_AFTER:
            await asyncio.sleep(seconds)
            try:
                exists = await self._far.has_kernel(self._kernel_id)
            except GatewayUnreachableError:
                # The socket will tell.
                continue
            if not exists:
                self._asking = None
                self.close()
                self.is_gone = True
                self._not_open("the gateway has no such kernel")
                return
        self._asking = None
