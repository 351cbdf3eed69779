"""
What the broker tells a page in the kernel's name.

Each answer has the page's request as its parent. It ends with the ``idle`` that the page waits for.
The kernel may be busy meanwhile. So the parent of that idle has a type that no busy indicator
follows (rule 8).
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from typing import Any

from jupyter_comm_broker.core.comms import Comms
from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.core.outboxes.kind import Kind
from jupyter_comm_broker.core.pages.delivery import Delivery
from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.core.pages.kernel_voice import KernelVoice
from jupyter_comm_broker.core.requests.work import Work
from jupyter_comm_broker.core.restore.snapshot_message import Snapshot
from jupyter_comm_broker.core.state.comm_record import CommRecord
from jupyter_comm_broker.core.state.strategy import Kept
from jupyter_comm_broker.core.state.widget_state import WidgetState
from jupyter_comm_broker.protocol.json_text import dumps
from jupyter_comm_broker.protocol.message import Message, Part, retyped
from jupyter_comm_broker.protocol.synthesis import NO_PARENT, UNTRACKED_TYPE
from jupyter_comm_broker.protocol.widget import WIDGET_METADATA, State, update_data


class PageReplies:
    """
    Writes answers into the outboxes of pages.

    Every method takes some of these parameters:

    * ``frontend``: the page that is told.
    * ``request`` or ``message``: the page's message that is answered, or only its header as JSON.
      The answer has it as its parent.
    * ``parent``: the parent header of what is written, as JSON.
    * ``record`` or ``comm_id``: the comm.
    * ``state``: the attributes that are set.
    * ``reason``: why, for people.
    * ``ename`` and ``evalue``: the name of an error and its text.
    * ``content``: the content of a reply.
    * ``besides``: the session id of a page that is not told.
    * ``now``: the time in seconds.

    Args:
        ledger: counts and logs.
        comms: the kernel's comms.
        work: says what the kernel is doing.
        delivery: the pages.
        voice: writes messages in the kernel's name.
    """

    def __init__(
        self, ledger: Ledger, comms: Comms, work: Work, delivery: Delivery, voice: KernelVoice
    ) -> None:
        self._ledger = ledger
        self._comms = comms
        self._work = work
        self._delivery = delivery
        self._voice = voice
        self._guessed = False
        """Whether a page was told that the kernel is busy, which was a guess."""
        self.sessions = delivery.sessions
        """Returns the session ids of all pages, also of absent ones."""
        self.header = voice.header
        """Returns the JSON of a request's header, from its fields and the time."""

    def __iter__(self) -> Iterator[Frontend]:
        """Iterate over all pages, also absent ones that are still waited for."""
        return iter(list(self._delivery))

    def get(self, session_id: str) -> Frontend | None:
        """Return the page or program with this session id, attached or not."""
        return self._delivery.get(session_id)

    # -- ends --------------------------------------------------------------------------------

    def idle(self, frontend: Frontend, request: Part, now: float) -> None:
        """End a page's wait for a request about which the kernel says nothing."""
        parent = retyped(request, UNTRACKED_TYPE)
        self._say(frontend, "iopub", "status", {"execution_state": "idle"}, now, parent)

    def reply(self, frontend: Frontend, request: Message, content: Any, now: float) -> None:
        """Reply to a request on its own channel with ``content``, and end it."""
        reply_type = request.header.msg_type.removesuffix("_request") + "_reply"
        self._say(frontend, request.channel, reply_type, content, now, request.parts[0])
        self.idle(frontend, request.parts[0], now)

    def refuse(
        self, frontend: Frontend, request: Message, ename: str, evalue: str, now: float
    ) -> None:
        """Reply to a request with an error, because it was not let through, and end it."""
        content = {"status": "error", "ename": ename, "evalue": evalue, "traceback": []}
        self.reply(frontend, request, content, now)

    def error(
        self, frontend: Frontend, message: Message, ename: str, evalue: str, now: float
    ) -> None:
        """Tell a page by an error that a message that gets no reply was not let through."""
        error = {"ename": ename, "evalue": evalue, "traceback": [f"{ename}: {evalue}"]}
        self._say(frontend, "iopub", "error", error, now, message.parts[0])

    # -- the kernel --------------------------------------------------------------------------

    def kernel_info(self, frontend: Frontend, request: Message, content: bytes, now: float) -> None:
        """Answer ``kernel_info_request`` with the kernel's last answer, ``content``, unchanged."""
        self.reply(frontend, request, content, now)
        self._ledger.counters["answered_kernel_info"] += 1

    def status(self, frontend: Frontend, now: float) -> None:
        """Tell a page what the kernel is doing, so that its indicator is right at once (rule 8)."""
        execution = self._work.execution
        if execution.state not in ("busy", "idle", "dead"):
            return
        self._guessed |= execution.is_guessed
        running = execution.running
        parent = running.text if running is not None else NO_PARENT
        self._say(frontend, "iopub", "status", {"execution_state": execution.state}, now, parent)

    def correct_guess(self, now: float) -> None:
        """Tell all pages what the kernel is doing, if one was told a guess that was wrong."""
        if self._guessed:
            self._guessed = False
            for frontend in self:
                self.status(frontend, now)

    def not_known(self, frontend: Frontend, now: float) -> None:
        """Tell a page that nothing is known of what the kernel is doing."""
        self._say(frontend, "iopub", "status", {"execution_state": "unknown"}, now, NO_PARENT)

    def announce(self, state: str, now: float) -> None:
        """Tell every page a state that the kernel cannot tell itself, as the stock class does."""
        said = self._voice.publish("status", {"execution_state": state}, now)
        self._delivery.fan_out(said)

    # -- comms -------------------------------------------------------------------------------

    def comm_info(
        self, frontend: Frontend, request: Message, target_name: str | None, now: float
    ) -> None:
        """Answer ``comm_info_request`` from the registry, for one target; ``None`` for all."""
        comms = {
            record.comm_id: {"target_name": record.target_name}
            for record in self._comms.registry
            if (target_name is None or record.target_name == target_name)
            # A page asks each listed comm for its state, and hangs if one cannot answer (rule 4).
            and not (record.is_widget and record.state is None)
        }
        self.reply(frontend, request, {"status": "ok", "comms": comms}, now)
        self._ledger.counters["answered_comm_info"] += 1

    def comm_gone(
        self, frontend: Frontend, comm_id: str, reason: str, parent: Part, now: float
    ) -> None:
        """Tell a page that a comm is closed, and for what reason."""
        content = {"comm_id": comm_id, "data": {}}
        message = self._voice.to(
            frontend, "iopub", "comm_close", content, now, parent, metadata={"reason": reason}
        )
        self._delivery.give(frontend, message, Kind.LIFE, comm_id)

    def comm_gone_everywhere(
        self,
        comm_id: str,
        reason: str,
        parent: Part,
        now: float,
        besides: Container[str] = (),
    ) -> None:
        """Tell every page but ``besides`` that a comm is closed, and for what reason."""
        for frontend in self:
            if frontend.session_id not in besides:
                self.comm_gone(frontend, comm_id, reason, parent, now)

    def comm_opened(
        self, frontend: Frontend, record: CommRecord, known: WidgetState, now: float
    ) -> None:
        """Open a comm with its state, ``known``, at a page that asked too early (rule 11)."""
        state, paths, buffers = known.written()
        content = b'{"comm_id":%b,"target_name":%b,"data":{"state":%b,"buffer_paths":%b}}' % (
            dumps(record.comm_id),
            dumps(record.target_name),
            state,
            dumps(paths),
        )
        message = self._voice.to(
            frontend, "iopub", "comm_open", content, now, NO_PARENT, WIDGET_METADATA, buffers
        )
        self._delivery.give(frontend, message, Kind.LIFE, record.comm_id)

    def comm_replayed(self, frontend: Frontend, record: CommRecord, kept: Kept, now: float) -> None:
        """Open a comm at one page as the kernel did, and send what a strategy kept of it."""
        comm_id, target_name = dumps(record.comm_id), dumps(record.target_name)
        head = b'{"comm_id":%b,"target_name":%b,"data":' % (comm_id, target_name)
        msg_type, kind = "comm_open", Kind.LIFE
        for payload in kept:
            content, metadata = head + payload.text + b"}", payload.metadata
            message = self._voice.to(
                frontend, "iopub", msg_type, content, now, NO_PARENT, metadata, payload.buffers
            )
            self._delivery.give(frontend, message, kind, record.comm_id)
            head, msg_type, kind = b'{"comm_id":%b,"data":' % comm_id, "comm_msg", Kind.BARRIER

    def update(
        self,
        frontend: Frontend,
        comm_id: str,
        state: State,
        now: float,
        parent: Part = NO_PARENT,
    ) -> None:
        """Set attributes of a widget at one page."""
        if not state:
            return
        data, buffers = update_data(state)
        content = b'{"comm_id":%b,"data":%b}' % (dumps(comm_id), data)
        message = self._voice.to(frontend, "iopub", "comm_msg", content, now, parent, None, buffers)
        kind = Kind.UPDATE if parent is NO_PARENT else Kind.ANSWER
        self._delivery.give(frontend, message, kind, comm_id)

    def pushed(self, comm_id: str, state: State, now: float, besides: str) -> None:
        """Set attributes of a widget at every page but ``besides``, with one message for all."""
        delivery = self._delivery
        if not any(frontend.session_id != besides for frontend in delivery):
            return
        data, buffers = update_data(state)
        content = b'{"comm_id":%b,"data":%b}' % (dumps(comm_id), data)
        message = self._voice.publish("comm_msg", content, now, buffers=buffers)
        delivery.fan_out(message, Kind.UPDATE, comm_id, besides)

    def correction(
        self, frontend: Frontend, comm_id: str, state: State, request: Part, now: float
    ) -> None:
        """
        Set attributes of a widget to their true values at a page whose update did not pass.

        After its own update, ipywidgets ignores these attributes in every echo, until the echo of
        that update comes (fact 2.5). Without this echo the page would never follow others again.
        ipywidgets 7 knows no echoes, and takes the update.
        """
        if not state:
            return
        data, buffers = update_data(state, "echo_update")
        content = b'{"comm_id":%b,"data":%b}' % (dumps(comm_id), data)
        message = self._voice.to(
            frontend, "iopub", "comm_msg", content, now, request, None, buffers
        )
        self._delivery.give(frontend, message, Kind.ANSWER, comm_id)
        self.update(frontend, comm_id, state, now)

    def repair(
        self, record: CommRecord, keys: Iterable[str], now: float, besides: str | None = None
    ) -> None:
        """Set the attributes ``keys`` to the mirror's values, at every page but ``besides``."""
        if record.state is None:
            return
        state = record.state.picked(keys)
        for frontend in self:
            if frontend.session_id != besides:
                self.update(frontend, record.comm_id, state, now)
        self._ledger.counters["repairs"] += 1

    def snapshot(self, frontend: Frontend, snapshot: Snapshot, parent: Part, now: float) -> None:
        """Send one page a snapshot on its control comm. No update is merged across it."""
        message = self._voice.to(
            frontend,
            "iopub",
            "comm_msg",
            snapshot.content,
            now,
            parent,
            buffers=snapshot.buffers,
        )
        self._delivery.give(frontend, message, Kind.LIFE)

    def output_cut(self, frontend: Frontend, reason: str, now: float) -> None:
        """Tell a page that came back why something that it missed was not kept."""
        content = {"name": "stderr", "text": f"[jupyter_comm_broker] {reason}\n"}
        running = self._work.execution.running
        self._say(frontend, "iopub", "stream", content, now, running.text if running else NO_PARENT)

    # -- inside --------------------------------------------------------------------------------

    def _say(
        self,
        frontend: Frontend,
        channel: str,
        msg_type: str,
        content: Any,
        now: float,
        parent: Part,
    ) -> None:
        message = self._voice.to(frontend, channel, msg_type, content, now, parent)
        self._delivery.give(frontend, message)
