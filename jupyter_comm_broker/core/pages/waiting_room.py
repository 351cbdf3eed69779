"""
Where pages' messages come in: malformed ones are turned away, early ones wait.

Whatever is wrong with us behind it, a message that may pass does.
"""

from __future__ import annotations

from jupyter_comm_broker.core.context import Context
from jupyter_comm_broker.core.gate.denials import Denials
from jupyter_comm_broker.core.gate.held_messages import HeldMessages
from jupyter_comm_broker.core.gate.rights import Right
from jupyter_comm_broker.core.kernel.link_handshake import Proof
from jupyter_comm_broker.core.losses.missing_idles import MissingIdles
from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.core.restore.restore import Restore
from jupyter_comm_broker.core.routing.from_frontend import FromFrontend
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.message import COMM_TYPES, Message, typed


class Entrance:
    """Lets pages' messages in."""

    def __init__(
        self,
        context: Context,
        proof: Proof,
        denials: Denials,
        restore: Restore,
        from_frontend: FromFrontend,
        missing_idles: MissingIdles,
    ) -> None:
        self._context = context
        self._proof = proof
        self._denials = denials
        self._restore = restore
        self._from_frontend = from_frontend
        self._missing_idles = missing_idles
        self._held = HeldMessages(context)

    def sent(self, session_id: str, message: Message, now: float) -> None:
        """A page sent a message. Raises MalformedMessageError if it is none."""
        frontend = self._context.delivery.get(session_id)
        if frontend is None:
            return
        is_comm = typed(message.header).msg_type in COMM_TYPES
        if is_comm and not message.comm.comm_id:
            raise MalformedMessageError("a comm message needs a comm_id in its content")
        if not self._proof.held:
            self._received(frontend, message, now)
        elif not self._denials.for_backlog(frontend, message, now):
            self._held.hold(session_id, message)
            if is_comm:
                self._restore.foresee(frontend, message)

    def _received(self, frontend: Frontend, message: Message, now: float) -> None:
        try:
            self._from_frontend.received(frontend, message, now)
        except Exception as fault:  # noqa: BLE001 - whatever is wrong with us, the message passes
            self._context.failed("following a message of a page", fault)
            self._context.effects.to_kernel.append(message)
        if message.header.msg_type in COMM_TYPES:
            self._context.shielded("noting a send", lambda: self._missing_idles.sent(message))

    # -- rights ----------------------------------------------------------------------------------

    def right_for(self, session_id: str, message: Message) -> Right | None:
        """
        Return the right on comms that a page needs for a message, ``None`` if it needs none.

        Raises:
            MalformedMessageError: it is none.
        """
        frontend = self._context.delivery.get(session_id)
        if frontend is None or typed(message.header).msg_type not in COMM_TYPES:
            return None
        try:
            return self._from_frontend.right_for(frontend, message)
        except MalformedMessageError:
            raise
        except Exception as fault:  # noqa: BLE001 - what nobody was asked about must not pass
            self._context.failed("looking for the right that a message needs", fault)
            return Right.EXECUTE

    def denied(self, session_id: str, message: Message, right: Right, who: str, now: float) -> None:
        """A page sent a comm message to which its user, ``who``, has not the right."""
        if (frontend := self._context.delivery.get(session_id)) is not None:
            self._context.shielded(
                "denying a page its message",
                lambda: self._from_frontend.denied(frontend, message, right, who, now),
            )

    # -- those that wait -------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """Let in what waited, if the kernel can be reached now."""
        if self._proof.held:
            # Whatever waits for a process that is gone goes to its successor.
            for asker, question in self._from_frontend.questions.take_waiting():
                self._held.hold(asker.session_id, question)
        elif self._held:
            for session_id, message in self._held.take():
                if (frontend := self._context.delivery.get(session_id)) is not None:
                    self._received(frontend, message, now)
