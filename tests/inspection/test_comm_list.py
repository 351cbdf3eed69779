"""Lists cut into pages: nothing twice, nothing left out, whatever happens between the pages."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_comm_broker.errors import CursorExpiredError, InvalidFieldError
from jupyter_comm_broker.inspection import snapshots
from jupyter_comm_broker.inspection.comm_list import Field, ListQuery, Page, Sort, chosen, page
from jupyter_comm_broker.inspection.list_cursors import ListCursors
from jupyter_comm_broker.inspection.views import CommView
from tests.core.room import Room

SORTS: tuple[Sort, ...] = get_args(Sort)


class Rooms:
    """Two kernels whose comms are listed together."""

    def __init__(self) -> None:
        self.cursors = ListCursors("life")
        self.rooms = {"k1": Room(), "k2": Room()}
        self.now = 0.0

    def opens(self, kernel_id: str, comm_id: str, state: dict[str, Any] | None = None) -> None:
        room = self.rooms[kernel_id]
        room.now = self.now
        room.kernel.opens(comm_id, state or {})

    def page(self, **query: Any) -> Page:
        brokers = [(kernel_id, room.broker) for kernel_id, room in self.rooms.items()]
        return page(brokers, ListQuery(**query), self.cursors, self.now)

    def walk(self, between: Callable[[], None], **query: Any) -> list[str]:
        """Go through all pages; ``between`` is what happens from one to the next."""
        seen: list[str] = []
        while True:
            found = self.page(**query)
            seen += ids(found)
            if found.next is None:
                return seen
            query["cursor"] = found.next
            between()


def ids(found: Page) -> list[str]:
    return [each.record.comm_id for each in found.comms]


def nothing() -> None:
    """Nothing happens from one page to the next."""


def test_the_usual_order_is_that_of_opening_over_all_kernels() -> None:
    rooms = Rooms()
    for number, kernel_id in enumerate(["k2", "k1", "k2", "k1"]):
        rooms.now = float(number)
        rooms.opens(kernel_id, f"c{number}")
    assert ids(rooms.page()) == ["c0", "c1", "c2", "c3"]
    assert ids(rooms.page(sort="-opened_at")) == ["c3", "c2", "c1", "c0"]
    assert [each.kernel_id for each in rooms.page(limit=2).comms] == ["k2", "k1"]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7])
def test_all_pages_together_are_the_list(sort: Sort, limit: int) -> None:
    rooms = Rooms()
    for number in range(6):
        rooms.opens(f"k{number % 2 + 1}", f"c{number}", {"_model_name": f"M{number % 3}"})
    whole = ids(rooms.page(sort=sort, limit=1000))
    assert sorted(whole) == [f"c{number}" for number in range(6)]
    assert rooms.walk(nothing, sort=sort, limit=limit) == whole


def test_comms_are_sorted_by_what_is_asked_for() -> None:
    rooms = Rooms()
    rooms.opens("k1", "b", {"_model_name": "B", "long": "x" * 100})
    rooms.opens("k1", "a", {"_model_name": "A"})
    rooms.rooms["k2"].kernel.opens("t", target="t")
    rooms.now = rooms.rooms["k1"].now = 5.0
    rooms.rooms["k1"].kernel.updates("a", {"x": 1})
    expected = {
        "last_activity": "a",
        "-idle": "b",
        "idle": "a",
        "-state_bytes": "b",
        "-messages": "a",
        "-target": "t",
        "-model": "b",
    }
    last_or_first = {sort: ids(rooms.page(sort=sort)) for sort in expected}
    assert last_or_first.pop("last_activity")[-1] == "a"
    assert last_or_first.pop("-idle")[0] in ("b", "t")
    for sort, found in last_or_first.items():
        assert found[0] == expected[sort], sort


@given(st.sampled_from(SORTS), st.integers(1, 5), st.data())
def test_what_is_open_throughout_is_shown_once_while_comms_come_go_and_talk(
    sort: Sort, limit: int, data: st.DataObject
) -> None:
    rooms = Rooms()
    for number in range(8):
        rooms.opens(f"k{number % 2 + 1}", f"c{number}", {"_model_name": f"M{number % 3}"})
    throughout = {f"c{number}" for number in range(8)}
    acts = st.tuples(st.sampled_from(["open", "close", "talk"]), st.integers(0, 9))

    def between() -> None:
        rooms.now += 1.0
        for act, number in data.draw(st.lists(acts, max_size=3)):
            room = rooms.rooms[f"k{number % 2 + 1}"]
            room.now = rooms.now
            if act == "open":
                # One that is opened anew under an old id is another comm.
                room.kernel.opens(f"c{number}", {"_model_name": "New"})
                throughout.discard(f"c{number}")
            elif act == "close":
                room.kernel.closes(f"c{number}")
                throughout.discard(f"c{number}")
            elif number < 8:
                room.kernel.updates(f"c{number}", {"x": "y" * number})

    seen = rooms.walk(between, sort=sort, limit=limit)
    assert [comm_id for comm_id in seen if comm_id in throughout] == list(
        dict.fromkeys(comm_id for comm_id in seen if comm_id in throughout)
    )
    assert throughout <= set(seen)


def test_a_page_can_be_asked_for_again() -> None:
    rooms = Rooms()
    for number in range(5):
        rooms.opens("k1", f"c{number}")
    for sort in ("opened_at", "-messages"):
        cursor = rooms.page(sort=sort, limit=2).next
        first = rooms.page(sort=sort, limit=2, cursor=cursor)
        assert rooms.page(sort=sort, limit=2, cursor=cursor) == first


def test_an_order_is_kept_only_if_there_is_another_page() -> None:
    rooms = Rooms()
    rooms.opens("k1", "c")
    rooms.page(sort="messages")
    assert len(rooms.cursors) == 0


def test_the_total_counts_what_matches_now() -> None:
    rooms = Rooms()
    for number in range(5):
        rooms.opens("k1", f"c{number}")
    first = rooms.page(sort="messages", limit=2)
    rooms.rooms["k1"].kernel.closes("c4")
    second = rooms.page(sort="messages", limit=2, cursor=first.next)
    assert (first.total, second.total) == (5, 4)


def encoded(value: Any) -> str:
    return urlsafe_b64encode(msgspec.json.encode(value)).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "é",
        encoded([]),
        encoded({"life": "life"}),
        encoded(["life", "opened_at", 0, -1, 0.0, ["k", 1]]),
        encoded(["life", "opened_at", 3, 0, 0.0, ["k", 1]]),
        encoded(["life", "size", 0, 0, 0.0, ["k", 1]]),
    ],
)
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidFieldError) as caught:
        Rooms().page(cursor=cursor)
    assert caught.value.field == "cursor"


@given(st.text() | st.binary().map(lambda raw: urlsafe_b64encode(raw).decode()))
def test_whatever_is_sent_as_a_cursor_is_taken_in(cursor: str) -> None:
    with pytest.raises(InvalidFieldError):
        Rooms().page(cursor=cursor)


def test_a_cursor_of_another_order_is_refused() -> None:
    rooms = Rooms()
    rooms.opens("k1", "a")
    rooms.opens("k1", "b")
    cursor = rooms.page(sort="idle", limit=1).next
    with pytest.raises(InvalidFieldError, match="list by idle"):
        rooms.page(sort="messages", cursor=cursor)


def test_a_cursor_of_a_list_that_is_no_longer_kept_says_to_begin_again() -> None:
    rooms = Rooms()
    rooms.opens("k1", "a")
    rooms.opens("k1", "b")
    cursor = rooms.page(sort="idle", limit=1).next
    rooms.now += ListCursors.KEPT_SECONDS + 1
    with pytest.raises(CursorExpiredError):
        rooms.page(sort="idle", cursor=cursor)
    rooms.cursors = ListCursors("another life")
    with pytest.raises(CursorExpiredError):
        rooms.page(cursor=encoded(["life", "opened_at", 0, 0, 0.0, ["k", 1]]))


def test_every_field_of_a_comm_can_be_chosen() -> None:
    assert set(get_args(Field)) == set(CommView.__annotations__)
    rooms = Rooms()
    rooms.opens("k1", "a")
    view = snapshots.comms("k1", rooms.rooms["k1"].broker, 0.0)[0]
    assert chosen(view, ["sequence", "comm_id"]) == {"comm_id": "a", "sequence": 1}
    assert chosen(view, msgspec.UNSET) == view
