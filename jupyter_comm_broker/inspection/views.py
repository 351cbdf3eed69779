"""The shapes of the REST API. The OpenAPI document and the reference are generated from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypedDict, get_type_hints

from msgspec import Meta

from jupyter_comm_broker.core.state.comm_record import Knowledge, Side
from jupyter_comm_broker.protocol.widget import Step

Count = Annotated[int, Meta(ge=0)]
Date = Annotated[str, Meta(description="An ISO 8601 date with its offset.")]
Alias = Annotated[
    str, Meta(description="A page's alias: 16 hex digits of the SHA-256 of its session id.")
]
Seconds = Annotated[float, Meta(description="Seconds until now.")]
Trust = Annotated[Knowledge, Meta(description="How far the mirrored state can be trusted.")]
CheckedAt = Annotated[
    Date | None,
    Meta(
        description="When the kernel itself last said the whole state: when it opened the comm, or "
        "when the broker asked. Later changes without a message are not known. Null if it never "
        "said it."
    ),
]
Path = Annotated[list[Step], Meta(description="Dict keys and list indices that lead to a value.")]


class ModelView(TypedDict):
    """The class and the package that draw a widget."""

    name: str
    module: str
    version: str


class MessagesView(TypedDict):
    """How many comm messages passed the broker. The opening of a comm counts too."""

    from_kernel: Count
    from_frontends: Count


class BytesView(TypedDict):
    """How many bytes passed, and how many the state has; null if they include a secret."""

    from_kernel: Count | None
    from_frontends: Count | None
    state: Count | None


class CommView(TypedDict):
    """An open comm, as lists show it."""

    kernel_id: str
    comm_id: str
    target_name: str
    opened_by: Side
    opened_at: Date
    last_activity: Date
    age_seconds: Seconds
    idle_seconds: Seconds
    model: ModelView | None
    caption: Annotated[
        str | None,
        Meta(description="What the user sees of a widget: its description, label, text or value."),
    ]
    parents: Annotated[list[str], Meta(description="Widgets whose states refer to this comm.")]
    references: Annotated[list[str], Meta(description="Widgets that this comm's state refers to.")]
    frontends: Annotated[list[str], Meta(description="Aliases of the pages that have the comm.")]
    messages: MessagesView
    bytes: BytesView
    knowledge: Trust
    checked_at: CheckedAt
    dirty_because: str | None
    pending: Annotated[bool, Meta(description="Whether a page's update waits for the kernel.")]
    sequence: Annotated[Count, Meta(description="The same number means the same state.")]
    callback_errors: Annotated[
        Count, Meta(description="How often a server extension's callback on the comm failed.")
    ]


if TYPE_CHECKING:
    SomeOfCommView = CommView
else:
    # The same fields, but each may be missing. Python has no other way to say that.
    SomeOfCommView = TypedDict(
        "SomeOfCommView", get_type_hints(CommView, include_extras=True), total=False
    )


class CommPage(TypedDict):
    """One page of a list."""

    comms: list[SomeOfCommView]
    next: Annotated[str | None, Meta(description="The cursor of the next page, if there is one.")]
    total: Annotated[Count, Meta(description="How many comms match, on all pages together.")]


class KernelCommPage(CommPage):
    """One page of a kernel's list."""

    kernel_id: str


class BufferView(TypedDict):
    """Where in the state a buffer belongs, and how long it is."""

    path: Path
    length: Annotated[Count | None, Meta(description="Bytes; null if the buffer is a secret.")]


class FilledBufferView(BufferView, total=False):
    """A buffer. Its bytes are missing if they were not asked for, or are a secret."""

    encoding: Literal["base64"]
    data: str


Redacted = Annotated[
    list[Path], Meta(description="The paths of secrets in the state that are not shown.")
]
StateOrNone = Annotated[
    dict[str, Any] | None,
    Meta(description="The state without buffers; null if it is not known or nested too deeply."),
]


class OneCommView(CommView):
    """
    An open comm without its state. A field that lists do not show belongs here.

    :func:`state_views.whole_tag` covers all that is here.
    """


class WholeCommView(OneCommView):
    """An open comm with its state."""

    state: StateOrNone
    buffers: list[FilledBufferView]
    redacted: Redacted


class StateView(TypedDict):
    """A comm's state alone."""

    state: StateOrNone
    buffer_paths: Annotated[list[Path], Meta(description="Where each buffer belongs, by index.")]
    redacted: Redacted
    knowledge: Trust
    checked_at: CheckedAt
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
    """The widget state that notebooks store, and that nbconvert and the HTML manager show."""

    version_major: Literal[2]
    version_minor: Literal[0]
    state: dict[str, EmbeddedWidget]


class TargetView(TypedDict):
    """What is known of a target name, on one side of one kernel."""

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
