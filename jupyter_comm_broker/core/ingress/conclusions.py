"""What a message of iopub proves about earlier ones, before it is followed."""

from __future__ import annotations

from jupyter_comm_broker.core.ingress.process import Process
from jupyter_comm_broker.core.kernel.link_handshake import LinkHandshake
from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.core.losses.request_ends import RequestEnds
from jupyter_comm_broker.protocol.message import Message


class Conclusions:
    """
    Shows each message to the parts that conclude something from it.

    Args:
        ledger: counts and logs.
        handshake: is told of messages until the link is proven.
        request_ends: ends earlier requests.
        process: is told of the first and the last message of a process.
    """

    def __init__(
        self,
        ledger: Ledger,
        handshake: LinkHandshake,
        request_ends: RequestEnds,
        process: Process,
    ) -> None:
        self._ledger = ledger
        self._handshake = handshake
        self._request_ends = request_ends
        self._process = process

    def before(self, message: Message, now: float) -> None:
        """Conclude what can be concluded before a message of iopub is followed."""
        if self._handshake.link != "proven":
            self._ledger.shielded("proving the link", lambda: self._handshake.heard(message))
        self._request_ends.before(message, now)
        if message.header.msg_type == "status" and not message.parent.msg_id:
            self._ledger.shielded(
                "looking for a new process", lambda: self._process.said(message, now)
            )

    def after(self, message: Message, now: float) -> None:
        """Conclude what can be concluded once a message of iopub was followed."""
        if message.header.msg_type == "shutdown_reply":
            self._process.said_farewell(now)
