"""The mirror follows a widget message by message (fact 2.2), and knows when it cannot."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.state.comm_record import Knowledge

from ..heard import closed, set_to, status
from ..room import Room

MODEL = {"_model_name": "N", "_model_module": "M", "_model_module_version": "V"}


def opened(**state: Any) -> Room:
    room = Room()
    room.kernel.opens("w", {**MODEL, **state})
    return room


def held(room: Room, comm_id: str = "w") -> tuple[Any, list[Any], list[Any]]:
    """Return the mirrored state of a comm with its buffer paths and buffers."""
    state = room.record(comm_id).state
    assert state is not None
    _, paths, buffers = state.written()
    return room.mirrored(comm_id), paths, buffers


def test_an_open_gives_state_model_and_references() -> None:
    room = opened(value=1, layout="IPY_MODEL_l")
    record = room.record("w")
    assert room.mirrored("w") == {**MODEL, "value": 1, "layout": "IPY_MODEL_l"}
    assert (record.model.name, record.model.module, record.model.version) == ("N", "M", "V")
    assert (record.references, record.knowledge) == (("l",), Knowledge.CLEAN)


def test_an_open_puts_buffers_where_they_belong() -> None:
    room = Room()
    room.kernel.opens("w", {"a": [None, 1]}, paths=[["a", 0], ["b"]], buffers=[b"x", b"y"])
    assert held(room) == ({"a": [None, 1]}, [["a", 0], ["b"]], [b"x", b"y"])


def test_an_update_replaces_top_level_attributes_whole() -> None:
    room = opened(value={"a": 1, "b": 2}, other=1)
    room.kernel.updates("w", {"value": {"c": 3}})
    assert room.mirrored("w") == {**MODEL, "value": {"c": 3}, "other": 1}


def test_an_update_takes_the_old_buffers_of_its_attributes_away() -> None:
    room = Room()
    room.kernel.opens("w", {"a": {}, "b": {}}, paths=[["a", "x"], ["b", "y"]], buffers=[b"1", b"2"])
    room.kernel.updates("w", {"a": {"x": 3}})
    assert held(room) == ({"a": {"x": 3}, "b": {}}, [["b", "y"]], [b"2"])


def test_an_update_sets_and_removes_a_buffer_that_is_a_whole_attribute() -> None:
    room = opened(raw=None)
    room.kernel.updates("w", {}, paths=[["raw"]], buffers=[b"x"])
    assert held(room) == (MODEL, [["raw"]], [b"x"])
    room.kernel.updates("w", {"raw": None})
    assert held(room) == ({**MODEL, "raw": None}, [], [])


def test_new_attributes_extend_the_state() -> None:
    room = opened(value=1)
    room.kernel.updates("w", {"added": 2})
    page = room.page("a")
    room.kernel.busy(page.updates("w", {"added": 3}))
    assert room.mirrored("w") == {**MODEL, "value": 1, "added": 3}


def test_a_pages_update_counts_when_the_kernel_begins_with_it() -> None:
    room = opened(value=1)
    sent = room.page("a").updates("w", {"value": 2})
    assert room.mirrored("w")["value"] == 1
    room.kernel.busy(sent)
    assert room.mirrored("w")["value"] == 2


def test_names_that_the_widget_does_not_have_are_ignored() -> None:
    room = opened(value=1)
    room.kernel.busy(room.page("a").updates("w", {"value": 2, "unknown": 3}))
    assert room.mirrored("w") == {**MODEL, "value": 2}


def test_an_echo_without_a_busy_counts_as_one() -> None:
    # ipykernel 7.4 handles comm messages during an async cell without any status.
    room = opened(value=1, quiet=1)
    sent = room.page("a").updates("w", {"value": 2, "quiet": 2})
    room.kernel.echoes("w", {"value": 2}, sent)
    assert room.mirrored("w") == {**MODEL, "value": 2, "quiet": 2}


def test_the_kernels_own_word_stands_over_the_echo() -> None:
    room = opened(value=1)
    sent = room.page("a").updates("w", {"value": 50})
    room.kernel.busy(sent)
    room.kernel.echoes("w", {"value": 50}, sent)
    room.kernel.updates("w", {"value": 10}, sent)
    room.kernel.idle(sent)
    assert (room.mirrored("w")["value"], room.record("w").knowledge) == (10, Knowledge.CLEAN)


def test_a_trait_error_is_undone_and_the_comm_is_asked_about() -> None:
    room = opened(value=1, other=1)
    sent = room.page("a").updates("w", {"value": 2, "other": 2})
    room.kernel.busy(sent)
    room.kernel.echoes("w", {"value": 2, "other": 2}, sent)
    room.kernel.raises("TraitError", sent)
    assert room.mirrored("w") == {**MODEL, "value": 1, "other": 1}
    assert room.record("w").knowledge is Knowledge.DIRTY
    assert room.record("w").suspects == {"value", "other"}


def test_a_trait_error_undoes_nothing_that_the_kernel_said_since() -> None:
    room = opened(value=1, other=1)
    sent = room.page("a").updates("w", {"value": 2, "other": 2})
    room.kernel.busy(sent)
    room.kernel.updates("w", {"other": 7}, sent)
    room.kernel.raises("TraitError", sent)
    assert room.mirrored("w") == {**MODEL, "value": 1, "other": 7}


def test_a_trait_error_takes_a_new_name_back_out() -> None:
    room = opened(value=1)
    sent = room.page("a").updates("w", {"value": 2})
    room.kernel.echoes("w", {"value": 2, "new": 3}, sent)
    room.kernel.raises("TraitError", sent)
    assert room.mirrored("w") == {**MODEL, "value": 1}


def test_another_error_keeps_what_was_set_and_leaves_doubt() -> None:
    room = opened(value=1)
    sent = room.page("a").updates("w", {"value": 2})
    room.kernel.busy(sent)
    room.kernel.raises("ValueError", sent)
    assert (room.mirrored("w")["value"], room.record("w").knowledge) == (2, Knowledge.DIRTY)


def test_what_was_not_echoed_is_told_to_the_other_pages_when_the_kernel_is_done() -> None:
    room = opened(value=1, quiet=1)
    mover, other = room.page("a"), room.page("b")
    sent = mover.updates("w", {"value": 2, "quiet": 2})
    room.kernel.busy(sent)
    room.kernel.echoes("w", {"value": 2}, sent)
    room.kernel.idle(sent)
    both = [status("busy"), set_to("w", {"value": 2}, "echo_update")]
    assert mover.hears() == [*both, status("idle")]
    assert other.hears() == [*both, set_to("w", {"quiet": 2}), status("idle")]


def test_a_page_that_was_told_another_value_meanwhile_is_told_its_own_as_well() -> None:
    room = opened(quiet=1)
    first, second = room.page("a"), room.page("b")
    moved = [first.updates("w", {"quiet": 2}), second.updates("w", {"quiet": 3})]
    for sent in moved:
        room.kernel.busy(sent)
        room.kernel.idle(sent)
    told = [set_to("w", {"quiet": value}) for value in (2, 3)]
    assert [each for each in first.hears() if each[0] == "comm_msg"] == told[1:]
    assert [each for each in second.hears() if each[0] == "comm_msg"] == told


def test_custom_messages_change_nothing() -> None:
    room = opened(value=1)
    before = room.record("w").sequence
    room.kernel.customs("w", {"value": 2})
    room.page("a").tells("w", {"method": "custom", "content": {"value": 3}})
    assert (room.mirrored("w")["value"], room.record("w").sequence) == (1, before)


def test_a_close_of_the_kernel_ends_the_comm() -> None:
    room = opened(value=1)
    page = room.page("a")
    room.kernel.closes("w")
    assert page.hears() == [closed("w")]
    assert (
        "w" in room.broker._parts.comms.registry,
        room.broker._parts.comms.mirror.budget.bytes,
    ) == (
        False,
        0,
    )


def test_a_widget_that_a_page_opened_is_asked_about() -> None:
    room = Room()
    room.page("a").opens("w", "jupyter.widget", {"state": {**MODEL, "value": 1}})
    assert room.mirrored("w") == {**MODEL, "value": 1}
    assert room.record("w").knowledge is Knowledge.DIRTY


def test_a_widget_that_is_opened_again_is_a_new_one() -> None:
    room = opened(value=1)
    room.kernel.opens("v", {"value": 3})
    room.kernel.opens("w", {"value": 2})
    states = {
        record.comm_id: room.mirrored(record.comm_id)
        for record in room.broker._parts.comms.registry
    }
    assert list(states.items()) == [("v", {"value": 3}), ("w", {"value": 2})]
    assert room.broker._parts.comms.mirror.budget.bytes == sum(
        record.state.size for record in room.broker._parts.comms.registry if record.state
    )


@pytest.mark.parametrize(
    "data",
    [
        {"state": [], "buffer_paths": []},
        {"state": {}, "buffer_paths": [["value"]]},
        {"state": {}, "buffer_paths": [[0]]},
        {"state": 3},
        "text",
    ],
)
def test_an_update_that_cannot_be_read_passes_and_leaves_doubt(data: Any) -> None:
    room = opened(value=1)
    page = room.page("a")
    data = {"method": "update", **data} if isinstance(data, dict) else data
    room.kernel.sends("w", data)
    assert page.hears() == [("comm_msg", {"comm_id": "w", "data": data})]
    assert room.record("w").knowledge is Knowledge.DIRTY
    assert room.broker._parts.ledger.counters["malformed_from_kernel"] == 1
    assert room.broker._parts.ledger.counters["faults"] == 0


def test_an_open_that_cannot_be_read_passes_and_its_state_is_unknown() -> None:
    room = Room()
    page = room.page("a")
    room.kernel.publishes(
        "comm_open", {"comm_id": "w", "target_name": "jupyter.widget", "data": {"state": 3}}
    )
    assert [kind for kind, _ in page.hears()] == ["comm_open"]
    assert room.record("w").knowledge is Knowledge.UNKNOWN


def test_a_state_over_its_cap_is_listed_but_not_kept() -> None:
    room = Room(limits=Limits(comm_state_bytes=100))
    room.kernel.opens("small", {"value": 1})
    room.kernel.opens("large", {"value": "x" * 100})
    assert room.mirrored("large") is None
    assert room.record("large").knowledge is Knowledge.TOO_LARGE
    assert room.mirrored("small") == {"value": 1}


def test_a_state_that_grows_over_its_cap_is_given_up() -> None:
    room = Room(limits=Limits(comm_state_bytes=100))
    room.kernel.opens("w", {"value": 1})
    room.kernel.updates("w", {"value": "x" * 100})
    assert (room.mirrored("w"), room.broker._parts.comms.mirror.budget.bytes) == (None, 0)


def test_references_follow_the_state() -> None:
    room = opened(children=["IPY_MODEL_1"])
    room.kernel.updates("w", {"children": ["IPY_MODEL_2", "IPY_MODEL_1"]})
    assert room.record("w").references == ("2", "1")
    assert room.broker._parts.comms.registry.parents() == {"1": ["w"], "2": ["w"]}
    room.kernel.updates("w", {"children": []})
    assert room.record("w").references == ()


def test_a_kernel_that_never_gets_to_pages_updates_does_not_fill_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    room = opened(value="")
    monkeypatch.setattr(type(room.broker._parts.comms.mirror.pending), "MOST_BYTES", 2_000)
    page = room.page("a")
    room.kernel.busy(page.executes())
    for _ in range(3):
        page.updates("w", {"value": "x" * 600})
    pending = room.broker._parts.comms.mirror.pending
    assert (len(pending), room.record("w").knowledge) == (2, Knowledge.DIRTY)
    assert room.record("w").suspects == {"value"}
