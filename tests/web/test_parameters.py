"""What stands in a URL is read as the document has it, or refused by name."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from msgspec import UNSET, Meta, Struct, UnsetType

from jupyter_comm_broker.errors import InvalidFieldError
from jupyter_comm_broker.web.parameters import (
    converted,
    properties,
    read_path,
    read_query,
    schemas,
)


class Query(Struct, kw_only=True, forbid_unknown_fields=True):
    text: str | UnsetType = UNSET
    count: Annotated[int, Meta(ge=1, le=10)] = 5
    share: Annotated[float, Meta(ge=0)] | UnsetType = UNSET
    flag: bool = False
    names: Annotated[list[Literal["a", "b"]], Meta(min_length=1)] | UnsetType = UNSET


def read(**arguments: str) -> Query:
    return read_query({name: [text.encode()] for name, text in arguments.items()}, Query)


def test_each_parameter_is_read_as_what_it_is() -> None:
    assert read() == Query()
    assert read(text="3", count="3", share="0.5", flag="true", names="a,b") == Query(
        text="3", count=3, share=0.5, flag=True, names=["a", "b"]
    )
    assert read(text="").text == ""
    assert read(count="7.0").count == 7


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("count", "0"),
        ("count", "11"),
        ("count", "1.5"),
        ("count", " 1"),
        ("count", "1_0"),
        ("count", "\u0661"),
        ("count", "9" * 5000),
        ("share", "-0.1"),
        ("share", "NaN"),
        ("share", "Infinity"),
        ("share", "1e999"),
        ("flag", "1"),
        ("flag", "True"),
        ("flag", ""),
        ("names", "c"),
        ("names", "a,"),
        ("names", ""),
        ("other", "1"),
        ("count[]", "1"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(name: str, text: str) -> None:
    with pytest.raises(InvalidFieldError) as caught:
        read(**{name: text})
    assert caught.value.field == name
    assert name in str(caught.value)


def test_a_parameter_is_given_once_and_in_utf8() -> None:
    for values in ([b"1", b"2"], [b"\xff"]):
        with pytest.raises(InvalidFieldError) as caught:
            read_query({"count": values}, Query)
        assert caught.value.field == "count"


def test_what_the_server_and_jupyterlab_add_is_let_through() -> None:
    added: dict[str, list[bytes]] = {"token": [b"x"], "_xsrf": [b"y"], "1700000000000": [b""]}
    assert read_query(added, Query) == Query()
    with pytest.raises(InvalidFieldError):
        read_query({"1700000000000": [b"x"]}, Query)


@given(
    st.sampled_from(["text", "count", "share", "flag"]),
    st.text(max_size=5) | st.integers().map(str) | st.floats().map(str),
)
@example("share", "1e5")
@example("count", "007")
def test_what_is_taken_is_what_the_document_allows(name: str, text: str) -> None:
    try:
        value = getattr(read_query({name: [text.encode("utf-8", "replace")]}, Query), name)
    except InvalidFieldError:
        return
    assert Draft202012Validator(properties(Query)[name]).is_valid(value)


@given(st.integers(1, 10), st.floats(0, 1e15), st.booleans())
def test_what_the_document_allows_is_taken(count: int, share: float, flag: bool) -> None:
    found = read(count=str(count), share=json.dumps(share), flag=json.dumps(flag))
    assert (found.count, found.share, found.flag) == (count, share, flag)


def test_the_steps_of_a_path_are_read_too() -> None:
    found = read_path({"kernel_id": "k", "comm_id": "1", "index": "1"})
    assert found == {"kernel_id": "k", "comm_id": "1", "index": 1}


@pytest.mark.parametrize(("name", "text"), [("index", "-1"), ("index", "x"), ("comm_id", "")])
def test_a_step_that_does_not_fit_is_refused_by_name(name: str, text: str) -> None:
    with pytest.raises(InvalidFieldError) as caught:
        read_path({name: text})
    assert caught.value.field == name


def test_a_field_of_a_body_is_refused_by_name() -> None:
    cases: list[tuple[Any, str]] = [({"count": "3"}, "count"), ({"names": ["a", "c"]}, "names")]
    for body, field in cases:
        with pytest.raises(InvalidFieldError) as caught:
            converted(body, Query)
        assert caught.value.field == field
    with pytest.raises(InvalidFieldError) as caught:
        converted({"colour": 1}, Query)
    assert "colour" in str(caught.value)


def test_named_types_are_referred_to() -> None:
    (found,), components = schemas((list[Query],))
    assert found == {"type": "array", "items": {"$ref": "#/components/schemas/Query"}}
    assert components["Query"]["additionalProperties"] is False
