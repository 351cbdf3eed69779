"""
What happens to a kernel's message.

The message itself always passes. What the broker makes of it is shielded.
"""

from __future__ import annotations

from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.core.pages.delivery import Delivery
from jupyter_comm_broker.core.policy import Policy
from jupyter_comm_broker.core.requests.request import MAIN, Request
from jupyter_comm_broker.core.requests.work import Work
from jupyter_comm_broker.core.routing.comms_from_kernel import CommsFromKernel
from jupyter_comm_broker.core.routing.output_from_kernel import OutputFromKernel
from jupyter_comm_broker.protocol.alias import alias
from jupyter_comm_broker.protocol.message import COMM_TYPES, Header, Message
from jupyter_comm_broker.protocol.synthesis import UNTRACKED_TYPE

NEVER_SHOWN = frozenset(
    {"create_subshell_request", "delete_subshell_request", "list_subshell_request"}
)
"""JupyterLab sends these on control at each page load. Pages must not show their idle (rule 22)."""


class FromKernel:
    """
    Follows the kernel's messages and passes them to the pages that they are for.

    Args:
        ledger: counts and logs.
        work: is told what the kernel does.
        delivery: the pages.
        comms: follows comm messages.
        output: follows output.
        policy: which statuses pages show.
    """

    def __init__(
        self,
        ledger: Ledger,
        work: Work,
        delivery: Delivery,
        comms: CommsFromKernel,
        output: OutputFromKernel,
        policy: Policy,
    ) -> None:
        self._ledger = ledger
        self._work = work
        self._delivery = delivery
        self._expected = delivery.expected
        self._comms = comms
        self._output = output
        self._policy = policy
        self._last_parent: bytes | None = None

    # -- replies -------------------------------------------------------------------------------

    def reply(self, message: Message, now: float) -> None:
        """Give a reply, or a question on stdin, to the page that asked."""
        if now < self._expected.until:
            self._expect(message.parent, now)
        parent = message.parent
        if message.header.msg_type == "comm_close":
            self._ledger.shielded(
                "following a comm_close", lambda: self._comms.closed_aside(message, now)
            )
        requests, is_question = self._work.requests, message.channel == "stdin"
        find = requests.get if is_question else requests.awaiting
        session_id = _asker(find(parent.msg_id), parent)
        if message.header.msg_type == "kernel_info_reply":
            message = self._learnt_info(message)
        elif message.header.msg_type == "create_subshell_reply":
            made = self._work.subshells.made
            self._ledger.shielded("noting a subshell", lambda: made(message, session_id, now))
        if not is_question:
            requests.replied(parent.msg_id)
        # A program may use another session in its headers than its socket has.
        frontend = self._delivery.get(session_id) or self._delivery.get(requests.sender(session_id))
        given = frontend.session_id if frontend is not None else session_id
        self._output.replied(message, given, now)
        if frontend is None:
            self._delivery.waiting.ends.note(session_id, message)
            self._ledger.counters["replies_to_nobody"] += 1
            self._ledger.log(
                "debug", f"{message.header.msg_type} for session {alias(session_id)}, which is gone"
            )
            return
        self._delivery.reply(frontend, message)

    def _learnt_info(self, reply: Message) -> Message:
        """Note what the kernel says of itself. Returns the reply as pages may see it."""
        content, info = bytes(reply.parts[3]), self._work.kernel_info
        info.said(content)
        if info.shown is None or info.shown == content:
            return reply
        return Message(reply.channel, [*reply.parts[:3], info.shown, *reply.parts[4:]])

    def _expect(self, parent: Header, now: float) -> None:
        """Follow the cell of a page of an earlier server, so that its end is not lost silently."""
        is_first, requests = self._expected.named_by(parent, now), self._work.requests
        # Later, a cell that is not known is over, or another client's.
        if (
            is_first
            and self._work.execution.main_is_unheard
            and requests.get(parent.msg_id) is None
            and self._delivery.get(parent.session) is not None
        ):
            requests.sent(Request(parent.session, "shell", parent, now, is_inherited=True))

    def passed_unread(self, message: Message) -> bool:
        """Give a message without a readable header to its asker. Returns whether it was given."""
        parent, delivery = message.parent, self._delivery
        if message.channel == "iopub":
            return False
        frontend = delivery.get(_asker(self._work.requests.get(parent.msg_id), parent))
        if frontend is not None:
            delivery.give(frontend, message)
        return frontend is not None

    # -- iopub ---------------------------------------------------------------------------------

    def published(self, message: Message, now: float) -> None:
        """Follow a message of iopub and pass it on."""
        if now < self._expected.until:
            self._expect(message.parent, now)
        msg_type = message.header.msg_type
        if (subshell_id := message.parent.subshell_id) is not None:
            self._work.subshells.heard(subshell_id, now)
        if msg_type == "status":
            self._status(message, now)
        elif msg_type in COMM_TYPES:
            shown = self._comms.published(message, now)
            if shown is not None:
                self._delivery.fan_out(message, *shown)
        elif msg_type != "iopub_welcome":
            if msg_type == "error":
                self._comms.request_failed(message, now)
            self._output.published(message, now)

    @property
    def collects_output(self) -> bool:
        """Whether output is collected. Then any message may make a timer due."""
        return self._output.is_collected

    def introduce(self, message: Message) -> None:
        """Learn the kernel's session from a message under a request of ours."""
        self._delivery.introduce(message.header.session)

    def pass_on(self, message: Message) -> None:
        """Give pages a message that could not be followed, because of a fault of ours."""
        if message.channel == "iopub":
            self._delivery.fan_out(message)
        elif (frontend := self._delivery.get(message.parent.session)) is not None:
            self._delivery.reply(frontend, message)

    # -- under our parent ------------------------------------------------------------------------

    def bystander(self, message: Message, now: float) -> None:
        """
        Pass on what has a request of ours as its parent only because that was the latest.

        Args:
            message: the message.
            now: the time.
        """
        if message.channel == "stdin":
            self.reply(self._under_last_parent(message), now)
        elif message.channel != "iopub":
            self.reply(message, now)
        elif self._output.is_collected_under(message.parent.msg_id):
            # A thread entered an Output widget, which names our question. Pages look for that.
            self.published(message, now)
        else:
            self.published(self._under_last_parent(message), now)

    def _under_last_parent(self, message: Message) -> Message:
        """
        Return a message with the parent that it would have had without our question.

        Threads publish under the latest request (fact 3.6), which would have been a page's.
        """
        if self._last_parent is None:
            return message
        parts = [message.parts[0], self._last_parent, *message.parts[2:]]
        return Message(message.channel, parts)

    def _status(self, message: Message, now: float) -> None:
        parent = message.parent
        state = message.execution_state
        lane = self._work.requests.lane(parent)
        never = parent.msg_type in NEVER_SHOWN
        tracked = not never and parent.msg_type not in self._policy.untracked_message_types
        untrue = self._work.execution.followed(state, message, lane, tracked, now)
        if state == "busy":
            self._work.subshells.began(lane)
            if lane == MAIN:
                self._last_parent = bytes(message.parent_text)
            self._comms.request_began(parent.msg_id)
            self._output.request_began(parent.msg_id, now)
        elif state == "idle":
            self._output.request_ended(parent.msg_id, now)
            if lane == MAIN and (outer := self._work.execution.innermost(MAIN)) is not None:
                # The outer request goes on publishing.
                self._last_parent = bytes(outer.text)
            self._work.requests.finished(parent.msg_id)
            self._comms.request_ended(parent.msg_id, now)
        shown = message.with_parent_type(UNTRACKED_TYPE) if untrue or never else message
        self._delivery.fan_out(shown)
        if state == "idle":
            self._delivery.waiting.ends.note(parent.session, shown)


def _asker(request: Request | None, parent: Header) -> str:
    """Return the session id of the sender whom a reply answers."""
    if request is None or (parent.session and parent.session != request.header.session):
        # Two pages may use the same msg_id. The session id then tells them apart.
        return parent.session
    return request.session_id
