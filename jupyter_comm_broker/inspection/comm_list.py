"""
Lists of comms in pages. The pages stay consistent while comms are opened and closed.

The order of opening never changes. A cursor in that order names the last comm of a page. Any other
order is fixed when its first page is asked for. A cursor names that order and a position in it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import UNSET, Meta, UnsetType

from jupyter_comm_broker.core.broker import KernelBroker
from jupyter_comm_broker.core.state.known_comm import KnownComm
from jupyter_comm_broker.errors import CursorExpiredError, InvalidFieldError
from jupyter_comm_broker.inspection.captions import caption
from jupyter_comm_broker.inspection.comm_filter import CommFilter
from jupyter_comm_broker.inspection.cursor_text import decoded, encoded
from jupyter_comm_broker.inspection.list_cursors import ListCursors, Place
from jupyter_comm_broker.inspection.redaction import models_of
from jupyter_comm_broker.inspection.views import CommView

OPENED: Literal["opened_at"] = "opened_at"

Sort = Literal[
    "opened_at",
    "-opened_at",
    "last_activity",
    "-last_activity",
    "idle",
    "-idle",
    "state_bytes",
    "-state_bytes",
    "messages",
    "-messages",
    "target",
    "-target",
    "model",
    "-model",
]

Field = Literal[
    "kernel_id",
    "comm_id",
    "target_name",
    "opened_by",
    "opened_at",
    "last_activity",
    "age_seconds",
    "idle_seconds",
    "model",
    "caption",
    "parents",
    "references",
    "frontends",
    "messages",
    "bytes",
    "knowledge",
    "checked_at",
    "dirty_because",
    "pending",
    "sequence",
    "callback_errors",
]

_KEYS: dict[str, Callable[[KnownComm], Any]] = {
    "last_activity": lambda record: record.last_activity,
    "idle": lambda record: -record.last_activity,
    # The list does not show the size of a secret, so the order must not tell it.
    "state_bytes": lambda record: (
        0 if record.state is None or models_of(record) else record.state.size
    ),
    "messages": lambda record: record.from_kernel + record.from_frontends,
    "target": lambda record: record.target_name,
    "model": lambda record: record.model.name,
}


class KernelListQuery(CommFilter, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Chooses a kernel's comms, their order, and a page of the list."""

    text: (
        Annotated[
            str,
            Meta(
                description="Part of the comm's id, target, model name, or of what its user sees; "
                "case does not matter."
            ),
        ]
        | UnsetType
    ) = UNSET
    sort: Annotated[Sort, Meta(description="What to sort by. A leading - reverses the order.")] = (
        OPENED
    )
    limit: Annotated[int, Meta(ge=1, le=1000, description="Most comms on a page.")] = 100
    cursor: (
        Annotated[
            str, Meta(description="The next of the page before; valid only for the same list.")
        ]
        | UnsetType
    ) = UNSET
    fields: (
        Annotated[
            list[Field],
            Meta(min_length=1, description="The fields to show of each comm; all by default."),
        ]
        | UnsetType
    ) = UNSET

    def says(self, record: KnownComm, part: str) -> bool:
        """Return whether a comm has a text in lower case, also in what its user sees."""
        # Not by super(), which fails in a class that msgspec makes anew.
        return CommFilter.says(self, record, part) or part in (caption(record) or "").casefold()


