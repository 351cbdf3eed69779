"""
Denials: messages of pages that are not let through, and how a page is told.

A page is told in the way that ends its waiting. A widget's model is given the true values again, so
that nothing looks done that was not.
"""

from __future__ import annotations

from jupyter_comm_broker.core.comms import Comms
from jupyter_comm_broker.core.gate.held_messages import HeldMessages
from jupyter_comm_broker.core.gate.rights import NOT_AUTHORIZED, RESOURCE, Right
from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.core.policy import Policy
from jupyter_comm_broker.core.restore.output_capture import OutputCapture
from jupyter_comm_broker.core.restore.page_replies import PageReplies
from jupyter_comm_broker.errors import MalformedMessageError, RefusedMessageError
from jupyter_comm_broker.protocol.alias import alias
from jupyter_comm_broker.protocol.json_text import TooDeepError
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.widget import read_attributes, read_payload


class Denials:
    """
    Denies messages and tells their pages.

    Args:
        ledger: counts and logs.
        comms: the kernel's comms.
        held: knows how much waits for the kernel.
        page_replies: writes to pages.
        capture: the output that is collected.
        policy: which messages pages may send.
        limits: how much may wait.
    """

    def __init__(
        self,
        ledger: Ledger,
        comms: Comms,
        held: HeldMessages,
        page_replies: PageReplies,
        capture: OutputCapture,
        policy: Policy,
        limits: Limits,
    ) -> None:
        self._ledger = ledger
        self._comms = comms
        self._held = held
        self._policy = policy
        self._limits = limits
        self._page_replies = page_replies
        self._capture = capture

    def for_policy(self, frontend: Frontend, message: Message, now: float) -> bool:
        """
        Deny a message whose type the server's settings forbid, or that is too large to get there.

        Args:
            frontend: the page.
            message: its message.
            now: the time.

        Returns:
            Whether the message was denied.
        """
        most = self._policy.largest_message
        if not self._policy.allows(message.header.msg_type):
            error = RefusedMessageError(message.header.msg_type)
            self._deny(frontend, message, "MessageNotAllowed", str(error), now)
        elif most and message.size > most:
            reason = (
                f"a message of {message.size} bytes is too large for the gateway, which would cut "
                f"the connection of every page; the limit is CommBroker.gateway_message_bytes, "
                f"with some room for the frame: {most}"
            )
            self._deny(frontend, message, "MessageTooLarge", reason, now)
        else:
            return False
        return True

    def for_content(self, frontend: Frontend, message: Message, now: float) -> None:
        """
        Raise if the content of a comm message cannot be read. Its page then waits no longer for it.

        Args:
            frontend: the page.
            message: its comm message.
            now: the time.

        What is nested too deeply for us passes: a kernel may read deeper. So does an opening with
        an empty comm_id, for which a kernel chooses one.

        Raises:
            MalformedMessageError: the content cannot be read, or names no comm.
        """
        try:
            if not message.comm.comm_id and message.header.msg_type != "comm_open":
                raise MalformedMessageError("a comm message needs a comm_id in its content")
        except TooDeepError:
            return
        except MalformedMessageError:
            self._ledger.shielded(
                "ending a page's wait",
                lambda: self._page_replies.idle(frontend, message.parts[0], now),
            )
            raise

    def for_backlog(self, frontend: Frontend, message: Message, now: float) -> bool:
        """
        Deny a message if too much waits for the kernel already.

        Args:
            frontend: the page.
            message: its message.
            now: the time.

        Returns:
            Whether the message was denied.
        """
        limit = self._limits.backlog_bytes
        waiting = self._held.backlog[message.channel]
        if waiting + message.size <= limit:
            return False
        reason = (
            f"the kernel takes no {message.channel} messages and {waiting} bytes wait for it; "
            f"the limit is CommBroker.backlog_bytes = {limit}"
        )
        self._deny(frontend, message, "KernelBacklogFull", reason, now)
        return True

    def for_absence(self, frontend: Frontend, message: Message, reason: str, now: float) -> None:
        """
        Deny a message that waited for a kernel that cannot be reached.

        Args:
            frontend: the page.
            message: its message.
            reason: why the kernel cannot be reached, and for how long.
            now: the time.
        """
        self._deny(frontend, message, "KernelUnreachable", reason, now)

    def for_right(
        self, frontend: Frontend, message: Message, right: Right, who: str, now: float
    ) -> None:
        """
        Deny a page's comm message, because its user lacks the right.

        A widget is set back to its true values. A comm whose opening is denied is closed at the
        page. After a denied closing, the comm stays open for everybody else. The page itself has
        disposed of its end already, and ignores what comes for it. Another ``comm_open`` would give
        it another model without a view. So it gets only the error, and has the comm again when it
        is loaded anew.

        Args:
            frontend: the page.
            message: its message.
            right: the right that is lacking.
            who: the user, for people.
            now: the time.
        """
        msg_type = message.header.msg_type
        reason = (
            f"{who} may not {right.value} {RESOURCE}, which a {msg_type} needs; "
            f"the server's authorizer decides (ServerApp.authorizer_class)"
        )
        # A dragged slider sends many messages. One warning is enough.
        level = "debug" if msg_type in frontend.denied else "warning"
        frontend.denied.add(msg_type)
        self._ledger.counters["refused_unauthorized"] += 1
        self._deny(frontend, message, NOT_AUTHORIZED, reason, now, level)

    def _deny(
        self,
        frontend: Frontend,
        message: Message,
        ename: str,
        reason: str,
        now: float,
        level: str = "warning",
    ) -> None:
        self._ledger.counters["refused"] += 1
        self._ledger.log(level, f"session {alias(frontend.session_id)}: {reason}")
        # A fault while telling must not look like a fault while following, which lets messages
        # through.
        self._ledger.shielded(
            "telling a page that its message is refused",
            lambda: self._tell(frontend, message, ename, reason, now),
        )

    def _tell(
        self, frontend: Frontend, message: Message, ename: str, reason: str, now: float
    ) -> None:
        if message.header.msg_type.endswith("_request"):
            self._page_replies.refuse(frontend, message, ename, reason, now)
            return
        self._page_replies.error(frontend, message, ename, reason, now)
        if message.header.msg_type == "comm_open":
            parent = message.parts[0]
            self._page_replies.comm_gone(frontend, message.comm.comm_id, reason, parent, now)
        elif message.header.msg_type == "comm_msg":
            self._take_back(frontend, message, now)
        # The idle comes last. The page then sends its next update, which must not precede the
        # correction.
        self._page_replies.idle(frontend, message.parts[0], now)

    def _take_back(self, frontend: Frontend, message: Message, now: float) -> None:
        """Give a page the true values again, because its update was denied."""
        record = self._comms.registry.get(message.comm.comm_id)
        if record is None or not record.is_widget or frontend.is_program:
            return
        try:
            payload = read_payload(message.comm.data)
            tried = read_attributes(payload.state, payload.buffer_paths, message.buffers)
        except MalformedMessageError as error:
            self._ledger.counters["malformed_from_frontends"] += 1
            self._ledger.log("debug", f"a denied update could not be read: {error}")
            return
        if payload.method != "update":
            return
        if record.state is None:
            # The kernel is asked for the true values. For a state that is too large, only the
            # kernel knows.
            frontend.misled[record.comm_id] = message.parts[0]
            self._comms.registry.doubt(record, "a page was denied an update")
            return
        # A page that collects output goes on from what it is given, so nothing may lack.
        self._capture.settle(record.comm_id)
        holds = record.state.picked(tried)
        self._page_replies.correction(frontend, record.comm_id, holds, message.parts[0], now)
