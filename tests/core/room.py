"""
A room with one broker in it, a kernel on one side and pages on the other.

Each call is one thing that happens: the kernel says something, a page sends something, time
passes. The broker is told at once; what it has for the kernel and for each page is kept until
a test asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_comm_broker.core.broker import KernelBroker
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.pages.effects import LogLine
from jupyter_comm_broker.core.policy import Policy
from jupyter_comm_broker.core.state.changes import KernelChange
from jupyter_comm_broker.core.state.comm_record import CommRecord
from jupyter_comm_broker.protocol.json_text import loads
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.synthesis import Author
from jupyter_comm_broker.protocol.widget import WIDGET_TARGET

from .page import Page
from .talker import Talker

WITH_SUBSHELLS = {"status": "ok", "supported_features": ["kernel subshells"]}
WITHOUT_SUBSHELLS = {"status": "ok"}


class Room:
    """A broker whose link to the kernel is proven, unless a test wants another one."""

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        policy: Policy | None = None,
        running: bool = False,
        proven: bool = True,
        kernel_info: Mapping[str, Any] = WITHOUT_SUBSHELLS,
        answers_control: bool = True,
        numbers: bool = True,
    ) -> None:
        self.now = 0.0
        self.broker = KernelBroker(policy or Policy(), limits or Limits(), Author("broker"))
        self.kernel = Kernel(self)
        self.kernel.numbers = numbers
        self.kernel_info = kernel_info
        self.log: list[LogLine] = []
        self.cut_off: list[str] = []
        self.pages: dict[str, Page] = {}
        self.happened: list[KernelChange] = []
        self.looked: list[int] = []
        self._for_kernel: list[Message] = []
        self.broker.link_opened(self.now, running=running)
        self.settle()
        if proven:
            # A kernel that was there before is asked on both, and answers on control at once.
            channels = ("control", "shell") if running else ("shell", "control")
            self.prove(answers_control=answers_control, channels=channels)

    def settle(self) -> None:
        """Tick, and take the broker's effects, as the driver does after each batch."""
        self.broker.tick(self.now)
        effects = self.broker.take_effects()
        self._for_kernel += effects.to_kernel
        self.log += effects.log
        self.cut_off += [session_id for session_id, _ in effects.cut_off]
        self.happened += effects.happened
        self.looked += effects.looked
        if effects.shared is not None:
            for frontend in effects.shared.frontends:
                self.pages[frontend.session_id].is_offered(effects.shared)

    def prove(
        self, *, answers_control: bool = True, channels: Sequence[str] = ("shell", "control")
    ) -> None:
        """Let the kernel answer the broker's first question."""
        for channel in channels:
            asked = [m for m in self._for_kernel if _is_asked_on(m, channel)]
            self._for_kernel = [m for m in self._for_kernel if m not in asked]
            for request in asked if channel == "shell" or answers_control else ():
                self.kernel.replies(request, self.kernel_info)
                self.kernel.idle(request)

    def wait(self, seconds: float) -> None:
        """Let time pass. The broker is woken whenever it wants to be."""
        end, again = self.now + seconds, 0
        while True:
            due = self.broker.next_due()
            if due is None or due > end:
                break
            again = again + 1 if due <= self.now else 0
            # A driver would spin: the broker is woken, and wants to be woken at once again.
            assert again < 5, f"nothing is done about what was due at {due}"
            self.now = max(self.now, due)
            self.settle()
        self.now = end
        self.settle()

    def for_kernel(self) -> list[Message]:
        """Take what the broker has sent to the kernel since the last call."""
        taken, self._for_kernel = self._for_kernel, []
        return taken

    def page(self, session: str) -> Page:
        """Let a page attach."""
        page = Page(self, session)
        page.attach()
        return page

    def record(self, comm_id: str) -> CommRecord:
        """Return what the broker knows of a comm that is open."""
        record = self.broker._parts.comms.registry.get(comm_id)
        assert record is not None, f"no comm {comm_id}"
        return record

    def mirrored(self, comm_id: str) -> Any:
        """Return the mirrored state of a comm without its buffers."""
        state = self.record(comm_id).state
        return loads(state.written()[0]) if state is not None else None


class Kernel(Talker):
    """The kernel. The broker gets its messages at once."""

    def __init__(self, room: Room, session: str = "kernel") -> None:
        super().__init__(session)
        self._room = room

    def says(
        self,
        channel: str,
        msg_type: str,
        content: Any,
        parent: Message | None = None,
        metadata: Any = None,
        buffers: Sequence[bytes] = (),
    ) -> Message:
        """Send any message."""
        message = self.write(
            channel, msg_type, content, parent=parent, metadata=metadata, buffers=buffers
        )
        self._room.broker.kernel_sent(message, self._room.now)
        self._room.settle()
        return message

    def publishes(
        self,
        msg_type: str,
        content: Any,
        parent: Message | None = None,
        buffers: Sequence[bytes] = (),
    ) -> Message:
        """Send on iopub."""
        return self.says("iopub", msg_type, content, parent, buffers=buffers)

    def busy(self, parent: Message | None) -> None:
        self.publishes("status", {"execution_state": "busy"}, parent)

    def idle(self, parent: Message | None) -> None:
        self.publishes("status", {"execution_state": "idle"}, parent)

    def replies(self, request: Message, content: Any) -> Message:
        """Reply on the channel of the request."""
        reply_type = request.header.msg_type.removesuffix("_request") + "_reply"
        return self.says(request.channel, reply_type, content, request)

    def prints(self, text: str, parent: Message | None = None) -> Message:
        return self.publishes("stream", {"name": "stdout", "text": text}, parent)

    def raises(self, ename: str, parent: Message) -> None:
        self.publishes("error", {"ename": ename, "evalue": "no", "traceback": ["line"]}, parent)

    def opens(
        self,
        comm_id: str,
        state: Mapping[str, Any] | None = None,
        parent: Message | None = None,
        *,
        target: str = WIDGET_TARGET,
        paths: Sequence[Any] = (),
        buffers: Sequence[bytes] = (),
    ) -> Message:
        """Open a comm. A widget has a state; other comms have empty data."""
        data = {"state": state, "buffer_paths": paths} if state is not None else {}
        content = {"comm_id": comm_id, "target_name": target, "data": data}
        return self.publishes("comm_open", content, parent, buffers)

    def sends(
        self, comm_id: str, data: Any, parent: Message | None = None, buffers: Sequence[bytes] = ()
    ) -> Message:
        return self.publishes("comm_msg", {"comm_id": comm_id, "data": data}, parent, buffers)

    def updates(
        self,
        comm_id: str,
        state: Mapping[str, Any],
        parent: Message | None = None,
        *,
        method: str = "update",
        paths: Sequence[Any] = (),
        buffers: Sequence[bytes] = (),
    ) -> Message:
        data = {"method": method, "state": state, "buffer_paths": paths}
        return self.sends(comm_id, data, parent, buffers)

    def echoes(self, comm_id: str, state: Mapping[str, Any], parent: Message) -> Message:
        return self.updates(comm_id, state, parent, method="echo_update")

    def customs(self, comm_id: str, content: Any, parent: Message | None = None) -> Message:
        return self.sends(comm_id, {"method": "custom", "content": content}, parent)

    def closes(self, comm_id: str, parent: Message | None = None) -> Message:
        return self.publishes("comm_close", {"comm_id": comm_id, "data": {}}, parent)


def _is_asked_on(message: Message, channel: str) -> bool:
    return message.header.msg_type == "kernel_info_request" and message.channel == channel
