"""Widget states are taken apart and put together as ipywidgets does it."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ipywidgets.widgets.widget import _put_buffers, _remove_buffers

from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol import widget
from jupyter_comm_broker.protocol.json_text import loads
from jupyter_comm_broker.protocol.message import Part
from jupyter_comm_broker.protocol.widget import (
    BufferedAttribute,
    read_attributes,
    read_model_name,
    read_payload,
    references,
    same,
    size_of,
    update_data,
    write_attributes,
)

from .jupyter import text

leaves = st.none() | st.integers() | text | st.binary(max_size=6)
states = st.dictionaries(
    text,
    st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
        max_leaves=6,
    ),
    max_size=4,
)


def on_the_wire(state: Any) -> tuple[bytes, list[Any], list[bytes]]:
    """Take the buffers out of a state as the kernel does before it sends it."""
    rest, paths, buffers = _remove_buffers(copy.deepcopy(state))
    return json.dumps(rest).encode(), paths, buffers


def off_the_wire(state: bytes, paths: Any, buffers: list[Part]) -> Any:
    """Put the buffers back as the other side does when it got it."""
    whole = json.loads(state)
    _put_buffers(whole, paths, buffers)
    return whole


@given(states)
def test_a_state_taken_apart_and_put_together_is_the_same_state(state: Any) -> None:
    taken_apart = read_attributes(*on_the_wire(state))
    assert list(taken_apart) == [*loads(on_the_wire(state)[0]), *buffered_whole(state)]
    assert off_the_wire(*write_attributes(taken_apart.items())) == state


def buffered_whole(state: Any) -> list[str]:
    return [key for key, value in state.items() if isinstance(value, bytes)]


@given(states)
def test_paths_in_a_snapshot_begin_with_the_comm_and_its_state(state: Any) -> None:
    attributes = read_attributes(*on_the_wire(state))
    rest, paths, buffers = write_attributes(attributes.items(), ("w", "state"))
    models = {"w": {"state": json.loads(rest)}}
    _put_buffers(models, paths, buffers)
    assert models == {"w": {"state": state}}


@given(states, states)
def test_an_update_replaces_each_attribute_whole_with_its_buffers(before: Any, change: Any) -> None:
    merged = {**read_attributes(*on_the_wire(before)), **read_attributes(*on_the_wire(change))}
    assert off_the_wire(*write_attributes(merged.items())) == {**before, **change}


@given(states)
def test_an_update_is_written_as_ipywidgets_reads_it(state: Any) -> None:
    data, buffers = update_data(read_attributes(*on_the_wire(state)))
    payload = read_payload(data)
    assert payload.method == "update"
    assert off_the_wire(bytes(payload.state), payload.buffer_paths, buffers) == state


@given(states)
def test_the_size_of_attributes_is_what_they_hold(state: Any) -> None:
    attributes = read_attributes(*on_the_wire(state))
    _, _, buffers = write_attributes(attributes.items())
    texts = [a if isinstance(a, bytes) else a.text or b"" for a in attributes.values()]
    assert sum(map(size_of, attributes.values())) == sum(map(len, [*texts, *buffers]))


@given(states)
def test_attributes_are_the_same_as_themselves_written_otherwise(state: Any) -> None:
    plain, paths, buffers = on_the_wire(state)
    spaced = json.dumps(json.loads(plain), indent=2).encode()
    one, other = read_attributes(plain, paths, buffers), read_attributes(spaced, paths, buffers)
    assert [same(one[key], other[key]) for key in one] == [True] * len(one)


def test_attributes_with_other_buffers_are_not_the_same() -> None:
    one = BufferedAttribute(b"[null]", (((0,), b"x"),))
    other = BufferedAttribute(b"[null]", (((0,), b"y"),))
    assert (same(one, other), same(one, b"[null]"), same(None, one)) == (False, False, False)


@pytest.mark.parametrize(
    ("state", "paths", "buffers"),
    [
        (b"[]", [], []),
        (b"null", [], []),
        (b"{", [], []),
        (b"{}", [["a"]], []),
        (b"{}", [], [b"x"]),
        (b"{}", [[]], [b"x"]),
        (b"{}", [[0]], [b"x"]),
        (b"{}", [["a", 0]], [b"x"]),
    ],
)
def test_a_state_whose_buffers_do_not_fit_is_malformed(
    state: bytes, paths: list[Any], buffers: list[bytes]
) -> None:
    with pytest.raises(MalformedMessageError):
        read_attributes(state, paths, buffers)


@pytest.mark.parametrize(
    "data", [b"[]", b'"text"', b'{"method":3}', b'{"buffer_paths":3}', b'{"buffer_paths":[[{}]]}']
)
def test_a_payload_of_another_shape_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedMessageError):
        read_payload(data)


def test_references_are_found_once_each_wherever_they_are() -> None:
    text = b'{"a":"IPY_MODEL_1","b":["IPY_MODEL_2",{"c":"IPY_MODEL_1"}],"d":"x IPY_MODEL_3"}'
    assert references(text) == ("1", "2")
    assert references(b"{}") == ()


def test_a_model_is_named_by_its_state() -> None:
    name = read_model_name(
        b'{"_model_name":"N","_model_module":"M","_model_module_version":"V","value":1}'
    )
    assert (name.name, name.module, name.version) == ("N", "M", "V")


def test_models_of_one_name_share_it_and_those_of_others_do_not_pile_up() -> None:
    text = b'{"_model_name":"Shared","_model_module":"M","value":%d}'
    assert read_model_name(text % 1) is read_model_name(text % 2)
    for number in range(10_000):
        assert read_model_name(b'{"_model_name":"N%d"}' % number).name == f"N{number}"
    assert len(widget._MODEL_NAMES) <= widget._MODEL_NAMES.MOST


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (b"[1, 0]", b"[true, false]", False),
        (b'{"a": {"b": [0]}}', b'{"a": {"b": [false]}}', False),
        (b'{"a": 1, "b": 2.0}', b'{"b": 2, "a": 1.0}', True),
        (b"[1]", b"[1, 2]", False),
        (b'{"a": null}', b"{}", False),
        (b"[" * 900 + b"1" + b"]" * 900, b"[" * 900 + b" 1" + b"]" * 900, True),
    ],
)
def test_values_are_compared_as_json_has_them(one: bytes, other: bytes, equal: bool) -> None:
    """To Python alone True is equal to 1."""
    assert same(one, other) is equal
