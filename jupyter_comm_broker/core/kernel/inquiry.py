"""
How the kernel is asked about comms: over control, over a control comm, or comm by comm.

A control comm of our own is fresh for each inquiry, because ipywidgets answers on the one
that was opened last. On a busy kernel with subshells all of it goes to one of ours, which is
deleted once the kernel is done with what was sent there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from jupyter_comm_broker.core.kernel.state_questions import Questions
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.widget import CONTROL_METADATA, CONTROL_TARGET


class Inquiry:
    """Puts the questions and knows their answers again."""

    def __init__(self, questions: Questions, session: str) -> None:
        self._questions = questions
        self._control_prefix = f"{session}_control_"
        self._control_count = 0
        self.control_comm = ""
        """The comm on which ``update_states`` will come."""
        self.closing = ""
        """The msg_id of the message that closed it."""
        self._subshell: str | None = None

    def list_comms(self, channel: str, now: float) -> None:
        """Ask which comms there are."""
        self._questions.ask("list", channel, "comm_info_request", {}, now)

    def create_subshell(self, now: float) -> None:
        """Ask for a subshell to put the next questions to."""
        self._questions.ask("subshell", "control", "create_subshell_request", {}, now)

    def use_subshell(self, reply: Message) -> bool:
        """Take the subshell from the reply. ``False`` if the kernel gave none."""
        self._subshell = reply.content.get("subshell_id")
        return self._subshell is not None

    def leave_subshell(self, now: float) -> None:
        """Delete our subshell, if there is one."""
        if self._subshell is not None:
            content = {"subshell_id": self._subshell}
            self._subshell = None
            self._questions.ask("", "control", "delete_subshell_request", content, now)

    def ask_for_all(self, now: float) -> None:
        """Ask for the states of all widgets in one message."""
        self._control_count += 1
        self.control_comm = f"{self._control_prefix}{self._control_count}"
        opening = {"comm_id": self.control_comm, "target_name": CONTROL_TARGET, "data": {}}
        self._tell("control", "comm_open", opening, now, metadata=CONTROL_METADATA)
        asking = {"comm_id": self.control_comm, "data": {"method": "request_states"}}
        self._tell("states", "comm_msg", asking, now)

    def close_control(self, now: float) -> None:
        """Close the control comm; its idle says that the kernel is done with it."""
        closing = {"comm_id": self.control_comm, "data": {}}
        self.closing = self._tell("close", "comm_close", closing, now)

    def ask_for_each(self, comm_ids: Iterable[str], now: float) -> None:
        """Ask for the states of these comms one by one."""
        for comm_id in comm_ids:
            content = {"comm_id": comm_id, "data": {"method": "request_state"}}
            self._tell("state", "comm_msg", content, now)

    def is_answer(self, message: Message) -> bool:
        """Whether a comm message under a request of ours is meant for us, not for the pages."""
        if message.comm.comm_id.startswith(self._control_prefix):
            return True
        # A thread's update may stand under our request too; only a whole state is the answer.
        about = self._questions.about(message)
        return about == "state" and b'"_model_name"' in bytes(message.parts[3])

    def reset(self) -> None:
        """The kernel's process is another one."""
        self._questions.give_up()
        self._subshell = None

    def _tell(
        self,
        about: str,
        msg_type: str,
        content: Mapping[str, object],
        now: float,
        metadata: Mapping[str, object] | None = None,
    ) -> str:
        return self._questions.ask(
            about, "shell", msg_type, content, now, metadata=metadata, subshell_id=self._subshell
        )
