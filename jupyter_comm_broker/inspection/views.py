"""The shapes that readers are shown. The API's document is made of them, word for word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypedDict, get_type_hints

from msgspec import Meta

from jupyter_comm_broker.core.state.comm_record import Knowledge, Side
from jupyter_comm_broker.protocol.widget import Step

Count = Annotated[int, Meta(ge=0)]
Date = Annotated[str, Meta(description="ISO 8601, with its offset.")]
Seconds = Annotated[float, Meta(description="Seconds until now.")]
Trust = Annotated[Knowledge, Meta(description="How far the mirrored state can be trusted.")]
Path = Annotated[list[Step], Meta(description="Dict keys and list indices, from the state down.")]


class ModelView(TypedDict):
    """Which class of which package draws a widget."""

    name: str
    module: str
    version: str


class MessagesView(TypedDict):
    """How many messages passed."""

    from_kernel: Count
    from_frontends: Count


class BytesView(TypedDict):
    """How many bytes passed, and how many the state holds; null where a secret is among them."""

    from_kernel: Count | None
    from_frontends: Count | None
    state: Count | None


class CommView(TypedDict):
    """A live comm, as lists show it."""

    kernel_id: str
    comm_id: str
    target_name: str
    opened_by: Side
    opened_at: Date
    last_activity: Date
    age_seconds: Seconds
    idle_seconds: Seconds
    model: ModelView | None
    parents: Annotated[list[str], Meta(description="Widgets whose states refer to this one.")]
    references: Annotated[list[str], Meta(description="Widgets that this one's state refers to.")]
    frontends: Annotated[list[str], Meta(description="Session ids of the pages that have it.")]
    messages: MessagesView
    bytes: BytesView
    knowledge: Trust
    dirty_because: str | None
    pending: Annotated[bool, Meta(description="Whether a page's update waits for the kernel.")]
    sequence: Annotated[Count, Meta(description="The same number means the same state.")]
    callback_errors: Annotated[
        Count, Meta(description="How often a callback of a server extension raised for it.")
    ]


if TYPE_CHECKING:
    SomeOfCommView = CommView
else:
    # The same fields, each of which may be left out; the language has no other word for it.
    SomeOfCommView = TypedDict(
        "SomeOfCommView", get_type_hints(CommView, include_extras=True), total=False
    )


class CommPage(TypedDict):
    """One page of a list."""

    comms: list[SomeOfCommView]
    next: Annotated[str | None, Meta(description="The cursor of the next page, if there is one.")]
    total: Annotated[Count, Meta(description="How many comms match, on all pages.")]


class KernelCommPage(CommPage):
    """One page of a kernel's list."""

    kernel_id: str


class BufferView(TypedDict):
    """Where in the state a buffer belongs, and how long it is."""

    path: Path
    length: Annotated[Count | None, Meta(description="Null of a secret.")]


class FilledBufferView(BufferView, total=False):
    """A buffer. It comes without its bytes where those are omitted or not to be shown."""

    encoding: Literal["base64"]
    data: str


Redacted = Annotated[
    list[Path], Meta(description="What of the state is a secret, and not shown here.")
]
StateOrNone = Annotated[
    dict[str, Any] | None,
    Meta(description="The state without its buffers; null if not known, or nested too deeply."),
]


class WholeCommView(CommView):
    """A live comm with its state."""

    state: StateOrNone
    buffers: list[FilledBufferView]
    redacted: Redacted


class StateView(TypedDict):
    """A comm's state alone."""

    state: StateOrNone
    buffer_paths: Annotated[list[Path], Meta(description="Where each buffer belongs, by index.")]
    redacted: Redacted
    knowledge: Trust
    sequence: Count


class EmbeddedBuffer(TypedDict):
    """A buffer of a widget in a widget state document."""

    encoding: Literal["base64"]
    path: Path
    data: str


