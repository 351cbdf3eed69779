"""
Messages that the broker writes: to pages in the kernel's name, to the kernel in its own.

A page drops comm and status messages whose ``header.session`` differs from that of the kernel
message before (JupyterLab, services/src/kernel/default.ts, ``_assertCurrentMessage``). So
whatever the broker sends to a page carries the kernel's session. A request to the kernel carries
the broker's session, and its replies are recognised by it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from typing import Any

from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.alias import alias
from jupyter_comm_broker.protocol.json_text import dumps, loads
from jupyter_comm_broker.protocol.message import Header, Message, Part

UNTRACKED_TYPE = "comm_info_request"
"""
A request type whose statuses no page shows.

A page ignores a status for its busy indicator when the parent's type is one of jupyter_server's
untracked message types. The future of the request still ends, because the page finds it by
msg_id.
"""

PROTOCOL_VERSION = "5.4"
NO_PARENT = b"{}"

NOTE = 500
"""Bytes of the longest text that a kernel prints only because it does not know a comm."""


class Author:
    """
    Writes messages with headers of its own.

    Args:
        session: the broker's own session id, new for each server start.
        epoch: returns ``now`` as seconds since the Unix epoch, if it is not that already.
    """

    def __init__(self, session: str, epoch: Callable[[float], float] = float) -> None:
        self.session = session
        self._prefix = f"{alias(session)}_"
        """The beginning of its msg_ids. Readers see them, so they hold only the alias."""
        self.epoch = epoch
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
            channel: the channel that it goes out on.
            msg_type: its type.
            content: the content, or its JSON as ``bytes``.
            now: the time in seconds of the core's clock, for the header's date.
            session: the session id of its sender; the author's own if not given.
            parent: the JSON of the header that it answers.
            metadata: its metadata.
            buffers: its buffers.
            subshell_id: the kernel's subshell that a request is for.

        Raises:
            MalformedMessageError: content or metadata are nested too deeply to be written.
        """
        self._count += 1
        header = {
            "msg_id": f"{self._prefix}{self._count}",
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

    def is_complained_of(self, content: Part) -> bool:
        """
        Return whether a stream's whole text says that the kernel does not know our comms.

        A kernel joins what is printed. A text that also holds a user's line must be shown.
        """
        if len(content) >= NOTE or self.session.encode() not in bytes(content):
            return False
        try:
            text = str(loads(content)["text"])
        except (MalformedMessageError, LookupError, TypeError):
            return False
        complaint = f"No such comm: {self.session}"
        return all(line.startswith(complaint) for line in text.splitlines())

    def written(self, header: Header, now: float) -> bytes:
        """Return the JSON of a request's header, with every field that JupyterLab requires."""
        fields = {
            "msg_id": header.msg_id,
            "msg_type": header.msg_type,
            "session": header.session,
            "username": "",
            "date": self.date(now),
            "version": PROTOCOL_VERSION,
        }
        if header.subshell_id is not None:
            fields["subshell_id"] = header.subshell_id
        return dumps(fields)

    def date(self, now: float) -> str:
        """Return ``now`` as the ISO date that headers and snapshots show."""
        return datetime.fromtimestamp(self.epoch(now), timezone.utc).isoformat()

    def wrote(self, session: str) -> bool:
        """Return whether a header's session is the author's own."""
        return session == self.session

    def asked(self, parent: Header) -> bool:
        """Return whether a parent header is that of one of the author's messages."""
        return parent.session == self.session and parent.msg_id.startswith(self._prefix)
