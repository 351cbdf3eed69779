"""A widget's last state, whole until it changes, sized to the byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_comm_broker.core.state.widget_state import WidgetState
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.widget import (
    Attribute,
    BufferedAttribute,
    read_attributes,
    size_of,
)


def test_a_state_that_never_changed_is_written_as_it_came() -> None:
    text = b'{ "b" : 1.0, "a":"IPY_MODEL_x" }'
    state = WidgetState(text)
    assert (state.written(), state.size) == ((text, [], []), len(text))
    assert state.attributes() == {"b": b"1.0", "a": b'"IPY_MODEL_x"'}


def test_a_change_replaces_and_adds_attributes_behind_those_that_never_changed() -> None:
    state = WidgetState(b'{"a":1,"b":2}')
    state.apply({"a": b"10", "c": b"3"})
    assert state.written() == (b'{"b":2,"a":10,"c":3}', [], [])
    assert state.size == len(b'{"b":2}') + len(b"10") + len(b"3")


VALUES = st.sampled_from([b"1", b"22", b'"x"', BufferedAttribute(None, (((), b"buffer"),))])
CHANGES = st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3)


@given(
    whole=st.sampled_from([b"{ }", b'{"a":1}', b' {"a":1, "b" :[2 ]} ']), changes=st.lists(CHANGES)
)
def test_whatever_changes_and_is_taken_back_the_state_is_what_was_last_set(
    whole: bytes, changes: list[dict[str, Attribute]]
) -> None:
    state, before = WidgetState(whole), read_attributes(whole)
    expected = dict(before)
    for change in changes:
        state.apply(change)
        expected.update(change)
        text, paths, buffers = state.written()
        assert read_attributes(text, paths, buffers) == state.attributes() == expected
        assert state.picked("abcd") == expected
        rest, apart = state._rest, state._apart or {}
        assert state.size == len(rest) + sum(map(size_of, apart.values()))
        undo = {key: before.get(key) for key in change}
        state.restore(undo)
        expected = {k: a for k, a in {**expected, **undo}.items() if a is not None}
        assert state.attributes() == expected


def test_restoring_puts_back_what_was_and_takes_out_what_was_not() -> None:
    state = WidgetState(b'{"a":1}')
    state.apply({"a": b"100", "new": b"5"})
    state.restore({"a": b"1", "new": None, "never": None})
    assert (state.written(), state.size) == ((b'{"a":1}', [], []), len("{}") + 1)


def test_restoring_a_state_that_never_changed_takes_nothing_away() -> None:
    state = WidgetState(b'{"a":1}')
    state.restore({"b": None})
    assert state.attributes() == {"a": b"1"}


def test_values_that_wait_for_the_kernel_are_written_over_the_known_ones() -> None:
    state = WidgetState(b'{"a":{}}', [["a", "x"]], [b"buffer"])
    assert state.written({"b": b"2"}, ("w", "state")) == (
        b'{"a":{},"b":2}',
        [["w", "state", "a", "x"]],
        [b"buffer"],
    )
    assert state.written({"a": b"1"}) == (b'{"a":1}', [], [])
    assert "b" not in state


def test_picking_leaves_out_what_the_state_does_not_have() -> None:
    assert WidgetState(b'{"a":1,"b":2}').picked(["b", "c"]) == {"b": b"2"}


def test_what_is_no_state_is_found_out_at_once() -> None:
    with pytest.raises(MalformedMessageError):
        WidgetState(b"[]")
