"""
Ending requests whose end the kernel said and dropped.

A kernel's publishing end drops what does not fit its queue (protocol facts 2.3, row 12), the
``idle`` behind a flood too. Its cell then runs for ever in every page, and a slider waits for
ever. Replies go over another socket and are never dropped, and a shell works through its
requests one after the other: whatever is busy next on it proves that those replied to before
are over. Where nothing is next, a question of ours is.
"""

from __future__ import annotations

from jupyter_comm_broker.core.context import Context
from jupyter_comm_broker.core.kernel.link_handshake import Proof
from jupyter_comm_broker.core.kernel.state_questions import Questions
from jupyter_comm_broker.core.requests.execution import MAIN
from jupyter_comm_broker.core.routing.from_kernel import FromKernel
from jupyter_comm_broker.protocol.json_text import dumps
from jupyter_comm_broker.protocol.message import COMM_TYPES, Header, Message, Part
from jupyter_comm_broker.protocol.synthesis import PROTOCOL_VERSION


class LostIdles:
    """Watches the requests that were replied to and never said to be over."""

    ABOUT = "idle"

    def __init__(
        self, context: Context, questions: Questions, proof: Proof, from_kernel: FromKernel
    ) -> None:
        self._context = context
        self._questions = questions
        self._proof = proof
        self._from_kernel = from_kernel
        self._patience = context.limits.missing_idle_seconds
        self._suspect = ""
        """The msg_id of what may be over, and waits for its idle."""
        self._ask_at = 0.0
        self._look_at: float | None = None
        self._asked, self._asked_at = "", 0.0
        self._attempts = 0

    # -- suspecting ----------------------------------------------------------------------------

    def next_due(self) -> float | None:
        """Return when to look again; not set anew for each request that is over in time."""
        return self._look_at

    def tick(self, now: float) -> None:
        """Ask the kernel, if something has waited long enough for its idle."""
        suspect = self._suspected()
        if suspect != self._suspect:
            self._suspect, self._asked, self._attempts = suspect, "", 0
            self._ask_at = now + self._patience
            if self._look_at is None:
                self._look_at = self._ask_at
        if self._look_at is None or now < self._look_at:
            return
        if suspect and now >= self._ask_at and not self._proof.held:
            # What answers this may be dropped as well; and a handler may run for hours.
            self._attempts += 1
            self._ask_at = now + self._patience * 2**self._attempts
            self._asked_at = now
            self._asked = self._questions.ask(self.ABOUT, "shell", "kernel_info_request", {}, now)
        self._look_at = max(self._ask_at, now + self._patience) if suspect else None

    def _suspected(self) -> str:
        """Return what runs on the main shell and should be over, as far as we know."""
        for msg_id, request in self._context.requests.unended.items():
            if request.lane == MAIN:
                return msg_id
        running = self._context.execution.running_in(MAIN)
        # Comm messages get no reply that would say so.
        return running[0].msg_id if running and running[0].msg_type in COMM_TYPES else ""

    # -- concluding ----------------------------------------------------------------------------

    def before(self, status: Message, now: float) -> None:
        """End what this status, which comes next, proves to be over."""
        context, msg_id = self._context, status.parent.msg_id
        if not msg_id or not (self._asked or context.requests.unended):
            return
        if msg_id == self._asked:
            self._asked = ""
            self._end_unended(MAIN, self._asked_at, now)
            running = context.execution.running_in(MAIN)
            if running is not None and running[0].msg_type in COMM_TYPES:
                self._end(*running, now)
        elif (later := context.requests.get(msg_id)) is not None:
            self._end_unended(later.lane, later.sent_at, now)

    def _end_unended(self, lane: str, sent_before: float, now: float) -> None:
        # A reply overtakes what waits on iopub: of what was sent later nothing is proven.
        for request in list(self._context.requests.unended.values()):
            if request.lane == lane and request.sent_at < sent_before:
                self._end(request.header, self._written(request.header, now), now)

    def _end(self, header: Header, parent: Part, now: float) -> None:
        """Say the idle in the kernel's name: everybody heard that the request was busy."""
        context = self._context
        context.counters["lost_idles"] += 1
        context.log(
            "warning", f"the kernel's idle for {header.msg_type} {header.msg_id} was lost; said it"
        )
        idle = context.author.write(
            "iopub",
            "status",
            {"execution_state": "idle"},
            now=now,
            session=context.delivery.kernel_session,
            parent=parent,
        )
        self._from_kernel.published(idle, now)

    def _written(self, header: Header, now: float) -> Part:
        """Return a header's JSON again, with the fields that JupyterLab insists on."""
        fields = {
            "username": "",
            "version": PROTOCOL_VERSION,
            "date": self._context.author.date(now),
        }
        known = {"msg_id": header.msg_id, "msg_type": header.msg_type, "session": header.session}
        lane = {} if header.subshell_id is None else {"subshell_id": header.subshell_id}
        return dumps({**known, **fields, **lane})
