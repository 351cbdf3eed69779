"""A state is shown whole, alone, by buffers or in a document. Its tag changes with it."""

from __future__ import annotations

from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_comm_broker.errors import BufferNotFoundError, HiddenContentError
from jupyter_comm_broker.inspection import state_views
from jupyter_comm_broker.inspection.views import OneCommView, WholeCommView
from jupyter_comm_broker.protocol.json_text import loads
from tests.core.page import Page
from tests.core.room import Room

STATE = {"_model_name": "N", "_model_module": "M", "_model_module_version": "1"}
HOME = {"_model_module": "M"}
UPLOAD = {**HOME, "_model_name": "FileUploadModel", "value": [{"name": "a", "type": "text/csv"}]}
CONTENT = ["value", 0, "content"]


def whole(
    room: Room, comm_id: str, *, reveal: bool = False, with_buffers: bool = True
) -> WholeCommView:
    record = room.record(comm_id)
    view = state_views.one("k", room.broker, record, room.now)
    return state_views.whole(view, record, reveal=reveal, with_buffers=with_buffers)


def test_one_comm_is_shown_with_its_state_and_buffers() -> None:
    room = Room()
    room.kernel.opens("w", STATE, paths=[["raw"]], buffers=[b"xy"])
    shown = whole(room, "w")
    assert (shown["comm_id"], shown["state"], shown["redacted"]) == ("w", STATE, [])
    data = {"path": ["raw"], "length": 2, "encoding": "base64", "data": "eHk="}
    assert shown["buffers"] == [data]
    assert whole(room, "w", with_buffers=False)["buffers"] == [{"path": ["raw"], "length": 2}]


def test_a_comm_whose_state_is_not_known_is_shown_without() -> None:
    room = Room()
    room.kernel.sends("x", {})
    shown = whole(room, "x")
    assert (shown["state"], shown["buffers"], shown["redacted"]) == (None, [], [])


def test_a_state_is_shown_alone() -> None:
    room = Room()
    room.kernel.opens("w", STATE, paths=[["raw"]], buffers=[b"xy"])
    assert state_views.alone(room.broker, room.record("w"), reveal=False) == {
        "state": STATE,
        "buffer_paths": [["raw"]],
        "redacted": [],
        "knowledge": "clean",
        "checked_at": "1970-01-01T00:00:00+00:00",
        "sequence": 1,
    }


def test_a_buffer_is_shown_as_what_it_is() -> None:
    room = Room()
    image = {"_model_name": "ImageModel", "format": "png"}
    room.kernel.opens("w", image, paths=[["value"]], buffers=[b"xy"])
    found = state_views.buffer(room.record("w"), 0, reveal=False)
    assert (found.data, found.media_type) == (b"xy", "image/png")
    with pytest.raises(BufferNotFoundError):
        state_views.buffer(room.record("w"), 1, reveal=False)


def test_secrets_are_shown_only_to_who_may_see_them() -> None:
    room = Room()
    room.kernel.opens("p", {**HOME, "_model_name": "PasswordModel", "value": "hunter2"})
    room.kernel.opens("f", UPLOAD, paths=[CONTENT], buffers=[b"hunter3"])
    assert "hunter2" not in str(whole(room, "p"))
    assert whole(room, "p")["redacted"] == [["value"]]
    assert whole(room, "f")["buffers"] == [{"path": CONTENT, "length": None}]
    assert "hunter2" in str(whole(room, "p", reveal=True))
    assert "data" in whole(room, "f", reveal=True)["buffers"][0]
    with pytest.raises(HiddenContentError):
        state_views.buffer(room.record("f"), 0, reveal=False)
    found = state_views.buffer(room.record("f"), 0, reveal=True)
    assert (found.data, found.media_type) == (b"hunter3", "text/csv")
    records = list(room.broker._parts.comms.registry)
    hidden = state_views.document(records, reveal=False)
    assert ("hunter" in str(hidden), "buffers" in hidden["state"]["f"]) == (False, False)
    assert "hunter2" in str(state_views.document(records, reveal=True))


def test_a_password_is_known_by_its_state_where_nothing_else_names_it() -> None:
    room = Room()
    room.page("a").opens("p", "jupyter.widget", {"state": {}, "buffer_paths": []})
    room.kernel.updates("p", {"_model_name": "PasswordModel", "value": "hunter2"})
    assert "hunter2" not in str(whole(room, "p"))


def test_a_document_has_every_widget_whose_state_is_known() -> None:
    room = Room()
    room.kernel.opens("w", STATE)
    room.kernel.opens("i", STATE, paths=[["raw"]], buffers=[b"xy"])
    room.kernel.opens("plot", target="matplotlib")
    room.kernel.sends("unknown", {})
    shown = state_views.document(room.broker._parts.comms.registry, reveal=False)
    named = {"model_name": "N", "model_module": "M", "model_module_version": "1", "state": STATE}
    buffer = {"encoding": "base64", "path": ["raw"], "data": "eHk="}
    assert shown["state"] == {"w": named, "i": {**named, "buffers": [buffer]}}


