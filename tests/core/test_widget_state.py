"""A widget's last state, whole until it changes, sized to the byte."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.core.widget_state import WidgetState
from jupyter_comm_broker.errors import MalformedMessageError


def test_a_state_that_never_changed_is_written_as_it_came() -> None:
    text = b'{ "b" : 1.0, "a":"IPY_MODEL_x" }'
    state = WidgetState(text)
    assert (state.written(), state.size) == ((text, [], []), len(text))
    assert state.attributes() == {"b": b"1.0", "a": b'"IPY_MODEL_x"'}


def test_a_change_replaces_and_adds_attributes_in_their_order() -> None:
    state = WidgetState(b'{"a":1,"b":2}')
    state.apply({"a": b"10", "c": b"3"})
    assert state.written() == (b'{"a":10,"b":2,"c":3}', [], [])
    assert state.size == 4


def test_restoring_puts_back_what_was_and_takes_out_what_was_not() -> None:
    state = WidgetState(b'{"a":1}')
    state.apply({"a": b"100", "new": b"5"})
    state.restore({"a": b"1", "new": None, "never": None})
    assert (state.written(), state.size) == ((b'{"a":1}', [], []), 1)


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
