"""
Asking the kernel for what the mirror does not know or is not sure of (protocol facts 2.4).

One thing at a time, never in the path of an answer to a page: first which comms there are
(over control, where a busy ipykernel answers too), then their states: on the shell when
nothing runs there, on a subshell of our own when something does and a page waits. Every step
has a time limit and is tried again, ever later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum

from jupyter_comm_broker.core.comm_record import CommRecord, Knowledge, Side
from jupyter_comm_broker.core.context import Context
from jupyter_comm_broker.core.proof import Proof
from jupyter_comm_broker.core.questions import Questions
from jupyter_comm_broker.core.reconciliation import Learned, Reconciliation
from jupyter_comm_broker.protocol.json_text import loads
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.widget import CONTROL_METADATA, CONTROL_TARGET, read_payload


class Step(str, Enum):
    """What we wait for."""

    REST = "rest"
    LIST = "list of comms"
    SUBSHELL = "subshell"
    STATES = "states of all widgets"
    EACH = "states, one by one"
    LEAVE = "end of the control comm"


class Verification:
    """The order of our questions about comms."""

    ONE_BY_ONE = 20
    """Up to so many comms are asked one by one; more are cheaper in one message."""

    def __init__(self, context: Context, questions: Questions, proof: Proof) -> None:
        self._context = context
        self._questions = questions
        self._proof = proof
        self._reconciliation = Reconciliation(context)
        self.step = Step.REST
        self.touched: dict[str, set[str]] = {}
        """The comms that changed since the last look for silent changes."""
        context.mirror.watchers.insert(0, self.touched)
        self._wanted: set[str] = set()
        """Comms that a page waits for."""
        self._list_wanted = False
        self._waiting_for: set[str] = set()
        self._control_prefix = f"{context.author.session}_control_"
        self._control_count = 0
        self._control_comm = ""
        self._closing = ""
        self._subshell: str | None = None
        self._no_control_comm = False
        self._failures = 0
        self._not_before = 0.0
        self._deadline = 0.0
        self.looked_at = 0.0
        """When we last looked for changes that no message told of."""

    # -- wanting -------------------------------------------------------------------------------

    def wanted(self, comm_ids: Iterable[str], now: float) -> None:
        """A page waits for these comms' states, or for the list of comms if that is not known."""
        self._wanted.update(comm_ids)
        self._list_wanted |= not self._context.registry.complete
        self._failures = 0
        self._not_before = now

    def find_all(self, now: float) -> None:
        """The kernel was there before us: learn which comms it has."""
        self._list_wanted = True
        self._failures = 0
        self._not_before = now

    def reset(self) -> None:
        """The kernel's process is another one: no answer will come."""
        self._questions.give_up()
        self.step = Step.REST
        self._wanted.clear()
        self.touched.clear()
        self._list_wanted = self._no_control_comm = False
        self._subshell = None
        self._failures = 0
        self._not_before = 0.0

    # -- asking --------------------------------------------------------------------------------

    def next_due(self) -> float | None:
        """Return when to go on."""
        if self.step is not Step.REST:
            return self._deadline
        if not (self._list_wanted or self._doubtful(self._not_before)):
            look = self._context.limits.verify_interval
            return self.looked_at + look if look and self.touched else None
        if self._failures >= self._context.limits.verify_attempts or not self._can_ask():
            return None
        return self._not_before

    def tick(self, now: float) -> None:
        """Ask what is to be asked next, if it can be asked now."""
        if self._proof.held or self._proof.link == "lost":
            return
        if self.step is not Step.REST:
            if now >= self._deadline:
                self._failed(now)
            return
        if now < self._not_before or self._failures >= self._context.limits.verify_attempts:
            return
        if self._list_wanted:
            self._ask_list(now)
            return
        doubtful = self._doubtful(now)
        if doubtful and self._can_ask():
            self._ask_states(doubtful, now)

    def calmed(self, now: float) -> None:
        """The kernel finished something: what had to wait for that can be asked."""
        if self.step is Step.REST and self._failures:
            self._failures = 0
            self._not_before = now

    def _doubtful(self, now: float) -> list[CommRecord]:
        doubtful = [
            record
            for record in self._context.registry
            if record.is_widget
            and (
                record.knowledge in (Knowledge.UNKNOWN, Knowledge.DIRTY)
                or record.comm_id in self._wanted
            )
        ]
        interval = self._context.limits.verify_interval
        if not doubtful and interval and self.touched and now >= self.looked_at + interval:
            ids = list(self.touched)[-self.ONE_BY_ONE :]
            doubtful = [
                r for r in map(self._context.registry.get, ids) if r is not None and r.is_widget
            ]
        return doubtful

    def _can_ask(self) -> bool:
        return not self._context.occupied or (bool(self._urgent()) and self._has_subshells())

    def _urgent(self) -> bool:
        return bool(self._wanted) or any(
            r.is_widget and r.state is None and r.knowledge is Knowledge.UNKNOWN
            for r in self._context.registry
        )

    def _has_subshells(self) -> bool:
        return b'"kernel subshells"' in (self._context.kernel_info or b"")

    def _ask_list(self, now: float) -> None:
        channel = "control"
        if not self._proof.answers_control:
            if self._context.occupied and self._proof.answers_control is False:
                return
            channel = "control" if self._context.occupied else "shell"
        self._begin(Step.LIST, now)
        self._questions.ask("list", channel, "comm_info_request", {}, now)

    def _ask_states(self, doubtful: list[CommRecord], now: float) -> None:
        self.looked_at = now
        self.touched.clear()
        self._waiting_for = {record.comm_id for record in doubtful}
        if self._context.occupied:
            self._begin(Step.SUBSHELL, now)
            self._questions.ask("subshell", "control", "create_subshell_request", {}, now)
        elif len(doubtful) > self.ONE_BY_ONE and not self._no_control_comm:
            self._ask_all(now)
        else:
            self._ask_each(now)

    def _ask_all(self, now: float) -> None:
        self._begin(Step.STATES, now)
        # Fresh for each request: the kernel answers on the control comm opened last.
        self._control_count += 1
        self._control_comm = f"{self._control_prefix}{self._control_count}"
        opening = {"comm_id": self._control_comm, "target_name": CONTROL_TARGET, "data": {}}
        self._tell("control", "comm_open", opening, now, metadata=CONTROL_METADATA)
        asking = {"comm_id": self._control_comm, "data": {"method": "request_states"}}
        self._tell("states", "comm_msg", asking, now)

    def _ask_each(self, now: float) -> None:
        self._begin(Step.EACH, now)
        for comm_id in self._waiting_for:
            content = {"comm_id": comm_id, "data": {"method": "request_state"}}
            self._tell("state", "comm_msg", content, now)

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

    # -- hearing -------------------------------------------------------------------------------

    def heard(self, message: Message, now: float) -> list[Learned]:
        """Take what the kernel sent because of a question of ours. Returns what pages must be told."""
        about = self._questions.about(message)
        msg_type = message.header.msg_type
        if msg_type == "comm_info_reply" and about == "list" and self.step is Step.LIST:
            return self._listed(message, now)
        if msg_type == "create_subshell_reply" and self.step is Step.SUBSHELL:
            self._got_subshell(message, now)
        elif msg_type == "comm_msg" and self.is_answer(message):
            return self._stated(message, now)
        elif msg_type == "comm_close" and about == "control" and self.step is Step.STATES:
            self._no_control_comm = True
            self._ask_each_or_wait(now)
        elif msg_type == "status" and loads(message.parts[3]).get("execution_state") == "idle":
            self._ended(message, about, now)
        return []

    def is_answer(self, message: Message) -> bool:
        """Whether a comm message under a request of ours is meant for us, not for the pages."""
        comm_id = message.comm.comm_id
        if comm_id.startswith(self._control_prefix):
            return True
        # A thread's update may stand under our request too; only a whole state is the answer.
        return (
            self._questions.about(message) == "state"
            and comm_id in self._waiting_for
            and b'"_model_name"' in bytes(message.parts[3])
        )

    def _listed(self, message: Message, now: float) -> list[Learned]:
        self._list_wanted = False
        closed = self._reconciliation.listed(message, self._questions.asked_at(message), now)
        self._succeeded(now)
        return closed

    def _got_subshell(self, message: Message, now: float) -> None:
        self._subshell = message.content.get("subshell_id")
        if self._subshell is None:
            self._failed(now)
            return
        self._ask_all(now)

    def _stated(self, message: Message, now: float) -> list[Learned]:
        method = read_payload(message.comm.data).method
        if message.comm.comm_id != self._control_comm:
            self._waiting_for.discard(message.comm.comm_id)
            self._wanted.discard(message.comm.comm_id)
            learned = self._reconciliation.one_stated(message) if method == "update" else []
            if not self._waiting_for and self.step is Step.EACH:
                self._succeeded(now)
            return learned
        if method != "update_states" or self.step is not Step.STATES:
            return []
        learned, found = self._reconciliation.all_stated(message)
        self._waiting_for -= found
        self._wanted -= found
        self._begin(Step.LEAVE, now)
        self._closing = self._tell(
            "close", "comm_close", {"comm_id": self._control_comm, "data": {}}, now
        )
        return learned

    def _ended(self, message: Message, about: str, now: float) -> None:
        if self.step is Step.LEAVE and message.parent.msg_id == self._closing:
            self._leave(now)
        elif about == "states" and self.step is Step.STATES:
            # ipywidgets only logs when one widget's serializer fails; then nobody gets an answer.
            self._no_control_comm = True
            self._ask_each_or_wait(now)
        elif about == "state" and self.step is Step.EACH:
            self._questions.done(message.parent.msg_id)

    def _leave(self, now: float) -> None:
        self._drop_subshell(now)
        if self._waiting_for:
            # Not among the kernel's own: anywidget descriptors, relayed comms. Asked one by one.
            self._ask_each_or_wait(now)
        else:
            self._succeeded(now)

    def _ask_each_or_wait(self, now: float) -> None:
        self._drop_subshell(now)
        if self._context.occupied or not self._waiting_for:
            self._succeeded(now)
        else:
            self._ask_each(now)

    def _drop_subshell(self, now: float) -> None:
        if self._subshell is not None:
            content = {"subshell_id": self._subshell}
            self._subshell = None
            self._questions.ask("", "control", "delete_subshell_request", content, now)

    # -- steps ---------------------------------------------------------------------------------

    def _begin(self, step: Step, now: float) -> None:
        self.step = step
        self._deadline = now + self._context.limits.verify_retry_seconds * 2**self._failures

    def _succeeded(self, now: float) -> None:
        self.step = Step.REST
        self._failures = 0
        self._not_before = now

    def _failed(self, now: float) -> None:
        self._context.counters["verification_timeouts"] += 1
        self._context.log("debug", f"the kernel gave no answer in time: {self.step.value}")
        if self.step is Step.LIST and self._context.occupied:
            self._proof.answers_control = False
        if self.step is Step.EACH:
            self._given_up_on()
        self._drop_subshell(now)
        self.step = Step.REST
        self._failures += 1
        self._not_before = now + self._context.limits.verify_retry_seconds * 2**self._failures

    def _given_up_on(self) -> None:
        for record in filter(None, map(self._context.registry.get, self._waiting_for)):
            if record.state is not None and record.opened_by is not Side.FRONTEND:
                record.dirty_because = record.dirty_because or "the kernel does not tell its state"
