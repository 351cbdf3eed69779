"""Two changes of state become one that says what both said."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_comm_broker.events.event import Event, EventFilter, Wanted, merged
from jupyter_comm_broker.protocol.json_text import dumps_strictly, loads


def changed(number: int, **facts: Any) -> Event:
    change = {
        "whole": False,
        "attributes": {},
        "buffers": [],
        "omitted": [],
        "redacted": [],
        "merged": 0,
        "sequence": number,
        **facts,
    }
    return Event(number, "state", "k", "c", "t", dumps_strictly(change), change)


def buffer(*path: str | int, length: int = 1) -> dict[str, Any]:
    return {"path": list(path), "length": length}


def test_the_later_value_of_each_attribute_stands() -> None:
    event = merged(changed(1, attributes={"a": 1, "b": 1}), changed(2, attributes={"b": 2}))
    assert event.number == 2
    assert loads(event.text) == event.change
    assert loads(event.text)["attributes"] == {"a": 1, "b": 2}
    assert (loads(event.text)["sequence"], loads(event.text)["merged"]) == (2, 1)


def test_merging_again_counts_all() -> None:
    one = merged(changed(1), changed(2))
    other = merged(changed(3), changed(4))
    assert loads(merged(one, other).text)["merged"] == 3


def test_what_is_replaced_leaves_with_its_buffers_and_secrets() -> None:
    older = changed(
        1,
        attributes={"a": 1},
        buffers=[buffer("a", 0), buffer("b")],
        omitted=["c", "d"],
        redacted=[["a"], ["b"]],
    )
    newer = changed(
        2,
        attributes={"a": 2, "c": 3},
        buffers=[buffer("b", length=9)],
        omitted=["e"],
        redacted=[["c"]],
    )
    facts = loads(merged(older, newer).text)
    assert facts["buffers"] == [buffer("b", length=9)]
    assert facts["omitted"] == ["d", "e"]
    assert facts["redacted"] == [["c"]]


def test_a_whole_state_leaves_nothing_of_what_was_before_and_stays_whole() -> None:
    whole = changed(2, whole=True, attributes={"a": 1})
    after = merged(changed(1, attributes={"old": 1}, omitted=["older"]), whole)
    assert loads(after.text)["attributes"] == {"a": 1}
    assert loads(after.text)["omitted"] == []
    assert loads(merged(after, changed(3, attributes={"b": 1})).text)["whole"] is True


def test_nothing_else_can_be_merged() -> None:
    with pytest.raises(ValueError, match="changes of state"):
        merged(Event(1, "opened", "k", "c", "t", b"{}"), changed(2))


def test_a_filter_without_conditions_wants_everything() -> None:
    assert Wanted(EventFilter()).matches(Event(1, "kernel", "k", "", "", b"{}"))
