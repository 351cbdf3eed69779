"""The facts about one run, for readers."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_comm_broker.core.runs.contents import content_of, text_in
from jupyter_comm_broker.core.runs.run import Run

SAVE_SECONDS = 2.0
"""
The most seconds that a save is thought to take.

A page writes its notebook down some time before the server has it. So a save that comes soon after
a change may not have it.
"""


@dataclass(frozen=True, slots=True)
class KnownRun:
    """What is known of a run. Times are the core's, in seconds; ``None`` until they are known."""

    msg_id: str
    cell_id: str
    """The id of the cell in its notebook; empty if the frontend does not say it."""
    session_id: str
    """The page or program that sent it."""
    state: str
    """``queued``, ``running``, ``ended`` or ``lost``."""
    lost: str
    """Why its end is not known; empty if it is, or if there is none yet."""
    sent_at: float
    began_at: float | None
    ended_at: float | None
    changed_at: float
    """When its output last changed, or it ended."""
    execution_count: int | None
    records_timing: bool
    messages: int
    """The messages of output that came."""
    bytes: int
    """The bytes of output that are kept."""
    bytes_dropped: int
    has_displays: bool
    """Whether updates may come for a display of it."""
    prompt: str | None
    """What ``input()`` asks; ``None`` if it does not wait."""
    is_saved: bool
    """Whether a notebook was saved after it last changed."""
    code: str | None
    """What is run; ``None`` if it is too long to be kept."""
    status: str | None
    """``ok``, ``error`` or ``aborted`` as the kernel replied; ``None`` without a reply."""


def known(run: Run, saved_at: float) -> KnownRun:
    """Return what is known of a run, from it and the time of its kernel's latest save."""
    return KnownRun(
        msg_id=run.msg_id,
        cell_id=run.ask.cell_id,
        session_id=run.ask.session_id,
        state=run.state.value,
        lost=": ".join(run.lost or ()),
        sent_at=run.ask.sent_at,
        began_at=run.began_at,
        ended_at=run.ended_at,
        changed_at=run.changed_at,
        execution_count=run.execution_count,
        records_timing=run.ask.records_timing,
        messages=run.outputs.count,
        bytes=run.outputs.size,
        bytes_dropped=run.outputs.dropped,
        has_displays=bool(run.outputs.display_ids),
        prompt=text_in(content_of(run.question), "prompt") if run.question else None,
        is_saved=saved_at >= run.changed_at + SAVE_SECONDS,
        code=run.ask.code,
        status=run.status or None,
    )
