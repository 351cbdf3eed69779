"""
One run: an ``execute_request`` of a page, and all that came of it.

========  =====================================================================
state     means
========  =====================================================================
queued    it was sent, and the kernel has not begun with it
running   the kernel has begun with it
ended     the kernel replied and said idle
lost      its end will never be known, for example since the kernel was restarted
========  =====================================================================
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from jupyter_comm_broker.core.pages.outcome import shortened
from jupyter_comm_broker.core.runs.contents import content_of, text_in
from jupyter_comm_broker.core.runs.run_outputs import RunOutputs
from jupyter_comm_broker.protocol.message import Header, Message


class RunState(Enum):
    """How far a run has come."""

    QUEUED = "queued"
    RUNNING = "running"
    ENDED = "ended"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Ask:
    """Who asked for a run, and for which cell."""

    header: Header
    text: bytes
    """The request's header, as JSON."""
    session_id: str
    cell_id: str
    """The id of the cell in its notebook; empty if the frontend does not say it."""
    records_timing: bool
    """Whether the notebook records when its cells ran."""
    code: str | None
    """What is run; ``None`` if it is too long to be kept."""
    sent_at: float


@dataclass(slots=True)
class Run:
    """A request, its output and its end."""

    ask: Ask
    outputs: RunOutputs
    changed_at: float
    """When its output last changed, or it ended."""
    began_at: float | None = None
    ended_at: float | None = None
    seen_at: float | None = None
    """When its end was first given to a page that was there."""
    input: Message | None = None
    """The kernel's ``execute_input``, without the code."""
    execution_count: int | None = None
    """The number that the kernel gave it; ``None`` if the kernel did not say it yet."""
    question: Message | None = None
    """The ``input_request`` that waits for an answer."""
    answers: dict[str, str] = field(default_factory=dict)
    """Who answered its questions: by msg_id of the question, the session id of a page."""
    reply: Message | None = None
    status: str = ""
    """``ok``, ``error`` or ``aborted``, as the kernel replied."""
    is_idle: bool = False
    lost: tuple[str, str] | None = None
    """The name of the error that says why its end is not known, and the reason."""
    attached: list[str] = field(default_factory=list)
    """The session ids of the pages that attached to it."""
    captured: bool = False
    """Whether its latest output belongs to an Output widget."""

    @property
    def msg_id(self) -> str:
        """The msg_id of the request."""
        return self.ask.header.msg_id

    @property
    def size(self) -> int:
        """The bytes that are kept of it."""
        beside = (self.reply, self.question, self.input)
        return self.outputs.size + sum(each.size for each in beside if each is not None)

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to come."""
        return self.ended_at is not None

    @property
    def state(self) -> RunState:
        """How far it has come."""
        if self.lost is not None:
            return RunState.LOST
        if self.is_over:
            return RunState.ENDED
        return RunState.QUEUED if self.began_at is None else RunState.RUNNING

    @property
    def holders(self) -> list[str]:
        """The session ids of the pages that show its cell, the one that asked first."""
        return list(dict.fromkeys((self.ask.session_id, *self.attached)))

    def began(self, now: float) -> None:
        """Note that the kernel begins with it, also if it seemed lost."""
        if self.began_at is None:
            self.began_at = now
            if self.lost is not None:
                self.lost = self.ended_at = self.seen_at = None

    def began_with(self, said: Message) -> None:
        """Note the kernel's ``execute_input``."""
        self._count(fields := content_of(said))
        self.input = said.with_content({**fields, "code": ""})

    def heard(self, reply: Message, now: float) -> None:
        """Note the kernel's reply, also if it seemed lost. Nothing waits for an answer any more."""
        self.lost = None
        self._count(fields := content_of(reply))
        self.status, self.question = text_in(fields, "status"), None
        self.reply = shortened(reply)
        self._end_if_over(now)

    def _count(self, fields: dict[str, Any]) -> None:
        count = fields.get("execution_count")
        if isinstance(count, int):
            self.execution_count = count

    def idled(self, now: float) -> None:
        """Note that the kernel is done with it."""
        self.is_idle, self.question = True, None
        self._end_if_over(now)

    def lose(self, name: str, reason: str, now: float) -> None:
        """Note that nothing more will come, with the name of an error and the reason."""
        self.question = None
        if self.reply is not None:
            self.idled(now)
        elif not self.is_over:
            self.lost = (name, reason)
            self.ended_at = self.changed_at = now

    def asked(self, question: Message) -> None:
        """Note that the kernel waits for input."""
        self.question = Message(question.channel, question.parts[:4])

    def answered(self, session_id: str) -> None:
        """Note that a page answered the question."""
        if self.question is not None:
            self.answers[self.question.header.msg_id] = session_id
            self.question = None

    def attach(self, session_id: str, others: list[str]) -> None:
        """Note that a page attached to it, and which others still have."""
        self.attached = [*(each for each in others if each != session_id), session_id]

    def capture(self, captured: bool) -> None:
        """Note whether its output belongs to an Output widget."""
        self.captured = captured

    def saw(self, now: float) -> None:
        """Note that a page was given its end."""
        self.seen_at = now if self.seen_at is None else self.seen_at

    def changed(self, now: float) -> None:
        """Note that its output changed."""
        self.changed_at = now

    def raised(self) -> None:
        """Note an error: nothing waits for an answer any more."""
        self.question = None

    def _end_if_over(self, now: float) -> None:
        if self.reply is not None and self.is_idle and not self.is_over:
            self.ended_at = self.changed_at = now
