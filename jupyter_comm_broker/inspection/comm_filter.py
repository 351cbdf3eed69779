"""The conditions by which lists and mass operations choose comms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from jupyter_comm_broker.core.broker import KernelBroker
from jupyter_comm_broker.core.state.comm_record import Knowledge
from jupyter_comm_broker.core.state.known_comm import KnownComm


class CommFilter(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Conditions that a comm must all meet. A condition that is not set is always met."""

    target: Annotated[str, Meta(description="Exactly this target name.")] | UnsetType = UNSET
    model: (
        Annotated[str, Meta(description="This model name, as in IntSliderModel or IntSlider.")]
        | UnsetType
    ) = UNSET
    knowledge: (
        Annotated[Knowledge, Meta(description="How far the state can be trusted.")] | UnsetType
    ) = UNSET
    attached: (
        Annotated[bool, Meta(description="Whether a page that is connected now has the comm.")]
        | UnsetType
    ) = UNSET
    idle_longer_than: (
        Annotated[float, Meta(ge=0, description="Seconds without a message on the comm.")]
        | UnsetType
    ) = UNSET
    dress: (
        Annotated[
            bool,
            Meta(
                description="Whether the model is a layout or a style, which only dresses another "
                "widget."
            ),
        ]
        | UnsetType
    ) = UNSET
    text: (
        Annotated[
            str,
            Meta(description="Part of the comm's id, target or model name; case does not matter."),
        ]
        | UnsetType
    ) = UNSET

    def select(self, broker: KernelBroker, now: float) -> list[KnownComm]:
        """Return a kernel's comms that meet the conditions, in the order of their opening."""
        # One list for each condition. With 10,000 comms, a call for each comm would be slow.
        found = broker.known.comms()
        if not isinstance(self.target, UnsetType):
            found = [each for each in found if each.target_name == self.target]
        if not isinstance(self.model, UnsetType):
            names = {self.model, f"{self.model}Model"}
            found = [each for each in found if each.model.name in names]
        if not isinstance(self.dress, UnsetType):
            found = [each for each in found if _is_dress(each.model.name) is self.dress]
        if not isinstance(self.knowledge, UnsetType):
            found = [each for each in found if each.knowledge is self.knowledge]
        if not isinstance(self.idle_longer_than, UnsetType):
            before = now - self.idle_longer_than
            found = [each for each in found if each.last_activity < before]
        if not isinstance(self.attached, UnsetType):
            pages = set(broker.known.attached())
            found = [each for each in found if _has(each, pages) is self.attached]
        if not isinstance(self.text, UnsetType):
            part = self.text.casefold()
            found = [each for each in found if self.says(each, part)]
        return found

    def says(self, record: KnownComm, part: str) -> bool:
        """Return whether a comm has a text in lower case. Closing by it must not follow values."""
        return (
            part in record.comm_id.casefold()
            or part in record.target_name.casefold()
            or part in record.model.name.casefold()
        )


def without_held(chosen: Iterable[KnownComm], all_of_them: Iterable[KnownComm]) -> list[KnownComm]:
    """
    Return the chosen comms, without those that a widget outside the choice still needs.

    A slider refers to a layout. A user may move the slider all day while no message passes on the
    layout's comm. That comm looks idle, but without it the slider cannot be drawn again.

    Args:
        chosen: the chosen comms.
        all_of_them: all comms of the kernel.
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


def _has(record: KnownComm, pages: set[str]) -> bool:
    return bool(pages - record.refused_by) if record.refused_by else bool(pages)


def _is_dress(model: str) -> bool:
    return model == "LayoutModel" or model.endswith("StyleModel")
