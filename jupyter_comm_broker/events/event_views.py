"""The shapes of events. The API's document is made of them, word for word."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypedDict

from msgspec import Meta

from jupyter_comm_broker.core.state.changes import EndState
from jupyter_comm_broker.core.state.comm_record import Side
from jupyter_comm_broker.inspection.views import BufferView, Count, Date, ModelView, Path

Redacted = Annotated[list[Path], Meta(description="What is a secret, and not shown here.")]


class _OnKernel(TypedDict):
    at: Date
    kernel_id: str


class _OnComm(_OnKernel):
    comm_id: str
    target_name: str


class OpenedEvent(_OnComm):
    """A comm is known from now on."""

    opened_by: Side
    model: ModelView | None


class ClosedEvent(_OnComm):
    """A comm is gone."""

    by: Side
    reason: str


class MessageEvent(_OnComm):
    """A message went through."""

    direction: Literal["from_kernel", "from_frontend"]
    session_id: Annotated[str | None, Meta(description="The page's or program's that sent it.")]
    msg_id: str
    msg_type: Annotated[str, Meta(description="comm_open, comm_msg or comm_close.")]
    method: Annotated[str | None, Meta(description="What a widget's message is for.")]
    size: Annotated[
        Count | None, Meta(description="Bytes of all its parts; null with a secret among them.")
    ]
    buffers: Annotated[
        list[Count | None], Meta(description="The length of each; null of a secret.")
    ]
    data: Annotated[Any, Meta(description="What it carries; null where that is cut.")]
    cut: Annotated[
        str | None, Meta(description="How the data's JSON begins, where it is too long.")
    ]
    redacted: Redacted


class StateEvent(_OnComm):
    """A state is another one now; several changes may be told as one."""

    sequence: Count
    whole: Annotated[bool, Meta(description="Whether this is all of the state.")]
    attributes: Annotated[dict[str, Any], Meta(description="What changed, without its buffers.")]
    buffers: Annotated[list[BufferView], Meta(description="Where they belong, and their lengths.")]
    omitted: Annotated[list[str], Meta(description="What changed too, and is too long.")]
    redacted: Redacted
    merged: Annotated[Count, Meta(description="How many changes before this one it stands for.")]


class FrontendEvent(_OnKernel):
    """A page has a socket, or has one no longer."""

    session_id: str


class KernelEvent(_OnKernel):
    """A kernel's process ended, and its comms with it."""

    state: Annotated[
        EndState,
        Meta(
            description="restarted: another process takes its place; stopped: it said farewell, "
            "and what follows is not known yet; dead: none takes its place; gone: so is the kernel."
        ),
    ]
    reason: str


class ResyncEvent(TypedDict):
    """Something was missed: what is known has to be asked for."""

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
"""What an event of each type tells."""
