"""One event as readers get it, the filter of a reader, and the merging of two state changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from msgspec import UNSET, Meta, Struct, UnsetType

from jupyter_comm_broker.protocol.json_text import dumps_strictly

EventType = Literal["opened", "message", "state", "closed", "attached", "detached", "kernel"]
"""The types that a reader can ask for. Every reader also gets ``resync`` when it missed events."""

TYPES: frozenset[str] = frozenset(get_args(EventType))
TRAFFIC = frozenset({"message", "state"})
"""The types that are noted only while a reader wants them."""

OVERHEAD = 300
"""Bytes of memory that an event takes beside its text. So a million tiny events count too."""


class EventFilter(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Conditions that an event must all meet. A condition that is not set is always met."""

    kernel: (
        Annotated[
            str,
            Meta(min_length=1, description="Only events of this kernel. The stream ends with it."),
        ]
        | UnsetType
    ) = UNSET
    comm: Annotated[str, Meta(description="Only events of this comm.")] | UnsetType = UNSET
    target: (
        Annotated[str, Meta(description="Only events of comms with exactly this target name.")]
        | UnsetType
    ) = UNSET
    types: (
        Annotated[list[EventType], Meta(min_length=1, description="Only events of these types.")]
        | UnsetType
    ) = UNSET

    @property
    def wanted_types(self) -> frozenset[str]:
        """The types that the reader asks for."""
        return TYPES if isinstance(self.types, UnsetType) else frozenset(self.types)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, with its number in the order of all events."""

    number: int
    type: str
    kernel_id: str
    comm_id: str
    """The comm that it is about; empty if it is about none. So is ``target_name``."""
    target_name: str
    text: bytes
    """Its facts as JSON."""
    change: Mapping[str, Any] | None = None
    """Its facts, if it is a change of state. It may be merged with a later change."""

    @property
    def size(self) -> int:
        """The bytes of memory that it takes."""
        return OVERHEAD + len(self.text) * (1 if self.change is None else 2)


class Wanted:
    """A filter, prepared for the test of thousands of events."""

    def __init__(self, wanted: EventFilter) -> None:
        self.types = wanted.wanted_types
        self.kernel = None if isinstance(wanted.kernel, UnsetType) else wanted.kernel
        self._comm = None if isinstance(wanted.comm, UnsetType) else wanted.comm
        self._target = None if isinstance(wanted.target, UnsetType) else wanted.target

    def matches(self, event: Event) -> bool:
        """Return whether an event is wanted. An event about no comm matches no comm or target."""
        return (
            event.type in self.types
            and (self.kernel is None or event.kernel_id == self.kernel)
            and (self._comm is None or event.comm_id == self._comm)
            and (
                self._target is None or (event.target_name == self._target and bool(event.comm_id))
            )
        )


def merged(older: Event, newer: Event) -> Event:
    """Return one change of state that stands for two of the same comm, with the newer's number."""
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
