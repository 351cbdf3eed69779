"""Which comms somebody means: the conditions that lists and mass operations take."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from jupyter_comm_broker.core.broker import KernelBroker
from jupyter_comm_broker.core.state.comm_record import CommRecord, Knowledge


class CommFilter(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Conditions that all have to hold; one that is not set holds for every comm."""

    target: Annotated[str, Meta(description="Exactly this target name.")] | UnsetType = UNSET
    model: (
        Annotated[str, Meta(description="Exactly this model name, as in IntSliderModel.")]
        | UnsetType
    ) = UNSET
    knowledge: (
        Annotated[Knowledge, Meta(description="How far the state can be trusted.")] | UnsetType
    ) = UNSET
    attached: (
        Annotated[bool, Meta(description="Whether a page that is there now has the comm.")]
        | UnsetType
    ) = UNSET
    idle_longer_than: (
        Annotated[float, Meta(ge=0, description="Seconds without a message on it.")] | UnsetType
    ) = UNSET
    text: (
        Annotated[
            str,
            Meta(description="Part of the comm's id, target or model name; case does not matter."),
        ]
        | UnsetType
    ) = UNSET

    def select(self, broker: KernelBroker, now: float) -> list[CommRecord]:
        """Return a kernel's comms that are meant, in the order of their opening."""
        # One list after the other: with 10,000 comms a call for each of them would show.
        found = list(broker.context.registry)
        if not isinstance(self.target, UnsetType):
            found = [each for each in found if each.target_name == self.target]
        if not isinstance(self.model, UnsetType):
            found = [each for each in found if each.model.name == self.model]
        if not isinstance(self.knowledge, UnsetType):
            found = [each for each in found if each.knowledge is self.knowledge]
        if not isinstance(self.idle_longer_than, UnsetType):
            before = now - self.idle_longer_than
            found = [each for each in found if each.last_activity < before]
        if not isinstance(self.attached, UnsetType):
            pages = {frontend.session_id for frontend in broker.context.delivery.attached}
            found = [each for each in found if _has(each, pages) is self.attached]
        if not isinstance(self.text, UnsetType):
            part = self.text.casefold()
            found = [each for each in found if _says(each, part)]
        return found


def without_held(
    chosen: Iterable[CommRecord], all_of_them: Iterable[CommRecord]
) -> list[CommRecord]:
    """
    Return those of the chosen comms to which no widget refers that is not chosen.

    A slider that is moved all day holds a layout that nobody sends a message about: as comms
    go, that one is idle, and without it the slider cannot be drawn again.
    """
    found = list(chosen)
    going = {each.comm_id: each for each in found}
    staying = [each for each in all_of_them if each.comm_id not in going]
    while staying:
        for comm_id in staying.pop().references:
            held = going.pop(comm_id, None)
            if held is not None:
                staying.append(held)
    return [each for each in found if each.comm_id in going]


def _has(record: CommRecord, pages: set[str]) -> bool:
    return bool(pages - record.refused_by) if record.refused_by else bool(pages)


def _says(record: CommRecord, part: str) -> bool:
    return (
        part in record.comm_id.casefold()
        or part in record.target_name.casefold()
        or part in record.model.name.casefold()
    )
