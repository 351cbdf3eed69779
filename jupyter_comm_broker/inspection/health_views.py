"""The shapes of the health of a kernel's link and of the broker."""

from __future__ import annotations

from typing import Annotated, Any, TypedDict

from msgspec import Meta

from jupyter_comm_broker.inspection.views import Alias, Count, Date, MessagesView, Seconds


class BusyView(TypedDict):
    """The request that a kernel runs now."""

    msg_id: Annotated[
        str | None, Meta(description="The running request's id; null if it is not known.")
    ]
    msg_type: str | None
    seconds: Annotated[Seconds | None, Meta(description="For how long the request has run.")]


class FrontendView(TypedDict):
    """A page, and what waits for it."""

    session_id: Alias
    attached: bool
    since: Annotated[Date, Meta(description="When its latest socket was opened.")]
    lag_seconds: Annotated[
        Seconds | None,
        Meta(
            description="The age of the oldest message that waits, by the date in its header; null "
            "if none waits."
        ),
    ]
    waiting_messages: Count
    waiting_bytes: Count
    peak_bytes: Count
    conflated: Count
    dropped: Count
    received: Count
    restoring: bool


class StatesView(TypedDict):
    """The numbers of a kernel's mirrored states, by how far they can be trusted."""

    clean: Count
    dirty: Count
    unknown: Count
    too_large: Count


class RestoresView(TypedDict):
    """How many pages asked for their widgets and got them, and how long they waited."""

    answered: Count
    seconds: Annotated[float, Meta(description="The waiting times of all restores together.")]


class PassedView(TypedDict):
    """How many bytes passed the broker."""

    from_kernel: Count
    from_frontends: Count


class KernelView(TypedDict):
    """The health of one kernel's link, and what the broker keeps for the kernel."""

    kernel_id: str
    link: Annotated[str, Meta(description="connecting, proven, assumed, broken, released or lost.")]
    answers_control: bool | None
    execution_state: str
    running: Annotated[
        BusyView | None, Meta(description="The request that the kernel runs; null if it is idle.")
    ]
    language: Annotated[str | None, Meta(description="The language that its kernel_info names.")]
    frontends: list[FrontendView]
    comms: Count
    targets: Annotated[dict[str, Count], Meta(description="How many comms each target has.")]
    states: StatesView
    messages: Annotated[
        MessagesView, Meta(description="Messages on all its comms, also on closed ones.")
    ]
    bytes: Annotated[PassedView, Meta(description="Bytes on all its comms, also on closed ones.")]
    restores: RestoresView
    state_bytes: Count
    run_bytes: Annotated[Count, Meta(description="Bytes of output that are kept of its runs.")]
    states_given_up: Annotated[
        Count, Meta(description="States that were dropped because of a limit.")
    ]
    registry_complete: bool
    verification: str
    pending_updates: Count
    requests_under_way: Count
    epoch: Annotated[Count, Meta(description="The number of the kernel's process.")]
    counters: dict[str, int]


class LinkedKernelView(KernelView):
    """A kernel, and the transport of its link."""

    transport: str


class StrategyView(TypedDict):
    """A restore strategy that another package has for a target."""

    target_name: str
    strategy: Annotated[str, Meta(description="The entry point that it is loaded from.")]
    package: str | None
    loaded: bool
    reason: Annotated[str | None, Meta(description="Why it is not loaded.")]


class SelfCheck(TypedDict):
    """Whether every kernel WebSocket goes through the broker, and if not, why."""

    version: str
    in_path: bool
    mode: Annotated[str, Meta(description="broker (in the path), observer or off.")]
    reason: str | None
    connection_class: str | None
    limits: dict[str, Any]
    strategies: list[StrategyView]
    unlinked: Annotated[
        dict[str, str], Meta(description="Kernels that cannot be connected to, and the reason.")
    ]


class BrokerView(SelfCheck):
    """The self-check and the health of every kernel's link."""

    kernels: list[LinkedKernelView]
    counters: Annotated[dict[str, int], Meta(description="Summed over all kernels.")]
