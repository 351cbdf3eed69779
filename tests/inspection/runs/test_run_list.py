"""The list of runs: in the order of sending, and page by page while cells come and go."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any, get_args

import msgspec
import pytest

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.errors import CursorExpiredError, InvalidFieldError
from jupyter_comm_broker.inspection.runs import run_list
from jupyter_comm_broker.inspection.runs.run_list import Field, RunListQuery
from jupyter_comm_broker.inspection.runs.run_views import RunPage, RunView
from tests.core.room import Room
from tests.core.runs.asking import begin, end, run

SESSION = "0123456789abcdef0123456789abcdef"


def listed(room: Room, **query: Any) -> RunPage:
    known, wanted = room.broker.known, RunListQuery(**query)
    return run_list.shown("k", known, wanted, run_list.page(known, wanted), room.now)


def cells(page: RunPage) -> list[str | None]:
    return [each["cell_id"] for each in page["requests"]]


def busy(count: int, **how: Any) -> Room:
    """Return a kernel that runs the first cell, while the others wait."""
    room = Room(**how)
    page = room.page(SESSION)
    begin(room, page, "0")
    for number in range(1, count):
        room.wait(1.0)
        run(page, str(number))
    return room


def test_runs_are_in_the_order_of_their_requests_or_the_latest_first() -> None:
    room = busy(3)
    assert cells(listed(room)) == ["0", "1", "2"]
    assert cells(listed(room, sort="-sent_at")) == ["2", "1", "0"]
    assert listed(room)["total"] == 3
    assert listed(Room()) == {"kernel_id": "k", "requests": [], "next": None, "total": 0}


def test_conditions_choose() -> None:
    room = busy(3)
    assert cells(listed(room, state=["running"])) == ["0"]
    assert cells(listed(room, state=["running", "queued"])) == ["0", "1", "2"]
    assert cells(listed(room, state=["ended", "lost"])) == []
    assert cells(listed(room, cell="1")) == ["1"]
    assert listed(room, cell="1")["total"] == 1


@pytest.mark.parametrize("sort", ["sent_at", "-sent_at"])
def test_pages_hold_each_run_once(sort: str) -> None:
    room = busy(7)
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = listed(room, sort=sort, limit=3, **cursor)
        found += map(str, cells(page))
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert found == sorted(found, reverse=sort != "sent_at")
    assert len(found) == 7


def test_a_cursor_leads_on_when_its_run_is_forgotten_or_matches_no_more() -> None:
    room = busy(4, limits=Limits(remembered_runs=4))
    first = room.broker.known.runs()[0]
    page = listed(room, limit=1, state=["running", "queued"])
    sent = next(each for each in room.for_kernel() if each.header.msg_id == first.msg_id)
    end(room, sent)
    rest = listed(room, state=["running", "queued"], cursor=page["next"])
    assert cells(rest) == ["1", "2", "3"]
    run(room.pages[SESSION], "4")
    assert room.broker.known.run(first.msg_id) is None
    assert cells(listed(room, cursor=page["next"])) == ["1", "2", "3", "4"]


def test_a_cursor_tells_no_session_id_and_holds_for_one_kernel_and_order() -> None:
    room = busy(2)
    cursor = listed(room, limit=1)["next"]
    assert cursor is not None
    assert SESSION not in str(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    with pytest.raises(InvalidFieldError, match="by sent_at"):
        listed(room, cursor=cursor, sort="-sent_at")
    for wrong in ("made up", "é", "", "WzFd"):
        with pytest.raises(InvalidFieldError, match="not a cursor"):
            listed(room, cursor=wrong)


def test_a_cursor_of_an_earlier_server_is_expired() -> None:
    room = busy(2)
    cursor = listed(room, limit=1)["next"]
    other = busy(2)
    if other.broker.known.life[0] != room.broker.known.life[0]:
        with pytest.raises(CursorExpiredError):
            listed(other, cursor=cursor)
    changed = msgspec.json.encode(["elsewhere", "sent_at", 0.0, "x"])
    with pytest.raises(CursorExpiredError):
        listed(room, cursor=urlsafe_b64encode(changed).decode())


def test_runs_outlive_the_kernels_process_and_so_do_cursors() -> None:
    room = busy(2)
    cursor = listed(room, limit=1)["next"]
    room.broker.kernel_restarted(room.now)
    room.settle()
    assert cells(listed(room, cursor=cursor)) == ["1"]
    assert cells(listed(room, state=["lost"])) == ["0", "1"]


def test_fields_are_chosen_and_are_those_of_the_view() -> None:
    room = busy(1)
    page = listed(room, fields=["msg_id", "code"], code=True)
    assert [set(each) for each in page["requests"]] == [{"msg_id", "code"}]
    assert set(get_args(Field)) == set(RunView.__annotations__)


def test_lines_are_read_only_of_runs_that_go_on() -> None:
    room = Room()
    page = room.page("a")
    for cell in "ab":
        request = begin(room, page, cell)
        room.kernel.prints(f"{cell}\n", request)
        if cell == "a":
            end(room, request)
    found = [each.get("last_lines") for each in listed(room, lines=3)["requests"]]
    assert found == [None, ["b"]]
