"""``DELETE`` of one comm, or of all that a filter chooses, in the kernel and in all pages."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Annotated, TypedDict

from msgspec import Meta, UnsetType, structs

from jupyter_comm_broker.core.known import Known
from jupyter_comm_broker.core.state.known_comm import KnownComm
from jupyter_comm_broker.errors import InvalidFieldError
from jupyter_comm_broker.inspection.comm_filter import CommFilter, without_held
from jupyter_comm_broker.inspection.health_views import BusyView
from jupyter_comm_broker.inspection.message_views import queued_behind
from jupyter_comm_broker.inspection.views import Count
from jupyter_comm_broker.web.comms.writer import WritingHandler
from jupyter_comm_broker.web.operation import JSON, Answer, NoQuery, operation

AT_ONCE = 100
"""Comms that are closed before others on the server have a turn."""


class CloseManyQuery(CommFilter, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Chooses the comms to close."""

    dry_run: Annotated[
        bool, Meta(description="Close nothing. Only say which comms would be closed.")
    ] = False
    all: Annotated[bool, Meta(description="Close all comms, without any condition.")] = False


class ClosedOneView(TypedDict):
    """A comm that was closed."""

    comm_id: str
    msg_id: str
    queued_behind: Annotated[
        BusyView | None,
        Meta(
            description="The request that the kernel runs before it handles the close; null if it "
            "is idle."
        ),
    ]


class ClosedCommView(TypedDict):
    """One of several comms that were closed, or would be."""

    comm_id: str
    target_name: str
    model: str | None
    idle_seconds: float


class ClosedManyView(TypedDict):
    """The comms that were closed, or would be."""

    kernel_id: str
    dry_run: bool
    closed: Annotated[Count, Meta(description="How many were closed.")]
    held: Annotated[
        Count,
        Meta(
            description="How many meet the conditions but stay open, because a widget that stays "
            "open needs them."
        ),
    ]
    comms: list[ClosedCommView]


class ClosingHandler(WritingHandler):
    """A handler that closes several comms."""

    async def close_all(self, kernel_id: str, known: Known, chosen: Iterable[KnownComm]) -> int:
        """
        Close comms, with a turn for others on the server after every :data:`AT_ONCE`.

        Args:
            kernel_id: the kernel.
            known: what is known of the kernel.
            chosen: the comms. One that somebody else has closed meanwhile is left out.

        Returns:
            How many were closed.
        """
        closed = 0
        for number, record in enumerate(chosen, 1):
            # Between two turns, others may have closed it or opened another with its id.
            if known.is_live(record):
                self.close_comm(kernel_id, record.comm_id)
                closed += 1
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)
        return closed


class CloseComm(WritingHandler):
    """``/api/kernels/{kernel_id}/comms/{comm_id}``: close a comm."""

    @operation(
        "closeComm",
        action="execute",
        answers={200: Answer(media={JSON: ClosedOneView})},
        errors=(404, 410, 413, 503),
    )
    async def delete(self, query: NoQuery, kernel_id: str, comm_id: str) -> None:
        """
        Close a comm for its kernel and all pages.

        Args:
            query: none.
            kernel_id: the kernel.
            comm_id: the comm.
        """
        broker = self.live_kernel(kernel_id)
        self.comm(kernel_id, comm_id)
        busy = queued_behind(broker, self.port.now())
        msg_id = self.close_comm(kernel_id, comm_id)
        self.answer(ClosedOneView(comm_id=comm_id, msg_id=msg_id, queued_behind=busy))


class CloseComms(ClosingHandler):
    """``/api/kernels/{kernel_id}/comms``: close the comms that a filter chooses."""

    @operation(
        "closeComms",
        action="execute",
        query=CloseManyQuery,
        answers={200: Answer(media={JSON: ClosedManyView})},
        errors=(404, 413, 503),
    )
    async def delete(self, query: CloseManyQuery, kernel_id: str) -> None:
        """Close the comms that meet all conditions, except those that other widgets need."""
        limited = any(
            not isinstance(getattr(query, name), UnsetType) for name in structs.asdict(CommFilter())
        )
        if limited and query.all:
            raise InvalidFieldError("all", "all cannot be combined with a condition")
        if not (limited or query.all or query.dry_run):
            raise InvalidFieldError("all", "set a condition, or close all comms with ?all=true")
        if not isinstance(query.attached, UnsetType) and not self.port.self_check()["in_path"]:
            # Without pages, every comm would look unused.
            raise InvalidFieldError(
                "attached", "the broker only observes and does not see which page has which comm"
            )
        broker, now = self.live_kernel(kernel_id), self.port.now()
        meant = query.select(broker, now)
        chosen = without_held(meant, broker.known.comms())
        shown = [closed_view(record, now) for record in chosen]
        closed = 0 if query.dry_run else await self.close_all(kernel_id, broker.known, chosen)
        self.answer(
            ClosedManyView(
                kernel_id=kernel_id,
                dry_run=query.dry_run,
                closed=closed,
                held=len(meant) - len(chosen),
                comms=shown,
            )
        )


def closed_view(record: KnownComm, now: float) -> ClosedCommView:
    """Return the view of a comm that is closed with others."""
    return {
        "comm_id": record.comm_id,
        "target_name": record.target_name,
        "model": record.model.name or None,
        "idle_seconds": now - record.last_activity,
    }