class _EmbeddedState(TypedDict):
    model_name: str
    model_module: str
    model_module_version: str
    state: dict[str, Any]


class EmbeddedWidget(_EmbeddedState, total=False):
    """A widget in a widget state document."""

    buffers: list[EmbeddedBuffer]


class WidgetDocument(TypedDict):
    """What notebooks keep of their widgets, and what nbconvert and the HTML manager show."""

    version_major: Literal[2]
    version_minor: Literal[0]
    state: dict[str, EmbeddedWidget]


class TargetView(TypedDict):
    """What is known of a target name on one side of one kernel."""

    kernel_id: str
    target_name: str
    side: Side
    status: Literal["known", "rejected"]
    evidence: str
    since: Date
    comms: Count


class TargetList(TypedDict):
    """The targets of all kernels."""

    targets: list[TargetView]


class BusyView(TypedDict):
    """What the kernel runs before it comes to a message."""

    msg_id: Annotated[str | None, Meta(description="The running request's, if it was heard of.")]
    msg_type: str | None
    seconds: Annotated[Seconds | None, Meta(description="For how long it has been running.")]


class FrontendView(TypedDict):
    """A page, and what waits for it."""

    session_id: str
    attached: bool
    since: Annotated[Date, Meta(description="When its latest socket opened.")]
    lag_seconds: Annotated[
        Seconds | None,
        Meta(
            description="How long ago, by its own clock, the kernel sent the oldest message that "
            "waits; null if none does."
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
    """How far the mirrored states of a kernel's widgets can be trusted, counted."""

    clean: Count
    dirty: Count
    unknown: Count
    too_large: Count


class RestoresView(TypedDict):
    """How often pages asked for their widgets and were answered, and for how long they waited."""

    answered: Count
    seconds: Annotated[float, Meta(description="Of all of them together.")]


class PassedView(TypedDict):
    """How many bytes passed."""

    from_kernel: Count
    from_frontends: Count


class KernelView(TypedDict):
    """The health of one kernel's link, and what is kept for it."""

    kernel_id: str
    link: Annotated[str, Meta(description="connecting, proven, assumed or lost.")]
    answers_control: bool | None
    execution_state: str
    running: Annotated[BusyView | None, Meta(description="What it runs; null if it is idle.")]
    language: Annotated[str | None, Meta(description="As its kernel_info says.")]
    frontends: list[FrontendView]
    comms: Count
    targets: Annotated[dict[str, Count], Meta(description="How many comms of each target.")]
    states: StatesView
    messages: Annotated[MessagesView, Meta(description="On all its comms, closed ones included.")]
    bytes: Annotated[PassedView, Meta(description="On all its comms, closed ones included.")]
    restores: RestoresView
    state_bytes: Count
    states_given_up: Annotated[Count, Meta(description="States dropped because of a limit.")]
    registry_complete: bool
    verification: str
    pending_updates: Count
    requests_under_way: Count
    epoch: Annotated[Count, Meta(description="Counts the kernel's processes.")]
    counters: dict[str, int]


class LinkedKernelView(KernelView):
    """A kernel, and what the link to it runs over."""

    transport: str


class StrategyView(TypedDict):
    """A restore strategy that a package brings for a target."""

    target_name: str
    strategy: Annotated[str, Meta(description="Where it is loaded from.")]
    package: str | None
    loaded: bool
    reason: Annotated[str | None, Meta(description="Why it is not loaded.")]


class SelfCheck(TypedDict):
    """Whether the broker stands in the path of every WebSocket, and if not why."""

    version: str
    in_path: bool
    mode: Annotated[str, Meta(description="broker (in the path), observer or off.")]
    reason: str | None
    connection_class: str | None
    limits: dict[str, Any]
    strategies: list[StrategyView]


class BrokerView(SelfCheck):
    """The self-check and the health of every kernel's link."""

    kernels: list[LinkedKernelView]
    counters: Annotated[dict[str, int], Meta(description="Summed over all kernels.")]
