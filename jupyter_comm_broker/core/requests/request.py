"""
The life of one request, from the page's socket to the kernel's last word on it.

Two sockets carry the kernel's words, so a reply may come before the idle or after it. Each word
moves a request on as this table says:

========  ========  ========
stage     reply     idle
========  ========  ========
sent      replied   idle
replied   replied   over
idle      over      idle
over      over      over
========  ========  ========

A comm message gets no reply, so it is over with its idle. A request can also be *given up*: its
kernel's process ended, or too many other requests came after it. Then nothing is known of it any
more. Which requests the kernel has *begun* with is in ``Execution``, by lane: it also has those of
clients that do not come through the broker.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from jupyter_comm_broker.protocol.message import COMM_TYPES, Header

MAIN = ""
CONTROL = "control"
"""Lanes, in which a kernel works through requests one at a time. Any other is a subshell's id."""


class Stage(Enum):
    """How far a request has come."""

    SENT = "sent"
    REPLIED = "replied"
    IDLE = "idle"
    OVER = "over"


class Word(Enum):
    """What a kernel says about a request."""

    REPLY = "reply"
    IDLE = "idle"


NEXT: dict[Word, dict[Stage, Stage]] = {
    Word.REPLY: {
        Stage.SENT: Stage.REPLIED,
        Stage.REPLIED: Stage.REPLIED,
        Stage.IDLE: Stage.OVER,
        Stage.OVER: Stage.OVER,
    },
    Word.IDLE: {
        Stage.SENT: Stage.IDLE,
        Stage.REPLIED: Stage.OVER,
        Stage.IDLE: Stage.IDLE,
        Stage.OVER: Stage.OVER,
    },
}
"""The table above, by columns."""


@dataclass(slots=True)
class Request:
    """One request that a frontend sent to the kernel."""

    session_id: str
    channel: str
    header: Header
    sent_at: float
    stage: Stage = Stage.SENT
    is_inherited: bool = False
    """Whether it was sent through an earlier server."""

    @property
    def lane(self) -> str:
        """Where the kernel runs it."""
        return CONTROL if self.channel == "control" else self.header.subshell_id or MAIN

    @property
    def gets_reply(self) -> bool:
        """Whether a kernel replies to it."""
        return self.header.msg_type not in COMM_TYPES

    @property
    def lacks_reply(self) -> bool:
        """Whether the kernel's reply is still to come."""
        return self.gets_reply and self.stage in (Stage.SENT, Stage.IDLE)

    def hear(self, word: Word) -> Stage:
        """Note what the kernel says about the request. Returns how far it has come."""
        stage = NEXT[word][self.stage]
        if stage is Stage.IDLE and not self.gets_reply:
            stage = Stage.OVER
        self.stage = stage
        return stage
