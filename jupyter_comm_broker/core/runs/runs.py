"""
The runs of one kernel, and how much of them is kept.

A run is kept until a page saw its end and some time has passed, or until the bounds. Above the
bound of bytes, output of runs that are over goes first: of those whose end was seen, then of
others, the oldest first. What still runs comes last. A reply is never dropped alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TypeVar

import msgspec

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.runs.run import Ask, Run
from jupyter_comm_broker.core.runs.run_outputs import (
    OUTPUT_TYPES,
    SHORTENED,
    RunOutputs,
    display_id_of,
)
from jupyter_comm_broker.core.state.changes import KernelChange, RunEnded, RunSent
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.json_text import Text, lenient
from jupyter_comm_broker.protocol.message import Message, Part

T = TypeVar("T")

LONGEST_CODE = 20_000
"""The most characters of a cell's source that are kept, to find the cell of an old notebook by."""

LOOK_SECONDS = 60.0
"""How often it is looked which runs have been kept long enough."""


class _Asked(msgspec.Struct):
    code: str = ""
    silent: bool = False


class _CellMetadata(msgspec.Struct):
    cell_id: str = msgspec.field(default="", name="cellId")
    records_timing: bool = msgspec.field(default=False, name="recordTiming")


_read_asked = lenient(msgspec.json.Decoder(_Asked).decode)
_read_metadata = lenient(msgspec.json.Decoder(_CellMetadata, strict=False).decode)


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
        self._displays: dict[str, list[Run]] = {}
        """By the id of a display, the runs that drew it."""
        self._bytes = 0
        self._look_at: float | None = None

    def __iter__(self) -> Iterator[Run]:
        return iter(list(self._runs.values()))

    def __len__(self) -> int:
        return len(self._runs)

    @property
    def bytes(self) -> int:
        """The bytes of output that are kept of all runs."""
        return self._bytes

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
        if message.header.msg_type != "execute_request" or message.channel != "shell":
            return
        asked = _read(_read_asked, message.parts[3], _Asked())
        known = self._runs.get(message.header.msg_id)
        if asked.silent or (known is not None and not known.is_over):
            # Scripts that count from 1 send the same msg_id again. The first run goes on.
            return
        cell = _read(_read_metadata, message.parts[2], _CellMetadata())
        ask = Ask(
            msg_id=message.header.msg_id,
            header=bytes(message.parts[0]),
            session_id=session_id,
            cell_id=cell.cell_id,
            records_timing=cell.records_timing,
            code=asked.code if len(asked.code) <= LONGEST_CODE else None,
            sent_at=now,
        )
        if known is not None:
            self._forget(known)
        outputs = RunOutputs(self._limits.run_output_bytes, self._cut)
        self._runs[ask.msg_id] = Run(ask, outputs, now)
        self._note(RunSent(ask.header, session_id))
        if len(self._runs) > self._limits.remembered_runs:
            self._forget(next((each for each in self if each.is_over), next(iter(self))))

    def began(self, msg_id: str, now: float) -> None:
        """Note that the kernel begins with a request."""
        if (run := self._runs.get(msg_id)) is not None:
            run.began(now)

    def idled(self, msg_id: str, now: float) -> None:
        """Note that the kernel is done with a request."""
        if (run := self._runs.get(msg_id)) is not None and not run.is_over:
            run.idled(now)
            self._note_end(run)

    def published(self, message: Message, run: Run | None, now: float) -> None:
        """
        Take a message of iopub that pages are given. One that no page could draw is not kept.

        Args:
            message: the message.
            run: the run whose cell draws it; ``None`` for none.
            now: the time.
        """
        msg_type = message.header.msg_type
        if msg_type == "execute_input":
            if run is not None:
                run.began_with(message)
            return
        with suppress(MalformedMessageError):
            if msg_type in ("display_data", "update_display_data"):
                self._update_displays(message, now)
            if run is not None:
                self._draw(run, message, now)
        if self._bytes > self._limits.runs_bytes:
            self._shorten()

    def replied(self, message: Message, now: float) -> Run | None:
        """Note the kernel's reply to a request. Returns its run; ``None`` if it is not known."""
        run = self._runs.get(message.parent.msg_id)
        if run is not None and run.reply is None:
            run.heard(message, now)
            self._note_end(run)
        return run

    def seen(self, run: Run, now: float) -> None:
        """Note that a page was given the end of a run."""
        run.saw(now)
        if self._look_at is None:
            self._look_at = now + LOOK_SECONDS

    def lost(self, name: str, reason: str, now: float) -> None:
        """Note that the process that ran all this is gone, with the name of an error and why."""
        for run in self:
            self.lose(run, name, reason, now)
        self._displays.clear()

    def saved(self, now: float) -> None:
        """Note that a notebook of this kernel was saved."""
        for run in self:
            run.saved(now)

    def lose(self, run: Run, name: str, reason: str, now: float) -> None:
        """
        Note that the end of a run will not be known.

        Args:
            run: the run.
            name: the name of an error.
            reason: why, for people.
            now: the time.
        """
        if not run.is_over:
            run.lose(name, reason, now)
            self._note_end(run)

    # -- time --------------------------------------------------------------------------------------

    def next_due(self) -> float | None:
        """Return when to look for runs that were kept long enough; ``None`` for never."""
        return self._look_at

    def tick(self, now: float) -> None:
        """Forget the runs that were kept long enough."""
        if self._look_at is None or now < self._look_at:
            return
        for run in self:
            if run.seen_at is not None and now - run.seen_at >= self._limits.ended_run_seconds:
                self._forget(run)
        waits = any(run.seen_at is not None for run in self)
        self._look_at = now + LOOK_SECONDS if waits else None

    # -- inside ------------------------------------------------------------------------------------

    def _update_displays(self, message: Message, now: float) -> None:
        """Fold a message into each display that a page updates by it (fact 7.5)."""
        display_id = display_id_of(message)
        for run in self._displays.get(display_id, ()) if display_id else ():
            before = run.outputs.size
            if run.outputs.update(display_id, message):
                run.changed(now)
                self._weigh(run, before)

    def _draw(self, run: Run, message: Message, now: float) -> None:
        before = run.outputs.size
        run.outputs.add(message)
        run.changed(now)
        self._weigh(run, before)
        display_id = display_id_of(message) if message.header.msg_type == "display_data" else ""
        if display_id and run not in self._displays.setdefault(display_id, []):
            self._displays[display_id].append(run)

    def _note_end(self, run: Run) -> None:
        if run.is_over:
            self._note(RunEnded(run.msg_id, run.reply))

    def _weigh(self, run: Run, before: int) -> None:
        self._bytes += run.outputs.size - before

    def _shorten(self) -> None:
        """Keep all output within the bound: first of what is over, and last of what runs."""
        most = int(self._limits.runs_bytes * SHORTENED)
        order = sorted(self, key=lambda run: (not run.is_over, run.seen_at is None))
        for keep_displays in (True, False):
            for run in order:
                if (surplus := self._bytes - most) <= 0:
                    return
                before = run.outputs.size
                run.outputs.shorten(max(0, before - surplus), keep_displays=keep_displays)
                self._weigh(run, before)
                self._counters["run_output_dropped"] += 1

    def _cut(self, dropped: int) -> str:
        limits = self._limits
        return (
            f"[jupyter_comm_broker] {dropped} bytes of output before this are not kept; the limits "
            f"are CommBroker.run_output_bytes = {limits.run_output_bytes} and "
            f"CommBroker.runs_bytes = {limits.runs_bytes}\n"
        )

    def _forget(self, run: Run) -> None:
        del self._runs[run.msg_id]
        self._bytes -= run.outputs.size
        for display_id in run.outputs.display_ids:
            runs = [each for each in self._displays.get(display_id, ()) if each is not run]
            if runs:
                self._displays[display_id] = runs
            else:
                self._displays.pop(display_id, None)


def _read(read: Callable[[Text], T], text: Part, otherwise: T) -> T:
    """Read a request of a page. The kernel will say what is wrong with it."""
    try:
        return read(text)
    except MalformedMessageError:
        return otherwise


def is_drawn(msg_type: str) -> bool:
    """Return whether a message is one that an Output widget may take from a cell."""
    return msg_type in OUTPUT_TYPES or msg_type == "clear_output"
