"""
How the kernel is asked about comms: on its control channel, over a control comm, or one by one.

Each inquiry opens a new control comm, because ipywidgets answers on the one that was opened last.
If a busy kernel has subshells, the questions go to a subshell of our own. It is kept as long as the
kernel's process. A thread of the user may publish under our question, and the kernel then handles
what pages send on that comm in our subshell. If it were gone, the widget would be dead (fact 3.9).
For the same reason a single widget is asked in the lane in which the kernel last published on it.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from itertools import islice

from jupyter_comm_broker.core.kernel.kernel_requests import KernelRequests, Question
from jupyter_comm_broker.core.requests.request import MAIN
from jupyter_comm_broker.core.state.registry import Registry
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.widget import (
    CONTROL_METADATA,
    CONTROL_TARGET,
    SAID_ONCE,
    read_attributes,
    read_model_name,
    read_payload,
)


class Inquiry:
    """
    Sends the questions and recognises their answers.

    Args:
        kernel_requests: sends our requests.
        registry: the kernel's comms.
        session: the session id of our requests.
    """

    ONE_BY_ONE = 20
    """Up to this many comms are asked one by one. For more, one message is cheaper."""

    def __init__(self, kernel_requests: KernelRequests, registry: Registry, session: str) -> None:
        self._kernel_requests = kernel_requests
        self.is_ours = kernel_requests.is_ours
        """Says whether a parent header is that of a request of ours."""
        self.asks_in = kernel_requests.asks_in
        """Says whether a question is under way in a lane."""
        self._registry = registry
        self._control_prefix = f"{session}_control_"
        self._control_count = 0
        self.control_comm = ""
        """The comm on which ``update_states`` will come."""
        self.closing = ""
        """The msg_id of the message that closed it."""
        self.subshell: str | None = None
        """Our subshell, to which questions are sent; ``None`` where they go to the main shell."""
        self._made: str | None = None
        """Our subshell, once the kernel has made it."""

        self._has_control = True
        """Whether the kernel tells all states over a control comm."""
        self._unanswered = 0
        """How often in a row the question for all states had no answer."""

    def list_comms(self, channel: str, now: float) -> None:
        """Ask which comms there are, on the channel ``channel``."""
        self._kernel_requests.ask("list", channel, "comm_info_request", {}, now)

    def enter_subshell(self, now: float) -> bool:
        """
        Send the next questions to our subshell. If there is none yet, the kernel is asked for it.

        Returns:
            Whether there is one.
        """
        if self._made is None:
            self._kernel_requests.ask("subshell", "control", "create_subshell_request", {}, now)
        self.subshell = self._made
        return self._made is not None

    def subshell_made(self, reply: Message) -> bool:
        """Take our subshell from the reply. Returns ``False`` if the kernel gave none."""
        self.subshell = self._made = reply.content.get("subshell_id")
        return self._made is not None

    def leave_subshell(self) -> None:
        """Send the next questions to the main shell."""
        self.subshell = None

    def delete_subshell(self, subshell_id: str, now: float) -> None:
        """Delete a page's subshell."""
        content = {"subshell_id": subshell_id}
        self._kernel_requests.ask("", "control", "delete_subshell_request", content, now)

    def subshell_gone(self) -> None:
        """Note that the kernel does not know our subshell: somebody deleted it."""
        self.subshell = self._made = None

    def ask_for_all(self, now: float) -> None:
        """Ask for the states of all widgets in one message."""
        self._control_count += 1
        self.control_comm = f"{self._control_prefix}{self._control_count}"
        opening = {"comm_id": self.control_comm, "target_name": CONTROL_TARGET, "data": {}}
        self._tell("control", "comm_open", opening, now, metadata=CONTROL_METADATA)
        asking = {"comm_id": self.control_comm, "data": {"method": "request_states"}}
        self._tell("states", "comm_msg", asking, now)

    def is_better_for_all(self, comms: int) -> bool:
        """Return whether to ask for the states of all widgets to get those of so many comms."""
        return comms > self.ONE_BY_ONE and self._has_control

    def has_no_control(self) -> None:
        """Note that the kernel does not know control comms."""
        self._has_control = False

    def all_answered(self) -> None:
        """Note that the kernel told the states of all widgets."""
        self._unanswered = 0

    def gave_no_answer(self) -> None:
        """Note that it did not. The second time in a row means that it cannot."""
        self._unanswered += 1
        self._has_control = self._unanswered < 2

    def close_control(self, now: float) -> None:
        """Close the control comm. The idle of this message says that the kernel is done with it."""
        closing = {"comm_id": self.control_comm, "data": {}}
        self.closing = self._tell("close", "comm_close", closing, now)

    def ask_for_some(
        self, comm_ids: Container[str], most: int, now: float, lane: str | None = None
    ) -> list[str]:
        """
        Ask for the states of some of these comms one by one.

        Args:
            comm_ids: the comms.
            most: how many to ask for.
            now: the time.
            lane: where they are asked; ``None``: where the kernel last published on each.

        Returns:
            Those that were asked for.
        """
        # In the order of opening. A widget that refers to another may be built after that one.
        asked = list(islice((each for each in self._registry if each.comm_id in comm_ids), most))
        for record in asked:
            content = {"comm_id": record.comm_id, "data": {"method": "request_state"}}
            where = record.lane if lane is None else lane
            self._tell("state", "comm_msg", content, now, lane=where)
        return [record.comm_id for record in asked]

    def ask_for_a_sign(self, now: float) -> str:
        """Ask a small question on the shell, to see when all before it is done. Returns its id."""
        return self._kernel_requests.ask("overdue", "shell", "kernel_info_request", {}, now)

    def done(self, msg_id: str) -> None:
        """Stop waiting for the answer to a question."""
        self._kernel_requests.done(msg_id)

    def question(self, message: Message) -> Question:
        """Return our question that is the parent of a message."""
        return self._kernel_requests.asked(message)

    def is_answer(self, message: Message) -> bool:
        """
        Return whether a comm message with a request of ours as its parent is the answer to it.

        Whatever the kernel publishes meanwhile has our request as its parent too, such as what
        observers and threads send, and children that a getter makes. The answer is a whole state,
        on the comm that was asked. All other messages are for the pages.
        """
        if message.comm.comm_id.startswith(self._control_prefix):
            return True
        question = self._kernel_requests.asked(message)
        return (
            question.about == "state"
            and message.header.msg_type == "comm_msg"
            and message.comm.comm_id == question.comm_id
            and self._is_whole_state(message)
        )

    def _is_whole_state(self, message: Message) -> bool:
        """
        Return whether a widget's message has its whole state. A partial update names no model.

        Objects with a descriptor of anywidget name their model only when they open. For them, a
        message with all other attributes is a whole state.
        """
        try:
            payload = read_payload(message.comm.data)
            if payload.method != "update":
                return False
            if read_model_name(payload.state).name:
                return True
            record = self._registry.get(message.comm.comm_id)
            if record is None or record.state is None:
                return False
            said = read_attributes(payload.state, payload.buffer_paths, message.buffers)
            known = {key for key in record.state.attributes() if not key.startswith(SAID_ONCE)}
            # An attribute that never changes is in it. So this is no update of a widget's only
            # attribute.
            return known <= said.keys() and any(key.startswith("_") for key in known)
        except MalformedMessageError:
            return False

    def reset(self) -> None:
        """Forget all questions, because the kernel has a new process."""
        self._kernel_requests.give_up()
        self.subshell_gone()
        self._has_control, self._unanswered = True, 0

    def _tell(
        self,
        about: str,
        msg_type: str,
        content: Mapping[str, object],
        now: float,
        metadata: Mapping[str, object] | None = None,
        lane: str = MAIN,
    ) -> str:
        return self._kernel_requests.ask(
            about,
            "shell",
            msg_type,
            content,
            now,
            metadata=metadata,
            subshell_id=self.subshell or lane or None,
            comm_id=str(content["comm_id"]),
        )
