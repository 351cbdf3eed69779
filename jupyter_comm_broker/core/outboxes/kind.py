"""The kinds of messages: how each may be treated while it waits for a page or is in flight."""

from __future__ import annotations

from enum import Enum

from jupyter_comm_broker.protocol.message import Message


class Kind(Enum):
    """How a message may be treated while it waits."""

    PLAIN = "plain"
    OUTPUT = "output"
    """May be dropped for an absent page that is over its budget. The page is then told."""
    UPDATE = "update"
    """A widget's update. It may be merged into an older one."""
    BARRIER = "barrier"
    """A comm's custom message. No update of the comm is merged across it."""
    FIXED = "fixed"
    """An echo, or an update whose place among outputs counts. A barrier, but holds nothing back."""
    ANSWER = "answer"
    """A state that a page asked for. Also a barrier, and never held back."""
    LIFE = "life"
    """A comm_open or comm_close. No update of any comm is merged across it."""


OVERHEAD = 400
"""What a kept message costs besides its bytes. It makes a million tiny messages count too."""

Item = tuple[Message, Kind, str]
"""A message, its kind, and its comm; empty if it has none."""
