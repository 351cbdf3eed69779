"""
The pages that show a run's cell, and what they are told of it beside what all pages are sent.

The page that asked is a holder, and each page that attached to the run. All of them get the reply,
and all are asked for input. The first answer counts.
"""

from __future__ import annotations

from typing import Any

from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.core.outboxes.kind import Kind
from jupyter_comm_broker.core.pages.delivery import Delivery
from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.core.pages.kernel_voice import KernelVoice
from jupyter_comm_broker.core.restore.output_list import CAPTURED_TYPES
from jupyter_comm_broker.core.runs.contents import content_of, text_in
from jupyter_comm_broker.core.runs.run import Run
from jupyter_comm_broker.core.runs.runs import Runs
from jupyter_comm_broker.protocol.message import Message, retyped
from jupyter_comm_broker.protocol.synthesis import UNTRACKED_TYPE

VERSION = 1
"""The version of the contract with the plug-in (docs/topics/running-cells.md)."""

DEAD_KERNEL = "DeadKernelError"
"""The name of the error of a cell whose process is gone."""

MOST_OTHERS = 20
"""The pages that attached to one run, from which on it is looked which of them are gone."""

HELD_BACK = CAPTURED_TYPES | {"update_display_data"}
"""What does not reach a cell while an Output widget takes its output (fact 7.8)."""

DOTS = "········"
"""What a page keeps of a password (fact 7.7)."""