class ListQuery(KernelListQuery, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Chooses comms of all kernels, their order, and a page of the list."""

    kernel: Annotated[str, Meta(description="Only this kernel's comms.")] | UnsetType = UNSET


class Listed(NamedTuple):
    """A comm on a page, with its kernel."""

    kernel_id: str
    broker: KernelBroker
    record: KnownComm


class _Part(NamedTuple):
    """The comms of one kernel that match, in the order of their opening."""

    kernel_id: str
    broker: KernelBroker
    records: list[KnownComm]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list."""

    comms: list[Listed]
    next: str | None
    total: int


class _Cursor(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    life: str
    sort: Sort
    walk: int
    """The number of a fixed order. 0 if there is none: ``opened_at`` and ``place`` count then."""
    position: Annotated[int, Meta(ge=0)]
    opened_at: float
    place: Place


_read_cursor = msgspec.json.Decoder(_Cursor).decode


def page(
    kernels: Iterable[tuple[str, KernelBroker]],
    query: KernelListQuery,
    cursors: ListCursors,
    now: float,
) -> Page:
    """
    Return one page of a list of comms.

    Args:
        kernels: the ids and the brokers of the kernels whose comms are listed.
        query: the conditions, the order, and the page.
        cursors: the orders that are kept for cursors.
        now: the time in seconds, by the core's clock.

    Raises:
        InvalidFieldError: the cursor is not valid, or belongs to another order.
        CursorExpiredError: the cursor's list is no longer kept.
    """
    parts = [_Part(kernel_id, broker, query.select(broker, now)) for kernel_id, broker in kernels]
    total = sum(len(part.records) for part in parts)
    cursor = _decoded(query, cursors) if isinstance(query.cursor, str) else None
    if query.sort.removeprefix("-") == OPENED:
        return _by_opening(parts, total, query, cursor, cursors)
    return _by_walk(parts, total, query, cursor, cursors, now)


def chosen(view: CommView, fields: Sequence[Field] | UnsetType) -> dict[str, Any]:
    """Return the fields of a comm that were asked for."""
    if isinstance(fields, UnsetType):
        return dict(view)
    return {name: value for name, value in view.items() if name in fields}


def _by_opening(
    parts: list[_Part],
    total: int,
    query: KernelListQuery,
    cursor: _Cursor | None,
    cursors: ListCursors,
) -> Page:
    # The comms of each kernel are in order, so only one page of each has to be sorted.
    descending = query.sort.startswith("-")
    after = (cursor.opened_at, cursor.place) if cursor is not None else None
    near: list[Listed] = []
    for kernel_id, broker, records in parts:

        def opening(record: KnownComm, kernel_id: str = kernel_id) -> tuple[float, Place]:
            return record.opened_at, (kernel_id, record.number)

        if descending:
            end = len(records) if after is None else bisect_left(records, after, key=opening)
            some = records[max(0, end - query.limit - 1) : end]
        else:
            start = 0 if after is None else bisect_right(records, after, key=opening)
            some = records[start : start + query.limit + 1]
        near += [Listed(kernel_id, broker, record) for record in some]
    near.sort(key=_opening, reverse=descending)
    shown, following = near[: query.limit], None
    if len(near) > query.limit:
        last = _opening(shown[-1])
        following = _encoded(_Cursor(cursors.life, query.sort, 0, 0, *last))
    return Page(shown, following, total)


def _by_walk(
    parts: list[_Part],
    total: int,
    query: KernelListQuery,
    cursor: _Cursor | None,
    cursors: ListCursors,
    now: float,
) -> Page:
    if cursor is None:
        number, start, places = 0, 0, _order(parts, query.sort)
    else:
        number, start = cursor.walk, cursor.position
        places = cursors.places(number, now)
    live = {part.kernel_id: {each.number: each for each in part.records} for part in parts}
    brokers = {part.kernel_id: part.broker for part in parts}
    shown: list[Listed] = []
    for position in range(start, len(places)):
        kernel_id, comm = places[position]
        record = live.get(kernel_id, {}).get(comm)
        if record is None:
            continue
        if len(shown) == query.limit:
            number = number or cursors.begin(places, now)
            following = _Cursor(cursors.life, query.sort, number, position, 0.0, ("", 0))
            return Page(shown, _encoded(following), total)
        shown.append(Listed(kernel_id, brokers[kernel_id], record))
    return Page(shown, None, total)


def _order(parts: list[_Part], sort: Sort) -> list[Place]:
    key = _KEYS[sort.removeprefix("-")]
    places = [(part.kernel_id, record.number) for part in parts for record in part.records]
    keys = [key(record) for part in parts for record in part.records]
    # The sort is stable: equal comms stay in the order of their opening.
    order = sorted(range(len(keys)), key=keys.__getitem__, reverse=sort.startswith("-"))
    return [places[index] for index in order]


def _opening(each: Listed) -> tuple[float, Place]:
    return each.record.opened_at, (each.kernel_id, each.record.number)


def _encoded(cursor: _Cursor) -> str:
    return encoded(cursor)


def _decoded(query: KernelListQuery, cursors: ListCursors) -> _Cursor:
    cursor = decoded(str(query.cursor), _read_cursor)
    if cursor.life != cursors.life:
        raise CursorExpiredError
    if cursor.sort != query.sort or (cursor.walk == 0) != (query.sort.removeprefix("-") == OPENED):
        raise InvalidFieldError("cursor", f"this cursor belongs to a list by {cursor.sort}")
    return cursor
