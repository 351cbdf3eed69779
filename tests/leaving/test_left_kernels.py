"""What a server leaves is read as it was written. Anything else is refused with the reason."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_comm_broker.leaving.left_kernels import (
    VERSION,
    LeftFileError,
    LeftKernels,
    LeftSession,
    read,
)

IDS = st.uuids().map(str)
MAYBE = st.none() | st.text() | st.integers()
"""What jupyter_server lets clients put into a session."""
SESSIONS = st.builds(LeftSession, st.text(), MAYBE, MAYBE, MAYBE, IDS)
LEFT = st.builds(
    LeftKernels,
    st.uuids().map(lambda each: each.hex),
    st.text(),
    st.lists(IDS, unique=True).map(tuple),
    st.lists(SESSIONS).map(tuple),
)


@given(LEFT)
def test_what_was_written_is_read(left: LeftKernels) -> None:
    assert read(left.text()) == left


@given(LEFT, st.data())
def test_a_torn_text_is_refused(left: LeftKernels, data: st.DataObject) -> None:
    text = left.text()
    with pytest.raises(LeftFileError):
        read(text[: data.draw(st.integers(0, len(text) - 1))])


@given(
    st.binary()
    | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(
        lambda value: json.dumps(value).encode()
    )
)
def test_a_foreign_text_is_refused(text: bytes) -> None:
    with pytest.raises(LeftFileError):
        read(text)


GOOD = json.loads(
    LeftKernels(
        uuid.UUID(int=1).hex,
        "http://gateway",
        (str(uuid.UUID(int=2)),),
        (LeftSession("s", "a.ipynb", None, "notebook", str(uuid.UUID(int=2))),),
    ).text()
)


@pytest.mark.parametrize(
    "change",
    [
        {"front_id": "no id"},
        {"front_id": None},
        {"gateway": 3},
        {"kernel_ids": [3]},
        {"kernel_ids": None},
        {"sessions": [{}]},
        {"version": "1"},
    ],
    ids=str,
)
def test_a_field_of_the_wrong_kind_is_refused(change: dict[str, Any]) -> None:
    assert read(json.dumps(GOOD).encode()).gateway == "http://gateway"
    with pytest.raises(LeftFileError):
        read(json.dumps({**GOOD, **change}).encode())


def test_a_newer_text_is_refused_with_both_versions() -> None:
    newer = json.dumps({**GOOD, "version": VERSION + 1}).encode()
    with pytest.raises(LeftFileError, match=f"version is {VERSION + 1}.*reads {VERSION}"):
        read(newer)


def test_a_kernel_that_is_named_twice_is_one() -> None:
    twice = {**GOOD, "kernel_ids": GOOD["kernel_ids"] * 2}
    assert len(read(json.dumps(twice).encode()).kernel_ids) == 1


def test_sessions_are_found_by_their_kernel() -> None:
    left = read(json.dumps(GOOD).encode())
    assert left.sessions_of(str(uuid.UUID(int=2))) == list(left.sessions)
    assert left.sessions_of("other") == []
