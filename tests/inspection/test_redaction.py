"""Passwords and the contents of files are taken out, whatever shape they come in."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_comm_broker.inspection.redaction import (
    ANY_MODEL,
    REDACTED,
    SECRETS,
    models_of,
    redacted,
    redacted_data,
)
from tests.core.room import Room

SECRET = "hunter2"
PASSWORD, UPLOAD = frozenset({"PasswordModel"}), frozenset({"FileUploadModel"})
NONE = frozenset[str]()
values = st.recursive(
    st.none() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=5,
)


def test_a_password_is_taken_out_and_nothing_else() -> None:
    state = {"value": SECRET, "placeholder": "here", "rows": 1}
    shown = redacted(PASSWORD, state)
    assert shown.state == {"value": REDACTED, "placeholder": "here", "rows": 1}
    assert (shown.paths, shown.hidden) == ([["value"]], frozenset())
    assert state["value"] == SECRET


def test_a_files_content_is_taken_out_and_its_name_stays() -> None:
    state = {"value": [{"name": "a"}, {"name": "b", "content": SECRET}], "accept": ".txt"}
    shown = redacted(UPLOAD, state, [["value", 0, "content"], ["style"]])
    assert shown.state["value"] == [{"name": "a"}, {"name": "b", "content": REDACTED}]
    assert shown.paths == [["value", 1, "content"], ["value", 0, "content"]]
    assert shown.hidden == {0}


def test_the_files_of_an_older_ipywidgets_are_taken_out_too() -> None:
    shown = redacted(
        UPLOAD,
        {"data": [None, SECRET], "metadata": [{"name": "a"}]},
        [["data", 0], ["metadata"]],
    )
    assert shown.state == {"data": [None, REDACTED], "metadata": [{"name": "a"}]}
    assert shown.paths == [["data", 1], ["data", 0]]
    assert shown.hidden == {0}


@pytest.mark.parametrize("path", [["value"], ["value", 0], ["value", 0, "content", "x"], ["data"]])
def test_a_buffer_that_holds_a_secret_or_part_of_one_is_hidden(path: list[Any]) -> None:
    assert redacted(UPLOAD, {}, [path]).hidden == {0}


def test_what_has_no_secrets_is_shown_as_it_is() -> None:
    state = {"value": SECRET}
    shown = redacted(NONE, state, [["value"]])
    assert (shown.state, shown.paths, shown.hidden) == (state, [], frozenset())


def test_a_message_loses_the_secrets_in_its_state() -> None:
    data = {"method": "update", "state": {"value": SECRET}, "buffer_paths": []}
    shown = redacted_data(PASSWORD, data)
    assert shown.state == {"method": "update", "state": {"value": REDACTED}, "buffer_paths": []}
    assert shown.paths == [["state", "value"]]


def test_a_message_that_names_its_model_is_believed() -> None:
    data = {"state": {"_model_name": "PasswordModel", "value": SECRET}}
    assert SECRET not in str(redacted_data(NONE, data).state)


def test_a_message_cannot_name_its_model_away() -> None:
    data = {"state": {"_model_name": "IntSliderModel", "value": SECRET}}
    assert SECRET not in str(redacted_data(PASSWORD, data).state)
    # Of a comm that nobody knows it is all there is.
    assert redacted_data(ANY_MODEL, data).state == data
    assert SECRET not in str(redacted_data(ANY_MODEL, {"state": {"value": SECRET}}).state)


def test_an_answer_with_the_states_of_all_widgets_loses_their_secrets() -> None:
    states = {
        "a": {"model_name": "PasswordModel", "state": {"value": SECRET}},
        "b": {"model_name": "FileUploadModel", "state": {"value": [{"content": None}]}},
        "c": {"model_name": "TextModel", "state": {"value": "text"}},
        "d": {"state": {"value": SECRET}},
        "e": None,
    }
    content = ["value", 0, "content"]
    paths = [["c", "state", "raw"], ["b", "state", *content], "odd"]
    shown = redacted_data(NONE, {"states": states, "buffer_paths": paths})
    assert SECRET not in str(shown.state)
    assert shown.state["states"]["c"] == states["c"]
    assert shown.hidden == {1}
    assert ["states", "a", "state", "value"] in shown.paths
    assert ["states", "b", "state", *content] in shown.paths


def test_which_models_a_comm_may_have_follows_from_what_is_known_of_it() -> None:
    room = Room()
    room.kernel.opens("unknown", {})
    room.kernel.opens("password", {"_model_name": "PasswordModel"})
    room.kernel.opens("slider", {"_model_name": "IntSliderModel"})
    room.kernel.opens("plot", target="plot")
    found = [models_of(room.record(i)) for i in ("unknown", "password", "slider", "plot")]
    assert found == [ANY_MODEL, PASSWORD, NONE, NONE]
    assert models_of(None) == ANY_MODEL


def test_a_messages_buffers_are_hidden_by_its_own_paths() -> None:
    data = {
        "method": "echo_update",
        "state": {"value": [{"name": "a"}]},
        "buffer_paths": [["other"], ["value", 0, "content"]],
    }
    assert redacted_data(UPLOAD, data).hidden == {1}


@pytest.mark.parametrize("data", [None, 1, "x", [], {}, {"state": 3}, {"state": {}}])
def test_a_message_without_a_state_is_shown_as_it_is(data: Any) -> None:
    assert redacted_data(PASSWORD, data).state == data


@given(st.sampled_from(sorted(SECRETS)), values, st.lists(st.lists(values, max_size=3), max_size=2))
def test_whatever_a_page_sends_is_taken_in(model: str, value: Any, paths: Any) -> None:
    data = {"state": {"value": value, "data": value}, "buffer_paths": paths}
    before = copy.deepcopy(data)
    redacted_data(frozenset({model}), data)
    assert data == before


@given(values)
def test_no_value_of_a_password_is_shown(value: Any) -> None:
    shown = redacted(PASSWORD, {"value": {"deep": [value, SECRET]}})
    assert SECRET not in str(shown.state)
