"""
Ending the wait of a page that the kernel forgot to end.

While an awaiting async cell runs, ipykernel 7.4 handles comm messages at once and says neither
busy nor idle about them. A page sends a widget's next update only when the one before is
idle (rule 7), so that widget would never send again. An echo tells that an update was handled.
Of a message that causes nothing it is not known before the cell is over: then a question of
ours, which the kernel comes to last, proves that it has been.
"""

from __future__ import annotations

from jupyter_comm_broker.core.context import Context
from jupyter_comm_broker.core.kernel.link_handshake import Proof
from jupyter_comm_broker.core.kernel.state_questions import Questions
from jupyter_comm_broker.core.requests.execution import MAIN
from jupyter_comm_broker.core.restore.page_replies import Answers
from jupyter_comm_broker.core.state.pending import PendingUpdate
from jupyter_comm_broker.protocol.message import Message, Part


class MissingIdles:
    """Watches the updates that were echoed without a status, and what was sent during a cell."""

    ABOUT = "silent"
    MOST = 10_000
    """Messages noted during one cell; of more than that the first are looked after."""

    def __init__(
        self, context: Context, answers: Answers, questions: Questions, proof: Proof
    ) -> None:
        self._context = context
        self._answers = answers
        self._questions = questions
        self._proof = proof
        self._wait = context.limits.missing_idle_seconds
        self._unheard: dict[str, Part] = {}
        """The headers of comm messages that were sent during a cell, and not said to be begun."""
        self._ask_at: float | None = None
        self._attempts = 0
        self._asked, self._before = "", frozenset[str]()

    def sent(self, message: Message) -> None:
        """Note a comm message that is on its way to the kernel, if that may be silent about it."""
        if self._context.occupied and len(self._unheard) < self.MOST:
            request = self._context.requests.get(message.header.msg_id)
            if request is not None and request.lane == MAIN:
                self._unheard[message.header.msg_id] = message.parts[0]

    def heard(self, status: Message, now: float) -> None:
        """Follow a status: what it is about is heard of, and what came before is over."""
        msg_id = status.parent.msg_id
        self._unheard.pop(msg_id, None)
        if msg_id == self._asked:
            self._asked = ""
            # A message may have gone to a subshell that publishes on its comm: wait for that.
            if self._context.execution.running is None:
                for silent in [each for each in self._unheard if each in self._before]:
                    self._end_silent(silent, self._unheard.pop(silent), now)

    # -- time ------------------------------------------------------------------------------------

    def next_due(self) -> float | None:
        """Return when the next wait is to be ended, or the kernel asked."""
        first = next(iter(self._context.mirror.pending.statusless.values()), None)
        echoed = None if first is None else first.echoed_at + self._wait
        return min((each for each in (echoed, self._ask_at) if each is not None), default=None)

    def tick(self, now: float) -> None:
        """Say idle for updates that the kernel has handled and said nothing about."""
        for update in list(self._context.mirror.pending.statusless.values()):
            if now >= update.echoed_at + self._wait:
                self._end(update, now)
        if self._unheard or self._ask_at is not None:
            self._ask(now)

    def _ask(self, now: float) -> None:
        """Ask the kernel once its cell is over and a while has passed without a word."""
        context, requests = self._context, self._context.requests
        running = context.occupied or context.execution.running is not None
        if running or self._proof.held or not self._unheard:
            self._ask_at, self._attempts = None, 0
        elif self._ask_at is None:
            self._ask_at = now + self._wait
        elif now >= self._ask_at:
            # Those of a process that is gone will never be answered.
            self._unheard = {k: v for k, v in self._unheard.items() if requests.get(k) is not None}
            self._before = frozenset(self._unheard)
            if self._before:
                self._asked = self._questions.ask(
                    self.ABOUT, "shell", "kernel_info_request", {}, now
                )
            # What answers it may be dropped behind a flood.
            self._attempts += 1
            self._ask_at = now + self._wait * 2**self._attempts

    def _end_silent(self, msg_id: str, header: Part, now: float) -> None:
        request = self._context.requests.get(msg_id)
        if request is not None:
            self._say_idle(msg_id, request.session_id, header, now)

    def _end(self, update: PendingUpdate, now: float) -> None:
        self._unheard.pop(update.msg_id, None)
        self._say_idle(update.msg_id, update.session_id, update.header, now)

    def _say_idle(self, msg_id: str, session_id: str, header: Part, now: float) -> None:
        frontend = self._context.delivery.get(session_id)
        if frontend is not None:
            self._answers.idle(frontend, header, now)
        self._context.requests.finished(msg_id)
        self._context.counters["missing_idles"] += 1
        change = self._context.mirror.idle(msg_id)
        if change is not None:
            self._answers.repair(change.record, change.keys, now, besides=change.known_to)
