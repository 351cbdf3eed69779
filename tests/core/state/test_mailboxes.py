"""An attribute that is emptied at once is a mailbox: pages see each value of it, in order."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.state.mailboxes import AT_ONCE, Mailboxes, followed

from ..page import Page
from ..room import Room

STATE = {"_model_name": "FigureModel", "box": None, "value": 0}


def values(page: Page, key: str = "box") -> list[Any]:
    """Return what a page is told of an attribute, in order."""
    return [
        content["data"]["state"][key]
        for msg_type, content in page.hears()
        if msg_type == "comm_msg" and key in content["data"].get("state", {})
    ]


def posts(room: Room, *letters: Any, comm_id: str = "w", empty: Any = None) -> None:
    """Put each letter in and take it out again, as plotly does."""
    for letter in letters:
        room.kernel.updates(comm_id, {"box": letter})
        room.kernel.updates(comm_id, {"box": empty})


def sought(letters: list[Any], empty: Any = None) -> list[Any]:
    return [each for letter in letters for each in (letter, empty)]


@pytest.mark.parametrize("empty", [None, "", {}, [], False, 0])
def test_a_page_that_was_away_sees_every_letter_also_the_first(empty: Any) -> None:
    room = Room(limits=Limits(outbox_high_bytes=0))
    room.kernel.opens("w", {**STATE, "box": empty})
    page = room.page("a")
    page.gets()
    page.detach()
    room.kernel.updates("w", {"value": 1, "other": 2})
    posts(room, *range(1, 21), empty=empty)
    page.attach()
    assert values(page) == sought(list(range(1, 21)), empty)


def test_a_slow_page_sees_every_letter_and_merged_values_between_them() -> None:
    room = Room(limits=Limits(outbox_high_bytes=1))
    room.kernel.opens("w", STATE)
    page = room.page("a")
    page.gets()
    for letter in range(1, 4):
        for value in range(3):
            room.kernel.updates("w", {"value": (letter, value)})
        posts(room, letter)
    seen = [
        content["data"]["state"] for msg_type, content in page.hears() if msg_type == "comm_msg"
    ]
    assert seen[-3:] == [{"value": [3, 2]}, {"box": 3}, {"box": None}]
    assert [state["box"] for state in seen if "box" in state] == sought([1, 2, 3])
    assert len(seen) < 15


def test_what_is_no_mailbox_is_merged_as_before() -> None:
    room = Room(limits=Limits(outbox_high_bytes=0))
    room.kernel.opens("w", STATE)
    page = room.page("a")
    page.gets()
    for value in (1, 2, 3, 0, 4):
        room.kernel.updates("w", {"value": value})
    assert values(page, "value") == [4]


def test_a_label_that_was_there_for_a_while_is_no_mailbox() -> None:
    room = Room(limits=Limits(outbox_high_bytes=0))
    room.kernel.opens("w", STATE)
    page = room.page("a")
    page.gets()
    for text in ("working", "still", None):
        room.kernel.updates("w", {"box": text})
        room.wait(AT_ONCE + 0.1)
    assert values(page) == [None]


def test_two_requests_of_which_one_sets_and_one_empties_make_no_mailbox() -> None:
    room = Room(limits=Limits(outbox_high_bytes=0))
    room.kernel.opens("w", STATE)
    page = room.page("a")
    page.gets()
    first, second = page.executes(), page.executes()
    room.kernel.updates("w", {"box": "x"}, first)
    room.kernel.updates("w", {"box": None}, second)
    assert values(page) == [None]


def test_another_empty_value_than_before_makes_no_mailbox() -> None:
    assert learnt([("box", b'"x"', b"null"), ("box", b'""', b'"x"')]) == set()
    assert learnt([("box", b'"x"', b"null"), ("box", b"null", b'"x"')]) == {"box"}


def test_where_the_state_is_not_known_the_traffic_alone_decides() -> None:
    assert learnt([("box", b'"x"', None), ("box", b"null", None)]) == {"box"}
    assert learnt([("box", b'"x"', None), ("box", b'"y"', None)]) == set()


def learnt(story: list[tuple[str, bytes, bytes | None]]) -> set[str]:
    known: Mailboxes | None = None
    for key, value, before in story:
        known = followed(known, {key: value}, {} if before is None else {key: before}, "p", 0.0)
    return known.names if known is not None else set()


def test_a_restored_page_is_not_told_again_what_just_passed_through_a_mailbox() -> None:
    room = Room()
    room.kernel.opens("w", STATE)
    posts(room, "known")
    page = room.page("a")
    page.restores()
    page.gets()
    # The page uses the widget, so nothing is held back for it.
    page.updates("w", {"value": 1})
    room.wait(0.2)
    room.kernel.updates("w", {"box": "letter"})
    room.wait(0.15)  # the first catch-up
    room.kernel.updates("w", {"box": None})
    room.wait(10.0)
    assert values(page).count("letter") == 1


def test_a_value_that_stays_in_a_mailbox_is_state_again_for_a_page_that_builds_its_models() -> None:
    room = Room()
    room.kernel.opens("w", STATE)
    posts(room, "known")
    page = room.page("a")
    page.restores()
    page.gets()
    room.wait(1.5)
    room.kernel.updates("w", {"box": "stays"})
    room.wait(10.0)
    assert values(page).count("stays") > 1


def test_a_restored_page_sees_letters_when_its_models_exist() -> None:
    room = Room()
    room.kernel.opens("w", STATE)
    posts(room, "known")
    page = room.page("a")
    page.restores()
    page.gets()
    posts(room, "held")
    assert values(page) == []
    room.wait(1.0)
    assert values(page)[:2] == ["held", None]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("post"), st.sampled_from("wv"), st.integers(1, 99)),
        st.tuples(st.just("update"), st.sampled_from("wv"), st.sampled_from(["value", "other"])),
        st.tuples(st.just("custom"), st.sampled_from("wv"), st.just(0)),
        st.tuples(st.just("open"), st.just(""), st.just(0)),
        st.tuples(st.just("close"), st.just(""), st.just(0)),
        st.tuples(st.just("away"), st.just(""), st.just(0)),
        st.tuples(st.just("back"), st.just(""), st.just(0)),
        st.tuples(st.just("reads"), st.just(""), st.integers(0, 3_000)),
    ),
    max_size=40,
)


@given(STEPS, st.sampled_from([0, 800, 1 << 40]))
def test_whatever_happens_letters_come_in_order_and_other_values_end_up_the_same(
    steps: list[Any], high: int
) -> None:
    """At each letter, custom, opening and closing a page has what it would have unmerged."""
    room = Room(limits=Limits(outbox_high_bytes=high))
    reference, page = room.page("reference"), room.page("a")
    for comm_id in "wv":
        room.kernel.opens(comm_id, STATE)
    opened: list[str] = []
    got: list[tuple[str, Any]] = []
    sent = reference.hears()
    for number, (step, about, much) in enumerate(steps):
        if step == "post":
            posts(room, much, comm_id=about)
        elif step == "update":
            room.kernel.updates(about, {much: number + 1})
        elif step == "custom":
            room.kernel.customs(about, number)
        elif step == "open":
            opened.append(f"c{number}")
            room.kernel.opens(opened[-1], STATE)
        elif step == "close" and opened:
            room.kernel.closes(opened.pop())
        elif step == "away" and page.frontend.attached:
            page.detach()
        elif step == "back" and not page.frontend.attached:
            page.attach()
        elif step == "reads" and page.frontend.attached:
            got += [(m.header.msg_type, m.content) for m in page.gets(much)]
        sent += reference.hears()
    if not page.frontend.attached:
        page.attach()
    got += page.hears()
    assert fixed_points(got) == fixed_points(sent)


def fixed_points(heard: list[tuple[str, Any]]) -> list[Any]:
    """Return each letter, custom, opening and closing with what its comm holds at that point."""
    states: dict[str, dict[str, Any]] = {}
    points: list[Any] = []
    for msg_type, content in heard:
        comm_id, data = content.get("comm_id"), content.get("data", {})
        if msg_type == "comm_open":
            states[comm_id] = dict(data["state"])
            points.append((comm_id, "open", {each: dict(of) for each, of in states.items()}))
        elif msg_type == "comm_close":
            del states[comm_id]
            points.append((comm_id, "close", {each: dict(of) for each, of in states.items()}))
        elif msg_type == "comm_msg" and data["method"] == "update":
            states[comm_id].update(data["state"])
            if "box" in data["state"]:
                points.append((comm_id, data["state"]["box"], dict(states[comm_id])))
        elif msg_type == "comm_msg":
            points.append((comm_id, data["content"], dict(states[comm_id])))
    # The first letter of a comm may be a part of an update of it that waits already, and so pass
    # by what other comms say: their order among each other is that of their opens and closes.
    return [[p for p in points if p[0] == comm_id] for comm_id in {p[0]: 0 for p in points}] + [
        [p for p in points if p[1] in ("open", "close")],
        states,
    ]
