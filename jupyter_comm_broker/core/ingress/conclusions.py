"""What a message of iopub proves about earlier ones, before it is followed."""

from __future__ import annotations

from jupyter_comm_broker.core.ingress.process import Process
from jupyter_comm_broker.core.kernel.link_handshake import LinkHandshake
from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.core.losses.lost_idles import LostIdles
from jupyter_comm_broker.core.losses.missing_idles import MissingIdles
from jupyter_comm_broker.protocol.message import Message


class Conclusions:
    """
    Shows each message to the parts that conclude something from it.

    Args:
        ledger: counts and logs.
        handshake: is told of messages until the link is proven.
        lost_idles: ends requests whose idle was lost.
        missing_idles: ends requests that get no idle.
        process: is told of the first and the last message of a process.
    """

    def __init__(
        self,
        ledger: Ledger,
        handshake: LinkHandshake,
        lost_idles: LostIdles,
        missing_idles: MissingIdles,
        process: Process,
    ) -> None:
        self._ledger = ledger
        self._handshake = handshake
        self._lost_idles = lost_idles
        self._missing_idles = missing_idles
        self._process = process

    def before(self, message: Message, now: float) -> None:
        """Conclude what can be concluded before a message of iopub is followed."""
        if self._handshake.link != "proven":
            self._ledger.shielded("proving the link", lambda: self._handshake.heard(message))
        if message.header.msg_type == "status":
            self._before_status(message, now)
        elif self._missing_idles.waits:
            self._ledger.shielded(
                "looking for messages that were handled",
                lambda: self._missing_idles.shown(message, now),
            )

    def _before_status(self, message: Message, now: float) -> None:
        shielded = self._ledger.shielded
        shielded("looking for idles that were lost", lambda: self._lost_idles.before(message, now))
        shielded(
            "looking for idles that are missing", lambda: self._missing_idles.heard(message, now)
        )
        if not message.parent.msg_id:
            shielded("looking for a new process", lambda: self._process.said(message, now))

    def after(self, message: Message, now: float) -> None:
        """Conclude what can be concluded once a message of iopub was followed."""
        if message.header.msg_type == "shutdown_reply":
            self._process.said_farewell(now)
