"""``POST`` of a list of comms to close, after a look; what stays is told with its reason."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Annotated, Literal, TypedDict

from msgspec import Meta, Struct

from jupyter_comm_broker.core.state.comm_record import CommRecord
from jupyter_comm_broker.core.state.registry import Registry
from jupyter_comm_broker.inspection.comm_filter import without_held
from jupyter_comm_broker.inspection.views import Count
from jupyter_comm_broker.web.bodies import JSON, read_body
from jupyter_comm_broker.web.comms.closing import AT_ONCE, ClosedCommView, closed_view
from jupyter_comm_broker.web.comms.writer import WritingHandler
from jupyter_comm_broker.web.operation import Answer, NoQuery, operation

MOST_COMMS = 10_000
"""In one request: what a page shows and somebody chose."""


class ClosingWish(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Comms to close, by their ids."""

    comms: Annotated[
        list[str],
        Meta(max_length=MOST_COMMS, description="Ids of the kernel's comms."),
    ]
    dry_run: Annotated[bool, Meta(description="Only say which.")] = False


class StayingView(TypedDict):
    """A comm that is not closed, and why."""

    comm_id: str
    reason: Annotated[
        Literal["held", "closed", "unknown"],
        Meta(
            description="A widget that stays refers to it; it was closed before; the kernel has "
            "no such comm."
        ),
    ]
    held_by: Annotated[str | None, Meta(description="A widget that refers to it.")]


class ClosingsView(TypedDict):
    """The comms that are closed, or would be, and those that are not."""

    kernel_id: str
    dry_run: bool
    closed: Annotated[Count, Meta(description="How many were closed.")]
    comms: list[ClosedCommView]
    staying: list[StayingView]


class CloseChosen(WritingHandler):
    """``/api/kernels/{kernel_id}/closings``: close a list of comms."""

    @operation(
        "closeChosen",
        action="execute",
        body={JSON: ClosingWish},
        answers={200: Answer(media={JSON: ClosingsView})},
        errors=(404, 413, 415, 503),
    )
    async def post(self, query: NoQuery, kernel_id: str) -> None:
        """Close the comms that are named, but none that widgets need which are not."""
        self.check_body()
        wish = read_body(self.request, ClosingWish, form=False)
        broker, now = self.live_kernel(kernel_id), self.port.now()
        registry = broker.context.registry
        named = list(dict.fromkeys(wish.comms))
        meant = [record for each in named if (record := registry.get(each)) is not None]
        chosen = without_held(meant, registry)
        shown = [closed_view(record, now) for record in chosen]
        staying = _staying(named, {each.comm_id for each in chosen}, registry)
        closed = 0
        if not wish.dry_run:
            for number, record in enumerate(chosen, 1):
                # Others may have closed it, or opened another of its id, between two turns.
                if registry.get(record.comm_id) is record:
                    self.close_comm(kernel_id, record.comm_id)
                    closed += 1
                if number % AT_ONCE == 0:
                    await asyncio.sleep(0)
        self.answer(
            ClosingsView(
                kernel_id=kernel_id,
                dry_run=wish.dry_run,
                closed=closed,
                comms=shown,
                staying=staying,
            )
        )


def _staying(named: Iterable[str], going: set[str], registry: Registry) -> list[StayingView]:
    holders = {
        held: record.comm_id
        for record in registry
        if record.comm_id not in going
        for held in record.references
    }
    return [
        _stays(comm_id, registry.get(comm_id), holders.get(comm_id), registry)
        for comm_id in named
        if comm_id not in going
    ]


def _stays(
    comm_id: str, record: CommRecord | None, holder: str | None, registry: Registry
) -> StayingView:
    if record is not None:
        return {"comm_id": comm_id, "reason": "held", "held_by": holder}
    ended = registry.closing(comm_id) is not None
    return {"comm_id": comm_id, "reason": "closed" if ended else "unknown", "held_by": None}