class Holders:
    """
    Follows runs, and tells their holders what only they are told.

    Args:
        ledger: counts.
        runs: the runs.
        delivery: the pages.
        voice: writes messages in the kernel's name.
    """

    def __init__(self, ledger: Ledger, runs: Runs, delivery: Delivery, voice: KernelVoice) -> None:
        self._ledger = ledger
        self._runs = runs
        self._delivery = delivery
        self._voice = voice
        self.began = runs.began

    # -- from the kernel -----------------------------------------------------------------------

    def published(self, message: Message, now: float, *, captured: bool) -> None:
        """
        Follow a message of iopub that all pages are about to be given.

        Args:
            message: the message.
            now: the time.
            captured: whether an Output widget takes the output of its request.
        """
        run = self._runs.get(message.parent.msg_id)
        if run is not None and (captured or run.captured) and message.header.msg_type in HELD_BACK:
            self._capture(run, captured, now)
            if captured:
                run = None
        self._runs.published(message, run, now)

    def idled(self, msg_id: str, now: float) -> None:
        """Note that the kernel is done with a request."""
        if (run := self._runs.idled(msg_id, now)) is not None:
            self._over(run, now)

    def _capture(self, run: Run, captured: bool, now: float) -> None:
        """Note whether an Output widget takes what a run prints. Tell the pages if it is new."""
        if captured is not run.captured:
            run.capture(captured)
            for page in self._pages(run.attached):
                self.tell(page, run, "captured" if captured else "released", now)

    def heard(self, message: Message, given: str, now: float) -> None:
        """
        Follow a reply or a question of the kernel, and give it to the pages that attached.

        Args:
            message: the reply or the question.
            given: the session id that it is for, who has got it.
            now: the time.
        """
        is_question = message.channel == "stdin"
        run = self._runs.asked(message) if is_question else self._runs.replied(message, now)
        if run is None:
            return
        for page in self._pages(run.attached):
            if page.session_id != given:
                self._delivery.reply(page, message)
        if run.is_over:
            self._over(run, now)

    def _over(self, run: Run, now: float) -> None:
        # Other cells may still update its displays.
        self._capture(run, False, now)
        if any(page.attached for page in self._pages(run.holders)):
            self._runs.seen(run, now)

    def lost(self, msg_id: str, name: str, reason: str, now: float) -> None:
        """
        Note that the end of a run is lost, and tell the pages that attached to it.

        Args:
            msg_id: the request.
            name: the name of an error.
            reason: why, for people.
            now: the time.
        """
        if (run := self._runs.get(msg_id)) is not None:
            self._lose(run, name, reason, now)

    def process_ended(self, reason: str, now: float) -> None:
        """
        Note that the process is gone that ran all this, and tell the pages that attached.

        Args:
            reason: why, for people.
            now: the time.
        """
        for run in self._runs:
            # Pages forget them too. The next process may use their ids for displays of its own.
            run.outputs.forget_displays()
            self._lose(run, DEAD_KERNEL, reason, now)

    def _lose(self, run: Run, name: str, reason: str, now: float) -> None:
        was_over = run.is_over
        self._runs.lose(run, name, reason, now)
        # The error is the cell's.
        self._capture(run, False, now)
        for page in self._pages(run.attached) if not was_over else ():
            if page.session_id != run.ask.session_id:
                self.end(page, run, now)

    # -- from pages ------------------------------------------------------------------------------

    def answered(self, frontend: Frontend, message: Message, now: float) -> bool:
        """
        Follow a page's answer to ``input()``. The other holders close their boxes.

        Args:
            frontend: the page.
            message: its message.
            now: the time.

        Returns:
            Whether the answer comes too late: another page has answered the question.
        """
        if message.header.msg_type != "input_reply":
            return False
        asked = message.parent.msg_id
        for run in self._runs:
            if run.answers.get(asked, frontend.session_id) != frontend.session_id:
                self._ledger.counters["late_answers"] += 1
                return True
            if run.question is not None and (
                run.question.header.msg_id == asked
                or (not asked and frontend.session_id in run.holders)
            ):
                self._close_boxes(frontend, run, run.question, message, now)
                return False
        return False

    def _close_boxes(
        self, frontend: Frontend, run: Run, question: Message, answer: Message, now: float
    ) -> None:
        run.answered(frontend.session_id)
        asked = content_of(question)
        typed = DOTS if asked.get("password") else text_in(content_of(answer), "value")
        text = {"name": "stdin", "text": f"{text_in(asked, 'prompt')} {typed}\n"}
        said = self._voice.publish("stream", text, now, run.ask.text)
        self._runs.published(said, run, now)
        for page in self._pages(run.holders):
            if page is not frontend:
                self.tell(page, run, "answered", now)
                self._delivery.give(page, said, Kind.OUTPUT)

    def attached(self, frontend: Frontend, run: Run) -> None:
        """Note that a page attached to a run. Pages that are gone are holders no more."""
        others = run.attached
        if len(others) >= MOST_OTHERS:
            others = [page.session_id for page in self._pages(others)]
        run.attach(frontend.session_id, others)

    # -- telling one page --------------------------------------------------------------------------

    def tell(self, page: Frontend, run: Run, say: str, now: float, **more: Any) -> None:
        """
        Tell a page something about a run, in a status that no busy indicator follows (rule 8).

        Args:
            page: the page.
            run: the run.
            say: what is said.
            now: the time.
            **more: what belongs to it.
        """
        said = {"version": VERSION, "say": say, **more}
        parent = retyped(run.ask.text, UNTRACKED_TYPE)
        content = {"execution_state": "busy", "comm_broker": said}
        self._delivery.give(page, self._voice.to(page, "iopub", "status", content, now, parent))

    def play(self, page: Frontend, message: Message) -> None:
        """Give a page an earlier message of a run. Only output may be dropped while it waits."""
        kind = Kind.OUTPUT if message.header.msg_type in CAPTURED_TYPES else Kind.PLAIN
        self._delivery.give(page, self._voice.again(page, message), kind)

    def end(self, page: Frontend, run: Run, now: float) -> None:
        """Give a page the end of a run, as far as there is one: the reply and the idle."""
        parent = run.ask.text
        if run.lost is not None:
            self._end_lost(page, run, *run.lost, now)
        elif run.reply is not None:
            self.play(page, run.reply)
        if run.is_idle or run.is_over:
            ended_at = run.ended_at if run.ended_at is not None else now
            content, idle = {"execution_state": "idle"}, retyped(parent, UNTRACKED_TYPE)
            self._delivery.give(
                page, self._voice.to(page, "iopub", "status", content, ended_at, idle)
            )
        if run.is_over and page.attached:
            self._runs.seen(run, now)

    def _end_lost(self, page: Frontend, run: Run, name: str, reason: str, now: float) -> None:
        parent = run.ask.text
        content: dict[str, Any] = {"status": "aborted", "execution_count": run.execution_count}
        # A cell that waited while its kernel was restarted did not run. That is no error.
        if run.began_at is not None or name != DEAD_KERNEL:
            error = {"ename": name, "evalue": reason, "traceback": [f"{name}: {reason}"]}
            self._delivery.give(page, self._voice.to(page, "iopub", "error", error, now, parent))
            content |= {"status": "error", **error}
        reply = self._voice.to(page, "shell", "execute_reply", content, now, parent)
        self._delivery.give(page, reply)

    def _pages(self, session_ids: list[str]) -> list[Frontend]:
        found = [self._delivery.get(each) for each in session_ids]
        return [each for each in found if each is not None]
