"""Pages' comm messages, and which part each is for."""

from __future__ import annotations

from jupyter_comm_broker.core.comms import Comms
from jupyter_comm_broker.core.gate.rights import Right, right_for
from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.core.restore.restore import Restore
from jupyter_comm_broker.core.routing.frontend_closings import FrontendClosings
from jupyter_comm_broker.core.routing.frontend_sends import FrontendSends
from jupyter_comm_broker.core.routing.unauthorized import Unauthorized
from jupyter_comm_broker.protocol.message import Message


class CommsFromFrontend:
    """
    Hands each message to the part that it is for.

    Args:
        comms: the kernel's comms.
        restore: answers control comms.
        sends: follows openings and messages.
        closings: follows closings.
        unauthorized: denies what a user may not send.
    """

    def __init__(
        self,
        comms: Comms,
        restore: Restore,
        sends: FrontendSends,
        closings: FrontendClosings,
        unauthorized: Unauthorized,
    ) -> None:
        self._comms = comms
        self._restore = restore
        self._sends = sends
        self._closings = closings
        self.foresee = restore.foresee
        """Notes what a comm message says that waits until the kernel is ready."""
        self.denied = unauthorized.denied
        """Denies a message, because its user lacks the right."""

    def right_for(self, frontend: Frontend, message: Message) -> Right:
        """
        Return the right that a page needs for a comm message.

        Raises:
            MalformedMessageError: the message cannot be read.
        """
        registry, comm_id = self._comms.registry, message.comm.comm_id
        record, closed = registry.get(comm_id), registry.is_closed(comm_id)
        return right_for(message, frontend, record, closed=closed)

    def unread(self, message: Message) -> None:
        """Doubt everything that a page's message on the shell may change, as nobody can read it."""
        if message.channel == "shell" and message.header.msg_type != "comm_open":
            self._comms.registry.doubt_all("a page's message could not be read")

    def handled(self, frontend: Frontend, message: Message, now: float) -> bool:
        """
        Follow a comm message of a page.

        Args:
            frontend: the page.
            message: its message.
            now: the time.

        Returns:
            Whether the kernel need not be sent it.
        """
        if self._restore.is_control(frontend, message):
            self._restore.control(frontend, message, now)
            return True
        if message.header.msg_type == "comm_open":
            return self._sends.opened(frontend, message, now)
        record = self._comms.registry.get(message.comm.comm_id)
        if record is not None and message.header.msg_type == "comm_close":
            return self._closings.handled(frontend, record, message, now)
        return self._sends.sent(frontend, record, message, now)
