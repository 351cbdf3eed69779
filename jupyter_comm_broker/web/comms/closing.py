"""``DELETE`` of one comm, or of all that a filter means: they end in kernel, pages and lists."""

from __future__ import annotations

import asyncio
from typing import Annotated, TypedDict

from msgspec import Meta, UnsetType, structs

from jupyter_comm_broker.core.state.comm_record import CommRecord
from jupyter_comm_broker.errors import InvalidFieldError
from jupyter_comm_broker.inspection.comm_filter import CommFilter, without_held
from jupyter_comm_broker.inspection.message_views import queued_behind
from jupyter_comm_broker.inspection.views import BusyView, Count
from jupyter_comm_broker.web.comms.writer import WritingHandler
from jupyter_comm_broker.web.operation import JSON, Answer, NoQuery, operation

AT_ONCE = 100
"""Comms closed before anybody else on the server has a turn."""


class CloseManyQuery(CommFilter, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Which comms to close."""

    dry_run: Annotated[bool, Meta(description="Only say which.")] = False
    all: Annotated[bool, Meta(description="Close all of them, without any condition.")] = False


class ClosedOneView(TypedDict):
    """A comm that is closed."""

    comm_id: str
    msg_id: str
    queued_behind: Annotated[
        BusyView | None,
        Meta(description="What the kernel runs before it hears of it; null if it is idle."),
    ]


class ClosedCommView(TypedDict):
    """One of many comms that are closed, or would be."""

    comm_id: str
    target_name: str
    model: str | None
    idle_seconds: float


class ClosedManyView(TypedDict):
    """The comms that are closed, or would be."""

    kernel_id: str
    dry_run: bool
    closed: Annotated[Count, Meta(description="How many were closed.")]
    held: Annotated[
        Count,
        Meta(
            description="How many meet the conditions too, and stay because a widget that stays "
            "refers to them."
        ),
    ]
    comms: list[ClosedCommView]


class CloseComm(WritingHandler):
    """``/api/kernels/{kernel_id}/comms/{comm_id}``: close a comm."""

    @operation(
        "closeComm",
        action="execute",
        answers={200: Answer(media={JSON: ClosedOneView})},
        errors=(404, 410, 413, 503),
    )
    async def delete(self, query: NoQuery, kernel_id: str, comm_id: str) -> None:
        """Close a comm for its kernel and all pages."""
        broker = self.live_kernel(kernel_id)
        self.comm(kernel_id, comm_id)
        busy = queued_behind(broker, self.port.now())
        msg_id = self.close_comm(kernel_id, comm_id)
        self.answer(ClosedOneView(comm_id=comm_id, msg_id=msg_id, queued_behind=busy))


class CloseComms(WritingHandler):
    """``/api/kernels/{kernel_id}/comms``: close many."""

    @operation(
        "closeComms",
        action="execute",
        query=CloseManyQuery,
        answers={200: Answer(media={JSON: ClosedManyView})},
        errors=(404, 413, 503),
    )
    async def delete(self, query: CloseManyQuery, kernel_id: str) -> None:
        """Close a kernel's comms that meet all conditions, but none that other widgets need."""
        limited = any(
            not isinstance(getattr(query, name), UnsetType) for name in structs.asdict(CommFilter())
        )
        if limited and query.all:
            raise InvalidFieldError("all", "all goes without any condition")
        if not (limited or query.all or query.dry_run):
            raise InvalidFieldError("all", "without a condition all comms go; ?all=true says so")
        if not isinstance(query.attached, UnsetType) and not self.port.self_check()["in_path"]:
            # Every comm would seem to be without a page, those in use as well.
            raise InvalidFieldError(
                "attached", "the broker only observes here and does not see who has which comm"
            )
        broker, now = self.live_kernel(kernel_id), self.port.now()
        meant = query.select(broker, now)
        chosen = without_held(meant, broker.context.registry)
        shown = [closed_view(record, now) for record in chosen]
        closed = 0
        if not query.dry_run:
            for number, record in enumerate(chosen, 1):
                # Others may have closed it, or opened another of its id, between two turns.
                if broker.context.registry.get(record.comm_id) is record:
                    self.close_comm(kernel_id, record.comm_id)
                    closed += 1
                if number % AT_ONCE == 0:
                    await asyncio.sleep(0)
        self.answer(
            ClosedManyView(
                kernel_id=kernel_id,
                dry_run=query.dry_run,
                closed=closed,
                held=len(meant) - len(chosen),
                comms=shown,
            )
        )


def closed_view(record: CommRecord, now: float) -> ClosedCommView:
    """Return what is told of one that is closed with others."""
    return {
        "comm_id": record.comm_id,
        "target_name": record.target_name,
        "model": record.model.name or None,
        "idle_seconds": now - record.last_activity,
    }