def test_a_document_has_nothing_that_cannot_be_loaded() -> None:
    room, deep = Room(), "[" * 600 + "]" * 600
    room.kernel.opens("box", {**STATE, "children": ["IPY_MODEL_bare"]})
    room.kernel.sends("unknown", {"method": "update", "state": {}})
    room.kernel.opens("bare", target="jupyter.widget")
    room.kernel.opens("nameless", {"value": 1})
    room.kernel.opens("homeless", {"_model_name": "N"})
    room.kernel.opens("deep", {**STATE, "value": loads(deep.encode())})
    nothing = {"comm_id": "null", "target_name": "jupyter.widget", "data": {"state": None}}
    room.kernel.publishes("comm_open", nothing)
    shown = state_views.document(room.broker._parts.comms.registry, reveal=False)["state"]
    assert list(shown) == ["box"]
    # A reference to what is not there stays: that it is there is the kernel's word.
    assert shown["box"]["state"]["children"] == ["IPY_MODEL_bare"]


def test_a_document_has_a_widget_whose_model_was_named_after_its_opening() -> None:
    room = Room()
    room.kernel.opens("late", {"value": 1})
    room.kernel.updates("late", STATE)
    shown = state_views.document(room.broker._parts.comms.registry, reveal=False)["state"]
    assert shown["late"]["model_name"] == "N"


# -- tags ------------------------------------------------------------------------------------------


def tags(room: Room, comm_id: str, variant: str = "v") -> tuple[str, str]:
    broker, record = room.broker, room.record(comm_id)
    view = state_views.one("k", broker, record, room.now)
    return (
        state_views.state_tag(broker, record, variant),
        state_views.whole_tag(broker, record, view, variant),
    )


def test_a_comm_keeps_its_tags_while_only_time_passes() -> None:
    room = Room()
    room.kernel.opens("w", STATE)
    before = tags(room, "w")
    room.wait(5.0)
    assert tags(room, "w") == before
    assert tags(room, "w", "other") != before


def test_all_that_is_shown_of_a_comm_is_in_its_tag_or_is_an_age() -> None:
    room = Room()
    room.kernel.opens("w", STATE, paths=[["raw"]], buffers=[b"xy"])
    broker, record = room.broker, room.record("w")
    one = state_views.one("k", broker, record, room.now)
    before = state_views.whole_tag(broker, record, one, "v")
    # A field elsewhere could change, and its readers would be told that nothing did.
    of_state = {"state", "buffers", "redacted"}
    assert set(whole(room, "w")) == set(WholeCommView.__annotations__) == {*one, *of_state}
    for field in one:
        changed = cast("OneCommView", {**one, field: "another"})
        is_same = state_views.whole_tag(broker, record, changed, "v") == before
        assert is_same == (field in state_views.AGES), field


def test_a_state_that_is_no_longer_trusted_has_another_tag() -> None:
    room = Room()
    room.kernel.opens("w", STATE)
    before = tags(room, "w")
    room.broker._parts.comms.registry.doubt_all("a message was lost")
    assert not set(before) & set(tags(room, "w"))


def test_a_comm_opened_anew_has_other_tags_also_in_another_life_of_the_server() -> None:
    room, other = Room(), Room()
    other.broker._parts.author.session = "another"
    for each in (room, other):
        each.kernel.opens("w", STATE)
    seen = {*tags(room, "w"), *tags(other, "w")}
    room.kernel.closes("w")
    room.kernel.opens("w", STATE)
    seen |= set(tags(room, "w"))
    assert len(seen) == 6


ACTS = [
    *("update", "same update", "page", "page updates", "processed", "raised"),
    *("box", "wait", "detach", "custom", "too much"),
]


@given(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 3)), max_size=12))
def test_the_same_tag_never_stands_for_two_pictures(acts: list[tuple[str, int]]) -> None:
    room = Room()
    room.kernel.opens("w", {**STATE, "value": 0})
    pages: list[Page] = []
    sent: list[Any] = []
    pictures: dict[str, Any] = {}
    for act, number in acts:
        if act == "update":
            room.kernel.updates("w", {"value": number})
        elif act == "same update":
            room.kernel.updates("w", {"value": 0})
        elif act == "page":
            pages.append(room.page(f"page{len(pages)}"))
        elif act == "page updates" and pages:
            sent.append(pages[-1].updates("w", {"value": number}))
        elif act == "processed" and sent:
            room.kernel.busy(sent[-1])
            room.kernel.idle(sent.pop())
        elif act == "raised" and sent:
            room.kernel.busy(sent[-1])
            room.kernel.raises("TraitError", sent[-1])
            room.kernel.idle(sent.pop())
        elif act == "box":
            room.kernel.opens(f"box{number}", {"children": ["IPY_MODEL_w"]})
        elif act == "wait":
            room.wait(1.0)
        elif act == "detach" and pages:
            pages.pop().detach()
        elif act == "custom":
            room.kernel.customs("w", {})
        elif act == "too much":
            room.broker._parts.comms.mirror.budget._limits = type(room.broker._parts.limits)(
                comm_state_bytes=number * 60
            )
        shown = dict(whole(room, "w"))
        for age in state_views.AGES:
            shown.pop(age)
        state_tag, whole_tag = tags(room, "w")
        state = state_views.alone(room.broker, room.record("w"), reveal=False)
        assert pictures.setdefault(whole_tag, shown) == shown
        assert pictures.setdefault(state_tag, state) == state
