"""
Where pages' messages come in. Malformed ones are refused, and early ones wait.

Whatever fails in the broker behind this module, a message that may pass does pass.
"""

from __future__ import annotations

from collections.abc import Mapping

from jupyter_comm_broker.core.context import Context
from jupyter_comm_broker.core.gate.denials import Denials
from jupyter_comm_broker.core.gate.held_messages import HeldMessages
from jupyter_comm_broker.core.gate.page_owners import is_ours
from jupyter_comm_broker.core.gate.rights import Right
from jupyter_comm_broker.core.kernel.link_handshake import LinkHandshake
from jupyter_comm_broker.core.losses.missing_idles import MissingIdles
from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.core.restore.restore import Restore
from jupyter_comm_broker.core.routing.from_frontend import FromFrontend
from jupyter_comm_broker.core.timed import SOON
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.message import COMM_TYPES, Message, typed


class FrontendIngress:
    """
    Lets pages' messages in.

    Args:
        context: the kernel's context.
        handshake: says whether messages must wait.
        denials: denies messages that find no room to wait.
        restore: is told of control comms that wait.
        from_frontend: decides about messages.
        missing_idles: is told of comm messages.
    """

    def __init__(
        self,
        context: Context,
        handshake: LinkHandshake,
        denials: Denials,
        restore: Restore,
        from_frontend: FromFrontend,
        missing_idles: MissingIdles,
    ) -> None:
        self._context = context
        self._handshake = handshake
        self._denials = denials
        self._restore = restore
        self._from_frontend = from_frontend
        self._missing_idles = missing_idles
        self._held = HeldMessages(context)

    def sent(self, session_id: str, message: Message, now: float) -> None:
        """
        Let in a message of a page or program.

        Args:
            session_id: the page or program.
            message: the message.
            now: the time.

        Raises:
            MalformedMessageError: the message is not what the protocol says. Nothing was done.
        """
        frontend = self._context.delivery.get(session_id)
        if frontend is None:
            return
        is_comm = typed(message.header).msg_type in COMM_TYPES
        if not frontend.is_program and is_ours(self._context, message.header.session):
            raise MalformedMessageError("its header holds a session id of the server itself")
        if is_comm:
            self._denials.for_content(frontend, message, now)
        if not self._handshake.held:
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
            self._context.shielded("noting a send", lambda: self._missing_idles.sent(message, now))

    # -- rights ----------------------------------------------------------------------------------

    def right_for(self, session_id: str, message: Message) -> Right | None:
        """
        Return the right on comms that a page needs for a message; ``None`` if it needs none.

        A message that cannot be read needs none: :meth:`sent` refuses it.
        """
        frontend = self._context.delivery.get(session_id)
        try:
            if frontend is None or message.header.msg_type not in COMM_TYPES:
                return None
            return self._from_frontend.right_for(frontend, message)
        except MalformedMessageError:
            return None
        except Exception as fault:  # noqa: BLE001 - what nobody was asked about must not pass
            self._context.failed("looking for the right that a message needs", fault)
            return Right.EXECUTE

    def denied(self, session_id: str, message: Message, right: Right, who: str, now: float) -> None:
        """
        Deny a page's comm message, because its user lacks the right.

        Args:
            session_id: the page.
            message: the message.
            right: the right that is lacking.
            who: the user, for people.
            now: the time.
        """
        if (frontend := self._context.delivery.get(session_id)) is not None:
            self._context.shielded(
                "denying a page its message",
                lambda: self._from_frontend.denied(frontend, message, right, who, now),
            )

    # -- those that wait -------------------------------------------------------------------------

    def link_filled(self, unsent: Mapping[str, int]) -> None:
        """Note how many bytes wait in the link, by channel."""
        self._held.link_filled(unsent)

    def came_back(self, message: Message) -> None:
        """Hold a message that was let through and did not reach the kernel."""
        self._held.take_back(message)

    def forget(self, now: float) -> None:
        """Drop what was on its way to the old process, because the kernel has a new one."""
        if undelivered := len(self._held.take_those_taken_back()):
            self._context.counters["undelivered_at_restart"] += undelivered
            self._context.log(
                "warning",
                f"{undelivered} messages were lost on their way to a process that is gone",
            )

    def next_due(self) -> float | None:
        """Return :data:`SOON` if something waits that can be let in or held; else ``None``."""
        waits = (
            self._from_frontend.info_requests.waits if self._handshake.held else bool(self._held)
        )
        return SOON if waits else None

    def tick(self, now: float) -> None:
        """Let in what waited, if the kernel can be reached now."""
        if self._handshake.held:
            # Questions that wait for a process that is gone go to its successor.
            for asker, question in self._from_frontend.info_requests.take_waiting():
                self._held.hold(asker.session_id, question)
        elif self._held:
            self._context.effects.to_kernel += self._held.take_those_taken_back()
            for session_id, message in self._held.take():
                if (frontend := self._context.delivery.get(session_id)) is not None:
                    self._received(frontend, message, now)
