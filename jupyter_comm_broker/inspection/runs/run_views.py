"""A run as readers see it: who ran which cell, how far it is, and how much of it is kept."""

from __future__ import annotations

from collections.abc import Collection
from hashlib import blake2b
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypedDict, cast, get_type_hints

from msgspec import Meta

from jupyter_comm_broker.core.known import Known
from jupyter_comm_broker.core.runs.known_run import KnownRun
from jupyter_comm_broker.errors import RequestNotFoundError
from jupyter_comm_broker.inspection.runs import notebook_outputs
from jupyter_comm_broker.inspection.runs.notebook_outputs import Outputs
from jupyter_comm_broker.inspection.views import Alias, Count, Date
from jupyter_comm_broker.protocol.alias import LENGTH, alias
from jupyter_comm_broker.protocol.json_text import dumps_strictly

LONGEST = 1_000
"""The most characters of a cell's id, a prompt or a reason. Those who send them choose them."""

State = Literal["queued", "running", "ended", "lost"]

MsgId = Annotated[
    str, Meta(description="The request's id. If it holds its sender's session id, the alias.")
]


class _RunFacts(TypedDict):
    kernel_id: str
    msg_id: MsgId
    cell_id: Annotated[
        str | None, Meta(description="The cell's id in its notebook; null if it was not said.")
    ]
    session_id: Alias
    state: Annotated[
        State,
        Meta(description="lost means that its end will not be known; the field lost says why."),
    ]
    lost: Annotated[str | None, Meta(description="Why its end is not known.")]
    sent_at: Date
    began_at: Annotated[Date | None, Meta(description="Null until the kernel begins with it.")]
    ended_at: Annotated[Date | None, Meta(description="Null until it has ended or is lost.")]
    changed_at: Annotated[Date, Meta(description="When its output last changed, or it ended.")]
    seconds: Annotated[
        float,
        Meta(
            description="For how long it has waited if it is queued, has run if it runs, or ran. "
            "A run that is lost may have run for a shorter time."
        ),
    ]
    execution_count: Annotated[int, Meta(ge=0)] | None
    status: Annotated[
        str | None,
        Meta(description="ok, error or aborted, as the kernel replied; null without a reply."),
    ]
    prompt: Annotated[str | None, Meta(description="What input() asks; null if no question waits.")]
    messages: Annotated[Count, Meta(description="Messages of output that came.")]
    bytes: Annotated[Count, Meta(description="Bytes of output that are kept.")]
    bytes_dropped: Annotated[
        Count, Meta(description="Bytes of output that are not kept because of a limit.")
    ]
    is_saved: Annotated[
        bool, Meta(description="Whether a notebook was saved after it last changed.")
    ]


class RunView(_RunFacts, total=False):
    """A run: an execute_request of a page or a program, and what came of it."""

    code: Annotated[
        str | None,
        Meta(description="What is run, if it was asked for; null if it is too long to be kept."),
    ]
    last_lines: Annotated[
        list[str], Meta(description="The last lines of its output, if they were asked for.")
    ]


if TYPE_CHECKING:
    SomeOfRunView = RunView
else:
    # The same fields, but each may be missing. Python has no other way to say that.
    SomeOfRunView = TypedDict(
        "SomeOfRunView", get_type_hints(RunView, include_extras=True), total=False
    )


class RunPage(TypedDict):
    """One page of the list of a kernel's runs."""

    kernel_id: str
    requests: list[SomeOfRunView]
    next: Annotated[str | None, Meta(description="The cursor of the next page, if there is one.")]
    total: Annotated[Count, Meta(description="How many runs match, on all pages together.")]


class RunOutputsView(TypedDict):
    """The output of a run, as a page has it by now."""

    kernel_id: str
    msg_id: MsgId
    state: State
    status: str | None
    execution_count: Annotated[int, Meta(ge=0)] | None
    lost: Annotated[str | None, Meta(description="Why its end is not known.")]
    prompt: str | None
    bytes_dropped: Count
    outputs: Annotated[
        Outputs,
        Meta(description="As nbformat 4 has them. A sentence stands where output is not kept."),
    ]


