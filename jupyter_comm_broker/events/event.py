"""One event as readers get it, what a reader wants of them, and two changes of state as one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from msgspec import UNSET, Meta, Struct, UnsetType

from jupyter_comm_broker.protocol.json_text import dumps_strictly

EventType = Literal["opened", "message", "state", "closed", "attached", "detached", "kernel"]
"""What can be asked for. Beside these, ``resync`` tells a reader that it missed something."""

TYPES: frozenset[str] = frozenset(get_args(EventType))
TRAFFIC = frozenset({"message", "state"})
"""What is only noted while somebody wants it."""

OVERHEAD = 300
"""What an event costs beside its text, so that a million tiny ones count too."""


class EventFilter(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Conditions that all have to hold; one that is not set holds for every event."""

    kernel: (
        Annotated[
            str, Meta(min_length=1, description="This kernel's only; the stream ends with it.")
        ]
        | UnsetType
    ) = UNSET
    comm: Annotated[str, Meta(description="This comm's only.")] | UnsetType = UNSET
    target: (
        Annotated[str, Meta(description="Only of comms with exactly this target name.")] | UnsetType
    ) = UNSET
    types: (
        Annotated[list[EventType], Meta(min_length=1, description="Only of these types.")]
        | UnsetType
    ) = UNSET

    @property
    def wanted_types(self) -> frozenset[str]:
        """The types that are asked for."""
        return TYPES if isinstance(self.types, UnsetType) else frozenset(self.types)

    @property
    def wants_traffic(self) -> bool:
        """Whether messages or changes of state are asked for."""
        return bool(TRAFFIC & self.wanted_types)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, with its place in the order of all."""

    number: int
    type: str
    kernel_id: str
    comm_id: str
    """Empty where it is about no comm, as all that only comms have."""
    target_name: str
    text: bytes
    """What is told of it, as JSON."""
    change: Mapping[str, Any] | None = None
    """What is told of it, where it is a change of state: it may be merged with a later one."""

    @property
    def size(self) -> int:
        """The bytes that it holds."""
        return OVERHEAD + len(self.text) * (1 if self.change is None else 2)


class Wanted:
    """A filter, taken apart once for thousands of events."""

    def __init__(self, wanted: EventFilter) -> None:
        self.types = wanted.wanted_types
        self.kernel = None if isinstance(wanted.kernel, UnsetType) else wanted.kernel
        self._comm = None if isinstance(wanted.comm, UnsetType) else wanted.comm
        self._target = None if isinstance(wanted.target, UnsetType) else wanted.target

    def matches(self, event: Event) -> bool:
        """Whether an event is wanted. One about no comm is not, where comms are named."""
        return (
            event.type in self.types
            and (self.kernel is None or event.kernel_id == self.kernel)
            and (self._comm is None or event.comm_id == self._comm)
            and (
                self._target is None or (event.target_name == self._target and bool(event.comm_id))
            )
        )


def merged(older: Event, newer: Event) -> Event:
    """Return one change of state for two of the same comm, in the place of the newer."""
    before, after = older.change, newer.change
    if before is None or after is None:
        raise ValueError("only changes of state can be merged")
    change = dict(after)
    change["merged"] = before["merged"] + after["merged"] + 1
    if not after["whole"]:
        replaced = {*after["attributes"], *after["omitted"]}
        replaced.update(each["path"][0] for each in after["buffers"])
        kept = {k: v for k, v in before["attributes"].items() if k not in replaced}
        change["attributes"] = {**kept, **after["attributes"]}
        change["omitted"] = [k for k in before["omitted"] if k not in replaced] + after["omitted"]
        change["buffers"] = [
            each for each in before["buffers"] if each["path"][0] not in replaced
        ] + after["buffers"]
        change["redacted"] = [p for p in before["redacted"] if p[0] not in replaced] + after[
            "redacted"
        ]
        change["whole"] = before["whole"]
    return Event(
        newer.number,
        newer.type,
        newer.kernel_id,
        newer.comm_id,
        newer.target_name,
        dumps_strictly(change),
        change,
    )
