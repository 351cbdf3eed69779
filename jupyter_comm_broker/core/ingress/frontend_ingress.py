"""
Where pages' messages come in. Malformed ones are refused, and early ones wait.

Whatever fails in the broker behind this module, a message that may pass does pass.
"""

from __future__ import annotations

from jupyter_comm_broker.core.gate.denials import Denials
from jupyter_comm_broker.core.gate.rights import Right
from jupyter_comm_broker.core.ingress.held_back import HeldBack
from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.core.pages.delivery import Delivery
from jupyter_comm_broker.core.routing.from_frontend import FromFrontend, is_followed
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.json_text import TooDeepError
from jupyter_comm_broker.protocol.message import COMM_TYPES, Message, typed


class FrontendIngress:
    """
    Lets pages' messages in.

    Args:
        ledger: counts and logs.
        delivery: the pages.
        denials: denies messages that find no room to wait.
        held_back: holds messages that come too early.
        from_frontend: decides about messages.
    """

    def __init__(
        self,
        ledger: Ledger,
        delivery: Delivery,
        denials: Denials,
        held_back: HeldBack,
        from_frontend: FromFrontend,
    ) -> None:
        self._ledger = ledger
        self._delivery = delivery
        self._denials = denials
        self._held_back = held_back
        self._from_frontend = from_frontend

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
        frontend = self._delivery.get(session_id)
        if frontend is None:
            return
        is_comm = typed(message.header).msg_type in COMM_TYPES
        if message.channel == "iopub":
            # No kernel hears it: the channel goes one way. A socket that is told to send on it
            # fails.
            raise MalformedMessageError("pages send nothing on iopub")
        if not frontend.is_program and self._delivery.belongs_to_server(message.header.session):
            raise MalformedMessageError("its header holds a session id of the server itself")
        if is_comm:
            self._denials.for_content(frontend, message, now)
        if not self._held_back.must_wait:
            self._from_frontend.received(frontend, message, now)
        elif not self._denials.for_backlog(frontend, message, now):
            self._held_back.hold(session_id, message)
            if is_followed(message):
                self._from_frontend.foresee(frontend, message)

    # -- rights ----------------------------------------------------------------------------------

    def right_for(self, session_id: str, message: Message) -> Right | None:
        """
        Return the right on comms that a page needs for a message; ``None`` if it needs none.

        A message that cannot be read needs none: :meth:`sent` refuses it.
        """
        frontend = self._delivery.get(session_id)
        try:
            if frontend is None or message.header.msg_type not in COMM_TYPES:
                return None
            return self._from_frontend.right_for(frontend, message)
        except TooDeepError:
            # It passes unread, and may be anything.
            return Right.EXECUTE
        except MalformedMessageError:
            return None
        except Exception as fault:  # noqa: BLE001 - what nobody was asked about must not pass
            self._ledger.failed("looking for the right that a message needs", fault)
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
        if (frontend := self._delivery.get(session_id)) is not None:
            self._ledger.shielded(
                "denying a page its message",
                lambda: self._from_frontend.denied(frontend, message, right, who, now),
            )

    # -- those that wait -------------------------------------------------------------------------

    def next_due(self) -> float | None:
        """Return when something that waits can be let in or held; ``None`` for never."""
        return self._held_back.next_due()

    def tick(self, now: float) -> None:
        """Let in what waited, if the kernel can be reached now."""
        for session_id, message in self._held_back.released():
            if (frontend := self._delivery.get(session_id)) is not None:
                self._from_frontend.received(frontend, message, now)
