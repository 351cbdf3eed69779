"""
The runs of one kernel, and how much of them is kept.

A run is kept until a page saw its end and some time has passed, or until the bounds. Above the
bound of bytes, output of runs that are over goes first: of those whose end was seen, then of
others, the oldest first. What still runs comes last. A reply is never dropped alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.runs.ask import ask_of
from jupyter_comm_broker.core.runs.known_run import KnownRun, known
from jupyter_comm_broker.core.runs.run import Ask, Run
from jupyter_comm_broker.core.runs.run_outputs import (
    DISPLAY_TYPES,
    SHORTENED,
    RunOutputs,
    display_id_of,
)
from jupyter_comm_broker.core.state.changes import KernelChange, RunEnded, RunSent
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.message import Message

LOOK_SECONDS = 60.0
"""How often it is looked which runs have been kept long enough."""


class Runs:
    """
    Follows each run from its request to its end.

    Args:
        limits: how much is kept, and for how long.
        counters: the kernel's counters.
        note: notes a change for those who watch.
    """

    def __init__(
        self, limits: Limits, counters: Counter[str], note: Callable[[KernelChange], None]
    ) -> None:
        self._limits = limits
        self._counters = counters
        self._note = note
        self._runs: dict[str, Run] = {}
        """By msg_id, in the order in which they were sent."""
        self._of_cell: dict[str, str] = {}
        """By the id of a cell, the msg_id of its latest run."""
        self._displays: dict[str, dict[str, Run]] = {}
        """By the id of a display, the runs that show it, by msg_id."""
        self._sizes: dict[str, int] = {}
        """What each run counts."""
        self.bytes = 0
        """The bytes that are kept of all runs."""
        self.inherited: set[str] = set()
        """The msg_ids of requests that an earlier server sent. Only :meth:`inherit` adds to it."""
        self._saved_at = float("-inf")
        self._look_at: float | None = None

    def __iter__(self) -> Iterator[Run]:
        return iter(list(self._runs.values()))

    def __len__(self) -> int:
        return len(self._runs)

    def get(self, msg_id: str) -> Run | None:
        """Return the run of a request; ``None`` if it is not known."""
        return self._runs.get(msg_id)

    # -- the life of a run -------------------------------------------------------------------------

    def sent(self, session_id: str, message: Message, now: float) -> None:
        """
        Note a request that is on its way to the kernel. It becomes a run if it runs a cell.

        Args:
            session_id: who sent it.
            message: the request.
            now: the time.
        """
        ask = ask_of(session_id, message, now)
        if ask is None or not self._has_room(message.header.msg_id):
            return
        run = Run(ask, RunOutputs(self._limits.run_text_bytes, self._cut, self._drawn_by(ask)), now)
        self._runs[run.msg_id] = run
        self._sizes[run.msg_id] = 0
        if ask.cell_id:
            before = self._of_cell.pop(ask.cell_id, None)
            if before is not None and before in self._runs:
                # Its page has left it.
                self._runs[before].outputs.forget_displays()
            self._of_cell[ask.cell_id] = run.msg_id
        self._note(RunSent(run.msg_id, ask.text, session_id))

    def inherit(self, msg_id: str) -> None:
        """Note a request that an earlier server sent, of which nothing else is known."""
        self.inherited.add(msg_id)

    def _has_room(self, msg_id: str) -> bool:
        """Return whether a run can be kept under this id. The oldest that is over makes room."""
        known = self._runs.get(msg_id)
        if known is not None:
            # Scripts that count from 1 send the same msg_id again. A run that goes on, goes on.
            if known.is_over:
                self._forget(known)
            return known.is_over
        if len(self._runs) < self._limits.remembered_runs:
            return True
        oldest = next((each for each in self._runs.values() if each.is_over), None)
        if oldest is not None:
            self._forget(oldest)
        return oldest is not None

    def began(self, msg_id: str, now: float) -> None:
        """Note that the kernel begins with a request."""
        if (run := self._runs.get(msg_id)) is not None:
            run.began(now)

    def idled(self, msg_id: str, now: float) -> Run | None:
        """Note that the kernel is done with a request. Returns its run if it is over by that."""
        run = self._runs.get(msg_id)
        if run is None or run.is_over:
            return None
        run.idled(now)
        return run if self._ended(run) else None

    def published(self, message: Message, run: Run | None, now: float) -> None:
        """
        Take a message of iopub that pages are given. One that no page could draw is not kept.

        Args:
            message: the message.
            run: the run whose cell draws it; ``None`` for none.
            now: the time.
        """
        try:
            self._take(message, run, now)
        except MalformedMessageError:
            return
        if self.bytes > self._limits.runs_bytes:
            self._shorten()

    def _take(self, message: Message, run: Run | None, now: float) -> None:
        msg_type = message.header.msg_type
        if self._displays and msg_type in DISPLAY_TYPES:
            self._update_displays(message, now)
        if run is None:
            return
        outputs = run.outputs
        size, dropped = outputs.size, outputs.dropped
        if outputs.add(message):
            run.changed(now)
            # Only what changed, as each line that is printed comes through here.
            self.bytes += outputs.size - size
            self._sizes[run.msg_id] += outputs.size - size
            if outputs.dropped > dropped:
                self._counters["run_output_dropped"] += 1
        elif msg_type == "execute_input":
            run.began_with(message)
            self._weigh(run)
        if msg_type == "error":
            run.raised()
            self._weigh(run)

    def replied(self, message: Message, now: float) -> Run | None:
        """Note the kernel's reply to a request. Returns its run; ``None`` if it is not known."""
        parent, run = message.parent, self._runs.get(message.parent.msg_id)
        if run is None or message.header.msg_type != "execute_reply":
            return None
        if run.reply is None and parent.session in (run.ask.header.session, ""):
            run.heard(message, now)
            self._weigh(run)
            self._ended(run)
        return run

    def asked(self, question: Message) -> Run | None:
        """Note that the kernel waits for input. Returns the run; ``None`` if it is not known."""
        run = self._runs.get(question.parent.msg_id)
        if run is not None:
            run.asked(question)
            self._weigh(run)
        return run

    def seen(self, run: Run, now: float) -> None:
        """Note that a page was given the end of a run."""
        run.saw(now)
        if self._look_at is None:
            self._look_at = now + LOOK_SECONDS

    def lose(self, run: Run, name: str, reason: str, now: float) -> None:
        """
        Note that the end of a run will not be known.

        Args:
            run: the run.
            name: the name of an error.
            reason: why, for people.
            now: the time.
        """
        was_over = run.is_over
        run.lose(name, reason, now)
        if not was_over:
            self._ended(run)

    def saved(self, now: float) -> None:
        """Note that the notebook of this kernel was saved."""
        self._saved_at = now

    def known(self, run: Run) -> KnownRun:
        """Return what is known of a run, for readers."""
        return known(run, self._saved_at)

    # -- time --------------------------------------------------------------------------------------

    def next_due(self) -> float | None:
        """Return when to look for runs that were kept long enough; ``None`` for never."""
        return self._look_at

    def tick(self, now: float) -> None:
        """Forget the runs that were kept long enough."""
        if self._look_at is None or now < self._look_at:
            return
        seen = [run for run in self if run.seen_at is not None]
        gone = [run for run in seen if now - (run.seen_at or 0) >= self._limits.ended_run_seconds]
        for run in gone:
            self._forget(run)
        self._look_at = now + LOOK_SECONDS if len(gone) < len(seen) else None

    # -- inside ------------------------------------------------------------------------------------

    def _drawn_by(self, ask: Ask) -> Callable[[str, bool], None]:
        return partial(self._drawn, ask.header.msg_id)

    def _drawn(self, msg_id: str, display_id: str, is_drawn: bool) -> None:
        """Note that a run shows a display, or does not any more."""
        if is_drawn:
            self._displays.setdefault(display_id, {})[msg_id] = self._runs[msg_id]
            return
        runs = self._displays.get(display_id, {})
        runs.pop(msg_id, None)
        if not runs:
            self._displays.pop(display_id, None)

    def _update_displays(self, message: Message, now: float) -> None:
        """Fold a message into each display that a page updates by it (facts 7.5 and 7.8)."""
        display_id = display_id_of(message)
        for run in list(self._displays.get(display_id, {}).values()) if display_id else ():
            if run.captured:
                continue
            if run.outputs.update(display_id, message):
                run.changed(now)
                self._weigh(run)

    def _ended(self, run: Run) -> bool:
        """Tell those who watch if a run is over. Returns whether it is."""
        if run.is_over:
            self._note(RunEnded(run.msg_id, run.reply))
        return run.is_over

    def _weigh(self, run: Run) -> None:
        size = run.size
        self.bytes += size - self._sizes[run.msg_id]
        self._sizes[run.msg_id] = size

    def _shorten(self) -> None:
        """Keep all output within the bound: first of what is over, and last of what runs."""
        most = int(self._limits.runs_bytes * SHORTENED)
        for run in sorted(self, key=lambda run: (not run.is_over, run.seen_at is None)):
            if (surplus := self.bytes - most) <= 0:
                return
            run.outputs.shorten(max(0, run.outputs.size - surplus))
            self._weigh(run)
            self._counters["run_output_dropped"] += 1

    def _cut(self, dropped: int) -> str:
        limits = self._limits
        return (
            f"[jupyter_comm_broker] {dropped} bytes of output before this are not kept; the limits "
            f"are CommBroker.run_text_bytes = {limits.run_text_bytes} and "
            f"CommBroker.runs_bytes = {limits.runs_bytes}\n"
        )

    def _forget(self, run: Run) -> None:
        run.outputs.forget_displays()
        del self._runs[run.msg_id]
        if self._of_cell.get(run.ask.cell_id) == run.msg_id:
            del self._of_cell[run.ask.cell_id]
        self.bytes -= self._sizes.pop(run.msg_id)
