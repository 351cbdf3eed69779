"""``POST`` of a list of comms to close. The answer says which stay open, and why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal, TypedDict

from msgspec import Meta, Struct

from jupyter_comm_broker.core.known import Known
from jupyter_comm_broker.core.state.known_comm import KnownComm
from jupyter_comm_broker.inspection.comm_filter import without_held
from jupyter_comm_broker.inspection.views import Count
from jupyter_comm_broker.web.bodies import JSON, read_body
from jupyter_comm_broker.web.comms.closing import ClosedCommView, ClosingHandler, closed_view
from jupyter_comm_broker.web.operation import Answer, NoQuery, operation

MOST_COMMS = 10_000
"""The most comms in a request. A user chooses them on the dashboard."""


class ClosingWish(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """The comms to close."""

    comms: Annotated[
        list[str],
        Meta(max_length=MOST_COMMS, description="The ids of the comms."),
    ]
    dry_run: Annotated[
        bool, Meta(description="Close nothing. Only say which comms would be closed.")
    ] = False


class StayingView(TypedDict):
    """A comm that was not closed, and why."""

    comm_id: str
    reason: Annotated[
        Literal["held", "closed", "unknown"],
        Meta(
            description="held: a widget that stays open needs it; closed: it was closed before; "
            "unknown: the kernel has no such comm."
        ),
    ]
    held_by: Annotated[str | None, Meta(description="A widget that needs it; null if none does.")]


class ClosingsView(TypedDict):
    """The comms that were closed, or would be, and those that stay open."""

    kernel_id: str
    dry_run: bool
    closed: Annotated[Count, Meta(description="How many were closed.")]
    comms: list[ClosedCommView]
    staying: list[StayingView]


class CloseChosen(ClosingHandler):
    """``/api/kernels/{kernel_id}/closings``: close a list of comms."""

    @operation(
        "closeChosen",
        action="execute",
        body={JSON: ClosingWish},
        answers={200: Answer(media={JSON: ClosingsView})},
        errors=(404, 413, 415, 503),
    )
    async def post(self, query: NoQuery, kernel_id: str) -> None:
        """Close the comms of a list, except those that other widgets need."""
        self.check_body()
        wish = read_body(self.request, ClosingWish, form=False)
        broker, now = self.live_kernel(kernel_id), self.port.now()
        known = broker.known
        named = list(dict.fromkeys(wish.comms))
        meant = [record for each in named if (record := known.comm(each)) is not None]
        chosen = without_held(meant, known.comms())
        shown = [closed_view(record, now) for record in chosen]
        staying = _staying(named, {each.comm_id for each in chosen}, known)
        closed = 0 if wish.dry_run else await self.close_all(kernel_id, known, chosen)
        self.answer(
            ClosingsView(
                kernel_id=kernel_id,
                dry_run=wish.dry_run,
                closed=closed,
                comms=shown,
                staying=staying,
            )
        )


def _staying(named: Iterable[str], going: set[str], known: Known) -> list[StayingView]:
    holders = {
        held: record.comm_id
        for record in known.comms()
        if record.comm_id not in going
        for held in record.references
    }
    return [
        _stays(comm_id, known.comm(comm_id), holders.get(comm_id), known)
        for comm_id in named
        if comm_id not in going
    ]


def _stays(comm_id: str, record: KnownComm | None, holder: str | None, known: Known) -> StayingView:
    if record is not None:
        return {"comm_id": comm_id, "reason": "held", "held_by": holder}
    ended = known.closing(comm_id) is not None
    return {"comm_id": comm_id, "reason": "closed" if ended else "unknown", "held_by": None}
