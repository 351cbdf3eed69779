"""The parts that conclude from the kernel's messages that earlier requests are over."""

from __future__ import annotations

from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.core.losses.dropped_requests import DroppedRequests
from jupyter_comm_broker.core.losses.lost_idles import LostIdles
from jupyter_comm_broker.core.losses.lost_replies import LostReplies
from jupyter_comm_broker.core.losses.missing_idles import MissingIdles
from jupyter_comm_broker.protocol.message import Message


class RequestEnds:
    """
    Shows each message of iopub to those parts. If one fails, the others still see it.

    Args:
        ledger: counts and logs a part that fails.
        lost_idles: ends requests whose idle was lost.
        missing_idles: ends requests that get no idle.
        lost_replies: ends requests whose reply was lost with the link.
        dropped_requests: notices cells that the kernel dropped.
    """

    def __init__(
        self,
        ledger: Ledger,
        lost_idles: LostIdles,
        missing_idles: MissingIdles,
        lost_replies: LostReplies,
        dropped_requests: DroppedRequests,
    ) -> None:
        self._ledger = ledger
        self._lost_idles = lost_idles
        self._missing_idles = missing_idles
        self._lost_replies = lost_replies
        self._dropped_requests = dropped_requests

    def before(self, message: Message, now: float) -> None:
        """Conclude what a message of iopub shows, before it is followed."""
        shielded = self._ledger.shielded
        if message.header.msg_type == "status":
            shielded(
                "looking for idles that were lost", lambda: self._lost_idles.before(message, now)
            )
            shielded(
                "looking for idles that are missing",
                lambda: self._missing_idles.heard(message, now),
            )
            if self._lost_replies.waits:
                shielded(
                    "looking for replies that were lost",
                    lambda: self._lost_replies.heard(message, now),
                )
            if self._dropped_requests.waits:
                shielded(
                    "looking for cells that were dropped",
                    lambda: self._dropped_requests.heard(message, now),
                )
        elif self._missing_idles.waits:
            shielded(
                "looking for messages that were handled",
                lambda: self._missing_idles.shown(message, now),
            )
