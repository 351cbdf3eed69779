"""JSON is read as Python's own module reads it, fast where it is strict."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.json_text import dumps, dumps_strictly, lenient, loads

from .jupyter import values

any_text = st.text(max_size=6)
any_values = st.recursive(
    st.none() | st.integers() | st.floats() | any_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(any_text, inner, max_size=3),
    max_leaves=6,
)
LONE_SURROGATE = '{"a": "\\ud83d", "\\udc00": [NaN, -Infinity]}'


class Shape(msgspec.Struct):
    name: str
    data: msgspec.Raw = msgspec.Raw(b"{}")


read_shape = lenient(msgspec.json.Decoder(Shape).decode)


@given(values)
def test_what_was_written_is_read_again(value: Any) -> None:
    # repr: NaN is not equal to itself.
    assert repr(loads(dumps(value))) == repr(value)


@given(any_values)
def test_pythons_json_is_read_as_python_reads_it(value: Any) -> None:
    text = json.dumps(value)
    assert repr(loads(text.encode())) == repr(json.loads(text))


@given(any_values)
def test_what_was_written_is_read_by_python_as_the_value_it_was(value: Any) -> None:
    assert repr(json.loads(dumps(value))) == repr(json.loads(json.dumps(value)))


def test_lone_surrogates_survive() -> None:
    assert repr(loads(LONE_SURROGATE.encode())) == repr(json.loads(LONE_SURROGATE))
    assert dumps("\ud83d") == b'"\\ud83d"'


def test_huge_integers_keep_every_digit() -> None:
    assert loads(dumps({"huge": 10**40})) == {"huge": 10**40}


@pytest.mark.parametrize(
    "nothing", [b"", b"{", b"nope", b'"\xff"', b"[" * 100_000, b"1" + b"0" * 9999]
)
def test_what_is_no_json_is_malformed(nothing: bytes) -> None:
    with pytest.raises(MalformedMessageError):
        loads(nothing)


@pytest.mark.parametrize("depth", [10, 300, 450, 600, 900])
def test_deep_values_are_written_again(depth: int) -> None:
    text = b"[" * depth + b"null" + b"]" * depth
    assert dumps(loads(text)) == text


@pytest.mark.parametrize("depth", [5_000, 100_000])
def test_a_value_that_is_too_deep_to_write_is_malformed(depth: int) -> None:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    with pytest.raises(MalformedMessageError):
        dumps(value)


def test_a_shape_is_read_from_strict_json() -> None:
    shape = read_shape(b'{"name":"n","data":{"a":1}}')
    assert (shape.name, bytes(shape.data)) == ("n", b'{"a":1}')


def test_a_shape_is_read_from_what_only_python_reads_with_nan_as_null() -> None:
    shape = read_shape(b'{"name":NaN,"name":"n","data":{"a":NaN,"b":-Infinity}}')
    assert (shape.name, loads(shape.data)) == ("n", {"a": None, "b": None})


def test_a_shape_is_read_with_lone_surrogates_as_replacement_characters() -> None:
    shape = read_shape(b'{"name":"n","data":{"half":"\\ud83d","nan":NaN,"whole":"\\ud83d\\ude00"}}')
    assert loads(shape.data) == {"half": "\ufffd", "nan": None, "whole": "\U0001f600"}


@pytest.mark.parametrize(
    "other", [b"[]", b"null", b'{"data":{}}', b'{"name":1}', b"{", b'{"name":"n","data":[NaN}']
)
def test_another_shape_is_malformed(other: bytes) -> None:
    with pytest.raises(MalformedMessageError):
        read_shape(other)


@given(any_values)
def test_what_is_written_strictly_is_read_by_every_reader(value: Any) -> None:
    def refuse(word: str) -> None:
        raise AssertionError(word)

    json.loads(dumps_strictly(value).decode("utf-8"), parse_constant=refuse)


@pytest.mark.parametrize("value", [{"a": ["\ud800", float("nan")]}, {"\udc00": float("-inf")}])
def test_what_json_has_no_word_for_is_replaced(value: Any) -> None:
    expected = {"a": ["\ufffd", None]} if "a" in value else {"\ufffd": None}
    assert json.loads(dumps_strictly(value)) == expected
