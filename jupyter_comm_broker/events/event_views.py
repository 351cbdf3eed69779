"""The shapes of events. The OpenAPI document and the reference are generated from them."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypedDict

from msgspec import Meta

from jupyter_comm_broker.core.state.changes import EndState
from jupyter_comm_broker.core.state.comm_record import Side
from jupyter_comm_broker.inspection.views import Alias, BufferView, Count, Date, ModelView, Path

Redacted = Annotated[list[Path], Meta(description="The paths of secrets that are not shown.")]


class OnKernel(TypedDict):
    """What every event of a kernel tells."""

    at: Date
    kernel_id: str


class OnComm(OnKernel):
    """What every event of a comm tells."""

    comm_id: str
    target_name: str


class OpenedEvent(OnComm):
    """A comm was opened, or the broker learned of it."""

    opened_by: Side
    model: ModelView | None


class ClosedEvent(OnComm):
    """A comm was closed."""

    by: Side
    reason: str


class MessageEvent(OnComm):
    """A comm message passed the broker."""

    direction: Literal["from_kernel", "from_frontend"]
    session_id: Annotated[
        str | None, Meta(description="The alias of the page or program that sent the message.")
    ]
    msg_id: str
    msg_type: Annotated[str, Meta(description="comm_open, comm_msg or comm_close.")]
    method: Annotated[
        str | None, Meta(description="The method of a widget's message, as in update.")
    ]
    size: Annotated[
        Count | None, Meta(description="Bytes of all its parts; null if one holds a secret.")
    ]
    buffers: Annotated[
        list[Count | None], Meta(description="The length of each buffer; null for a secret.")
    ]
    data: Annotated[Any, Meta(description="The message's data; null if they are cut.")]
    cut: Annotated[
        str | None, Meta(description="The beginning of the data's JSON, if it is too long.")
    ]
    redacted: Redacted


class StateEvent(OnComm):
    """A comm's state changed. One event may stand for several changes."""

    sequence: Count
    whole: Annotated[bool, Meta(description="Whether the event tells the whole state.")]
    attributes: Annotated[
        dict[str, Any], Meta(description="The attributes that changed, without their buffers.")
    ]
    buffers: Annotated[
        list[BufferView],
        Meta(description="Where the attributes' buffers belong, and their lengths."),
    ]
    omitted: Annotated[
        list[str], Meta(description="Attributes that changed and are too long to be told.")
    ]
    redacted: Redacted
    merged: Annotated[
        Count, Meta(description="How many earlier changes were merged into this event.")
    ]


class FrontendEvent(OnKernel):
    """A page's WebSocket was opened or closed."""

    session_id: Alias


class KernelEvent(OnKernel):
    """A kernel's process ended, and its comms with it."""

    state: Annotated[
        EndState,
        Meta(
            description="restarted: a new process replaces it; stopped: it announced its end, and "
            "what follows is not known yet; dead: no new process replaces it; gone: the kernel was "
            "removed."
        ),
    ]
    reason: str


class ResyncEvent(TypedDict):
    """The reader missed events. It must ask for what it wants to know."""

    reason: str


BY_TYPE: dict[str, Any] = {
    "opened": OpenedEvent,
    "message": MessageEvent,
    "state": StateEvent,
    "closed": ClosedEvent,
    "attached": FrontendEvent,
    "detached": FrontendEvent,
    "kernel": KernelEvent,
    "resync": ResyncEvent,
}
"""By type, the facts of an event."""
