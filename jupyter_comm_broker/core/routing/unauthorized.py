"""Pages' comm messages that their users have no right to send."""

from __future__ import annotations

from jupyter_comm_broker.core.comms import Comms
from jupyter_comm_broker.core.gate.denials import Denials
from jupyter_comm_broker.core.gate.refusals import Refusals
from jupyter_comm_broker.core.gate.rights import Right
from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.core.restore.catch_up import CatchUps
from jupyter_comm_broker.core.restore.restore import Restore
from jupyter_comm_broker.protocol.message import Message


class Unauthorized:
    """
    Denies such messages. What they show of a page is noted all the same.

    Args:
        comms: the kernel's comms.
        restore: is told of control comms.
        catch_ups: the pages that are building models.
        refusals: recognises pages that only do not know the target.
        denials: denies the message.
    """

    def __init__(
        self,
        comms: Comms,
        restore: Restore,
        catch_ups: CatchUps,
        refusals: Refusals,
        denials: Denials,
    ) -> None:
        self._comms = comms
        self._restore = restore
        self._catch_ups = catch_ups
        self._refusals = refusals
        self._denials = denials

    def denied(
        self, frontend: Frontend, message: Message, right: Right, who: str, now: float
    ) -> None:
        """
        Deny a page's comm message, because its user lacks the right.

        Args:
            frontend: the page.
            message: its message.
            right: the right that is lacking.
            who: the user, for people.
            now: the time.
        """
        frontend.count_received()
        # What follows on a control comm needs no more than that comm itself.
        self._restore.foresee(frontend, message)
        record = self._comms.registry.get(message.comm.comm_id)
        msg_type = message.header.msg_type
        if record is not None and msg_type == "comm_msg":
            # The page has the comm, even if its user may not send on it.
            record.mark_used(frontend.session_id)
            self._catch_ups.used(frontend, record)
        elif (
            record is not None
            and msg_type == "comm_close"
            # A page without the target sends this by itself. No user tried to close anything.
            and self._refusals.meant_nothing(frontend, record, message, now)
        ):
            return
        self._denials.for_right(frontend, message, right, who, now)
