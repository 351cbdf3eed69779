"""
The list of a kernel's runs in pages. The pages stay consistent while cells are run and end.

Runs stay in the order in which they were sent. A cursor names the last run of a page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from operator import gt, lt
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from jupyter_comm_broker.core.known import Known
from jupyter_comm_broker.core.runs.known_run import KnownRun
from jupyter_comm_broker.errors import CursorExpiredError, InvalidFieldError
from jupyter_comm_broker.inspection.cursor_text import decoded, encoded
from jupyter_comm_broker.inspection.runs import run_views
from jupyter_comm_broker.inspection.runs.run_views import RunPage, State
from jupyter_comm_broker.protocol.alias import alias

SENT: Literal["sent_at"] = "sent_at"

Sort = Literal["sent_at", "-sent_at"]

Field = Literal[
    "kernel_id",
    "msg_id",
    "cell_id",
    "session_id",
    "state",
    "lost",
    "sent_at",
    "began_at",
    "ended_at",
    "changed_at",
    "seconds",
    "execution_count",
    "status",
    "prompt",
    "messages",
    "bytes",
    "bytes_dropped",
    "is_saved",
    "code",
    "last_lines",
]


class RunQuery(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """How to show a run."""

    code: Annotated[bool, Meta(description="Show what is run, too.")] = False
    lines: Annotated[
        int,
        Meta(
            ge=0,
            le=100,
            description="Show so many of the last lines of output, too. A list shows them of runs "
            "that are queued or running.",
        ),
    ] = 0


class RunListQuery(RunQuery, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Chooses a kernel's runs, their order, and a page of the list."""

    state: (
        Annotated[list[State], Meta(min_length=1, description="Only runs in one of these states.")]
        | UnsetType
    ) = UNSET
    cell: (
        Annotated[str, Meta(description="Only runs of the cell with exactly this id.")] | UnsetType
    ) = UNSET
    sort: Annotated[Sort, Meta(description="What to sort by. A leading - reverses the order.")] = (
        SENT
    )
    limit: Annotated[int, Meta(ge=1, le=1000, description="Most runs on a page.")] = 100
    cursor: (
        Annotated[
            str, Meta(description="The next of the page before; valid only for the same list.")
        ]
        | UnsetType
    ) = UNSET
    fields: (
        Annotated[
            list[Field],
            Meta(
                min_length=1,
                description="The fields to show of each run; all by default. code and last_lines "
                "must be asked for besides.",
            ),
        ]
        | UnsetType
    ) = UNSET


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list."""

    runs: list[KnownRun]
    next: str | None
    total: int


class _Cursor(Struct, array_like=True, forbid_unknown_fields=True):
    life: str
    sort: Sort
    sent_at: float
    mark: str
    """A digest of the request's id, which may be long and may tell a session id."""


_read_cursor = msgspec.json.Decoder(_Cursor).decode


def page(known: Known, query: RunListQuery) -> Page:
    """
    Return one page of a list of runs.

    Args:
        known: what is known of the kernel whose runs are listed.
        query: the conditions, the order, and the page.

    Raises:
        InvalidFieldError: the cursor is not valid, or belongs to another order.
        CursorExpiredError: the cursor belongs to another kernel, or to an earlier server.
    """
    runs = [each for each in known.runs() if _matches(each, query)]
    if query.sort != SENT:
        runs.reverse()
    start = _start(runs, _decoded(known, query)) if isinstance(query.cursor, str) else 0
    shown, following = runs[start : start + query.limit], None
    if start + query.limit < len(runs):
        last = shown[-1]
        cursor = _Cursor(_life(known), query.sort, last.sent_at, _mark(last))
        following = encoded(cursor)
    return Page(shown, following, len(runs))


def shown(kernel_id: str, known: Known, query: RunListQuery, page: Page, now: float) -> RunPage:
    """
    Return one page of a list as REST shows it.

    Args:
        kernel_id: the kernel.
        known: what is known of the kernel.
        query: says how to show the runs.
        page: the page, from :func:`page`.
        now: the time in seconds, by the core's clock.
    """
    requests: list[Any] = []
    for run in page.runs:
        # Output is read only of the few runs that go on.
        lines = query.lines if run.ended_at is None else 0
        view = run_views.view(kernel_id, known, run, now, code=query.code, lines=lines)
        requests.append(_chosen(view, query.fields))
    return {
        "kernel_id": kernel_id,
        "requests": requests,
        "next": page.next,
        "total": page.total,
    }


def _matches(run: KnownRun, query: RunListQuery) -> bool:
    if not isinstance(query.state, UnsetType) and run.state not in query.state:
        return False
    return isinstance(query.cell, UnsetType) or run.cell_id == query.cell


def _start(runs: Sequence[KnownRun], cursor: _Cursor) -> int:
    """Return the place after a cursor's run, which may be forgotten or match no more."""
    for number, run in enumerate(runs):
        if run.sent_at == cursor.sent_at and _mark(run) == cursor.mark:
            return number + 1
    is_after = gt if cursor.sort == SENT else lt
    left = (number for number, run in enumerate(runs) if is_after(run.sent_at, cursor.sent_at))
    return next(left, len(runs))


def _chosen(view: Mapping[str, Any], fields: Sequence[Field] | UnsetType) -> dict[str, Any]:
    if isinstance(fields, UnsetType):
        return dict(view)
    return {name: value for name, value in view.items() if name in fields}


def _life(known: Known) -> str:
    # Runs outlive the kernel's process, so its number does not count.
    return alias(known.life[0])


def _mark(run: KnownRun) -> str:
    return blake2b(run.msg_id.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _decoded(known: Known, query: RunListQuery) -> _Cursor:
    cursor = decoded(str(query.cursor), _read_cursor)
    if cursor.life != _life(known):
        raise CursorExpiredError
    if cursor.sort != query.sort:
        raise InvalidFieldError("cursor", f"this cursor belongs to a list by {cursor.sort}")
    return cursor
