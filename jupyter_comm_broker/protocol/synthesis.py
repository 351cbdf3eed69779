"""
Messages in the kernel's name, and requests in the broker's own.

Pages drop comm and status messages whose ``header.session`` is not that of the kernel
message before (JupyterLab, services/src/kernel/default.ts, ``_assertCurrentMessage``), so
whatever a page is told carries the kernel's session. What the broker asks the kernel
carries the broker's, by which its answers are known again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any

from jupyter_comm_broker.protocol.json_text import dumps
from jupyter_comm_broker.protocol.message import Message, Part

UNTRACKED_TYPE = "comm_info_request"
"""
A request type whose statuses no page shows.

A page leaves its busy indicator alone when the parent of a status has a type on jupyter_server's
list of untracked message types; the future of the request ends all the same, because it is
found by msg_id.
"""

PROTOCOL_VERSION = "5.4"
NO_PARENT = b"{}"


class Author:
    """
    Writes messages with headers of its own.

    Args:
        session: the broker's own session id, new for each server start.
        wall: seconds between the clock that ``now`` is told by and the Unix epoch.
    """

    def __init__(self, session: str, wall: float) -> None:
        self.session = session
        self._wall = wall
        self._count = 0

    def write(
        self,
        channel: str,
        msg_type: str,
        content: Any,
        *,
        now: float,
        session: str | None = None,
        parent: Part = NO_PARENT,
        metadata: Any = None,
        buffers: Sequence[Part] = (),
        subshell_id: str | None = None,
    ) -> Message:
        """
        Return a new message with a fresh msg_id.

        Args:
            channel: the channel it goes out on.
            msg_type: its type.
            content: the content, or its JSON as ``bytes``.
            now: the time, for the header's date.
            session: whose name it is sent in; the broker's own if not given.
            parent: the JSON of the header it answers.
            metadata: its metadata.
            buffers: its binary tail.
            subshell_id: the kernel subshell a request is for.
        """
        self._count += 1
        header = {
            "msg_id": f"{self.session}_{self._count}",
            "msg_type": msg_type,
            "username": "jupyter_comm_broker",
            "session": session or self.session,
            "date": self.date(now),
            "version": PROTOCOL_VERSION,
        }
        if subshell_id is not None:
            header["subshell_id"] = subshell_id
        return Message(
            channel,
            [
                dumps(header),
                parent,
                dumps(metadata or {}),
                content if isinstance(content, bytes) else dumps(content),
                *buffers,
            ],
        )

    def date(self, now: float) -> str:
        """Return ``now`` as the ISO date that headers and snapshots show."""
        return datetime.fromtimestamp(self.epoch(now), timezone.utc).isoformat()

    def epoch(self, now: float) -> float:
        """Return ``now`` as seconds since the Unix epoch."""
        return now + self._wall

    def wrote(self, session: str) -> bool:
        """Whether a header's session is the broker's own."""
        return session == self.session
