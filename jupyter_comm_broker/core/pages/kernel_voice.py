"""Writes messages in the kernel's name, so that pages take them for the kernel's own (fact 1.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_comm_broker.core.pages.delivery import Delivery
from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.protocol.json_text import dumps, loads
from jupyter_comm_broker.protocol.message import Header, Message, Part
from jupyter_comm_broker.protocol.synthesis import NO_PARENT, Author


class KernelVoice:
    """
    Speaks with the session that pages saw last in the kernel's messages.

    Args:
        delivery: knows that session.
        author: writes the messages.
    """

    def __init__(self, delivery: Delivery, author: Author) -> None:
        self._delivery = delivery
        self._author = author
        self.is_complained_of = author.is_complained_of
        self.date = author.date
        """Returns a time as the ISO date that headers show."""
        self.header = author.written
        """Returns the JSON of a request's header, from its fields and the time."""

    def publish(
        self,
        msg_type: str,
        content: Any,
        now: float,
        parent: Part = NO_PARENT,
        *,
        session: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        buffers: Sequence[Part] = (),
    ) -> Message:
        """
        Return a message of iopub.

        Args:
            msg_type: its type.
            content: the content, or its JSON as ``bytes``.
            now: the time.
            parent: its parent header, as JSON.
            session: the session in its header; ``None`` for the one that pages saw last.
            metadata: its metadata; ``None`` for none.
            buffers: its buffers.
        """
        return self._author.write(
            "iopub",
            msg_type,
            content,
            now=now,
            session=self._delivery.kernel_session if session is None else session,
            parent=parent,
            metadata=metadata,
            buffers=buffers,
        )

    def idle(self, header: Header, text: Part, now: float) -> Message:
        """
        Return the ``idle`` of a request.

        Args:
            header: the request's header.
            text: the same header as JSON; empty if the kernel never wrote it.
            now: the time.
        """
        parent = text or self._author.written(header, now)
        return self.publish("status", {"execution_state": "idle"}, now, parent)

    def to(
        self,
        frontend: Frontend,
        channel: str,
        msg_type: str,
        content: Any,
        now: float,
        parent: Part,
        metadata: Mapping[str, Any] | None = None,
        buffers: Sequence[Part] = (),
    ) -> Message:
        """
        Return a message for one page.

        Args:
            frontend: the page.
            channel: the channel that it comes on.
            msg_type: its type.
            content: the content, or its JSON as ``bytes``.
            now: the time.
            parent: its parent header, as JSON.
            metadata: its metadata; ``None`` for none.
            buffers: its buffers.
        """
        return self._author.write(
            channel,
            msg_type,
            content,
            now=now,
            session=frontend.kernel_session or self._delivery.kernel_session,
            parent=parent,
            metadata=metadata,
            buffers=buffers,
        )

    def again(self, frontend: Frontend, message: Message) -> Message:
        """Return an earlier message of the kernel for one page, whose kernel may be another now."""
        session = frontend.kernel_session or self._delivery.kernel_session
        if not session or message.header.session == session:
            return message
        header = dumps({**loads(message.parts[0]), "session": session})
        return Message(message.channel, [header, *message.parts[1:]])
