"""Conditions on comms: each alone, and all together."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.core.state.comm_record import Knowledge
from jupyter_comm_broker.inspection.comm_filter import CommFilter, without_held
from jupyter_comm_broker.inspection.comm_list import KernelListQuery
from tests.core.room import Room


def room() -> Room:
    found = Room()
    found.page("here")
    found.page("away").detach()
    refuser = found.page("refuser")
    found.kernel.opens("slider-1", {"_model_name": "IntSliderModel"})
    found.kernel.opens("plot", target="Matplotlib")
    refuser.closes("slider-1")
    found.now = 10.0
    found.kernel.opens("text-1", {"_model_name": "TextModel", "description": "Your Name"})
    return found


def ids(conditions: CommFilter, one: Room) -> list[str]:
    return [each.comm_id for each in conditions.select(one.broker, one.now)]


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        (CommFilter(), ["slider-1", "plot", "text-1"]),
        (CommFilter(target="Matplotlib"), ["plot"]),
        (CommFilter(target="Mat"), []),
        (CommFilter(model="TextModel"), ["text-1"]),
        (CommFilter(model="Text"), ["text-1"]),
        (CommFilter(model="text"), []),
        (CommFilter(model=""), ["plot"]),
        (CommFilter(dress=False), ["slider-1", "plot", "text-1"]),
        (CommFilter(dress=True), []),
        (CommFilter(knowledge=Knowledge.CLEAN), ["slider-1", "text-1"]),
        (CommFilter(attached=True), ["slider-1", "plot", "text-1"]),
        (CommFilter(attached=False), []),
        (CommFilter(idle_longer_than=9.9), ["slider-1", "plot"]),
        (CommFilter(idle_longer_than=10.0), []),
        (CommFilter(text="MATPLOT"), ["plot"]),
        (CommFilter(text="model"), ["slider-1", "text-1"]),
        (CommFilter(text="your name"), []),
        (KernelListQuery(text="your name"), ["text-1"]),
        (KernelListQuery(text="MATPLOT"), ["plot"]),
        (CommFilter(text="-1"), ["slider-1", "text-1"]),
        (CommFilter(text="-1", target="jupyter.widget", model="TextModel"), ["text-1"]),
    ],
)
def test_the_comms_that_are_meant_are_found_in_their_order(
    conditions: CommFilter, expected: list[str]
) -> None:
    assert ids(conditions, room()) == expected


@pytest.mark.parametrize("model", ["LayoutModel", "SliderStyleModel"])
def test_layouts_and_styles_only_dress_others(model: str) -> None:
    one = room()
    one.kernel.opens("dress", {"_model_name": model})
    assert ids(CommFilter(dress=True), one) == ["dress"]
    assert "dress" not in ids(CommFilter(dress=False), one)


def test_a_page_that_refused_a_comm_does_not_have_it() -> None:
    one = room()
    one.broker.frontend_detached("here", one.now)
    assert ids(CommFilter(attached=True), one) == ["plot", "text-1"]
    assert ids(CommFilter(attached=False), one) == ["slider-1"]


def test_what_is_attached_is_what_is_shown_with_frontends() -> None:
    one = Room()
    one.kernel.opens("w", {})
    assert ids(CommFilter(attached=False), one) == ["w"]


def test_what_a_widget_that_stays_refers_to_is_not_chosen() -> None:
    one = Room()
    for comm_id, held in (("a", "b"), ("b", "c"), ("c", "a"), ("old", "c2"), ("c2", ""), ("d", "")):
        one.kernel.opens(comm_id, {"layout": f"IPY_MODEL_{held}"} if held else {})
    registry = one.broker._parts.comms.registry

    def left(*chosen: str) -> list[str]:
        meant = [each for each in registry if each.comm_id in chosen]
        return [each.comm_id for each in without_held(meant, registry)]

    assert left("b", "c", "d") == ["d"]
    assert left("a", "b", "c") == ["a", "b", "c"]
    assert left("old", "c2") == ["old", "c2"]
    assert left("c2") == []