def found(kernel_id: str, known: Known, msg_id: str) -> KnownRun:
    """
    Return the run of a request.

    Args:
        kernel_id: the kernel.
        known: what is known of the kernel.
        msg_id: the request's id, as lists show it or as its sender wrote it.

    Raises:
        RequestNotFoundError: the run is not known, or not kept any more.
    """
    run = known.run(msg_id)
    if run is None:
        run = next((each for each in known.runs() if shown_id(each) == msg_id), None)
    if run is None:
        raise RequestNotFoundError(kernel_id, msg_id)
    return run


def view(
    kernel_id: str, known: Known, run: KnownRun, now: float, *, code: bool, lines: int
) -> RunView:
    """
    Return a run as lists show it.

    Args:
        kernel_id: the kernel.
        known: what is known of the kernel.
        run: the run.
        now: the time in seconds, by the core's clock.
        code: whether to show what is run.
        lines: how many of the last lines of its output to show; 0 for none.
    """
    shown: RunView = {
        "kernel_id": kernel_id,
        "msg_id": shown_id(run),
        "cell_id": _short(run.cell_id) or None,
        "session_id": alias(run.session_id),
        "state": cast("State", run.state),
        "lost": _short(run.lost) or None,
        "sent_at": known.date(run.sent_at),
        "began_at": _date(known, run.began_at),
        "ended_at": _date(known, run.ended_at),
        "changed_at": known.date(run.changed_at),
        "seconds": _seconds(run, now),
        "execution_count": notebook_outputs.count_of(run.execution_count),
        "status": _short(run.status),
        "prompt": _short(run.prompt),
        "messages": run.messages,
        "bytes": run.bytes,
        "bytes_dropped": run.bytes_dropped,
        "is_saved": run.is_saved,
    }
    if code:
        shown["code"] = run.code
    if lines:
        ending = known.run_ending(run.msg_id, lines)
        shown["last_lines"] = notebook_outputs.last_lines(ending, lines)
    return shown


def outputs(kernel_id: str, known: Known, run: KnownRun) -> RunOutputsView:
    """Return the output of a kernel's run."""
    return {
        "kernel_id": kernel_id,
        "msg_id": shown_id(run),
        "state": cast("State", run.state),
        "status": _short(run.status),
        "execution_count": notebook_outputs.count_of(run.execution_count),
        "lost": _short(run.lost) or None,
        "prompt": _short(run.prompt),
        "bytes_dropped": run.bytes_dropped,
        "outputs": cast("Outputs", notebook_outputs.valid(known.run_outputs(run.msg_id))),
    }


def shown_id(run: KnownRun) -> str:
    """Return a request's id with the alias in place of its sender's session id."""
    # As alias.shown_msg_id, for a run whose header is not at hand.
    if len(run.session_id) < LENGTH:
        return run.msg_id
    return run.msg_id.replace(run.session_id, alias(run.session_id))


def tag(known: Known, runs: Collection[KnownRun], *variant: object) -> str:
    """
    Return a tag of runs and their output. It changes with them, but not with their ages.

    Args:
        known: what is known of their kernel.
        runs: the runs.
        variant: what else decides the answer: the query, and the place in a list.
    """
    facts = [
        (
            run.msg_id,
            run.state,
            run.changed_at,
            run.began_at,
            run.messages,
            run.bytes,
            run.bytes_dropped,
            run.execution_count,
            run.prompt,
            run.is_saved,
            run.status,
        )
        for run in runs
    ]
    lasting: list[Any] = [known.life[0], *variant, facts]
    return blake2b(dumps_strictly(lasting), digest_size=16).hexdigest()


def _seconds(run: KnownRun, now: float) -> float:
    since = run.sent_at if run.began_at is None else run.began_at
    until = now if run.ended_at is None else run.ended_at
    return max(0.0, until - since)


def _date(known: Known, at: float | None) -> str | None:
    return None if at is None else known.date(at)


def _short(text: str | None) -> str | None:
    if text is None or len(text) <= LONGEST:
        return text
    return f"{text[: LONGEST - 1]}…"
