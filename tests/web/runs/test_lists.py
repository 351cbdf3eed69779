"""The list of a kernel's runs over REST: what it takes, its tags, and that it does no harm."""

from __future__ import annotations

from jupyter_comm_broker.inspection.runs.run_views import LONGEST
from tests.core.room import Room
from tests.core.runs.asking import begin, end, run

from ..conftest import KERNEL_1, KERNEL_2, Answer, Ask, Desk

PATH = ("api", "kernels", KERNEL_1, "requests")
EVIL = '</script><img src=x onerror=alert(1)>"\x00\x1b[2J'


def works(desk: Desk) -> Room:
    """Let a kernel run one cell, and keep one waiting."""
    room = desk.rooms[KERNEL_1]
    page = room.page("a")
    request = begin(room, page, "one")
    room.kernel.prints("a\nb\nc\n", request)
    run(page, "two")
    return room


async def listed(ask: Ask, **query: str) -> Answer:
    answer = await ask(*PATH, params=query)
    assert answer.status == 200, answer.body
    return answer


async def test_it_says_what_runs_and_what_waits(ask: Ask, desk: Desk) -> None:
    assert (await listed(ask)).body["requests"] == []
    works(desk)
    found = (await listed(ask, lines="2", code="true")).body
    assert (found["kernel_id"], found["total"], found["next"]) == (KERNEL_1, 2, None)
    one, two = found["requests"]
    assert (one["cell_id"], one["state"], one["last_lines"]) == ("one", "running", ["b", "c"])
    assert (two["cell_id"], two["state"], two["last_lines"]) == ("two", "queued", [])
    assert (one["code"], one["execution_count"]) == ("work()", 3)


async def test_code_is_not_shown_unasked(ask: Ask, desk: Desk) -> None:
    works(desk)
    assert "work()" not in str((await listed(ask, lines="100")).body)


async def test_conditions_pages_and_fields(ask: Ask, desk: Desk) -> None:
    works(desk)
    query = {"state": "queued,running", "limit": "1", "fields": "cell_id"}
    first = (await listed(ask, **query)).body
    assert (first["requests"], first["total"]) == ([{"cell_id": "one"}], 2)
    rest = (await listed(ask, **query, cursor=first["next"])).body
    assert (rest["requests"], rest["next"]) == ([{"cell_id": "two"}], None)
    assert (await listed(ask, cell="one", sort="-sent_at")).body["total"] == 1
    elsewhere = ("api", "kernels", KERNEL_2, "requests")
    assert (await ask(*elsewhere)).body["requests"] == []


async def test_the_same_list_is_not_sent_twice(ask: Ask, desk: Desk) -> None:
    room = works(desk)
    first = await listed(ask)
    tag = first.headers["ETag"]
    assert tag.startswith('W/"')
    assert first.headers["Cache-Control"] == "private, no-cache"
    room.wait(60.0)
    again = await ask(*PATH, headers={"If-None-Match": tag})
    assert (again.status, again.body) == (304, b"")
    assert (await ask(*PATH, headers={"If-None-Match": tag}, params={"lines": "1"})).status == 200
    request = room.for_kernel()[-2]
    end(room, request)
    assert (await ask(*PATH, headers={"If-None-Match": tag})).status == 200


async def test_what_pages_and_kernels_chose_does_no_harm(ask: Ask, desk: Desk) -> None:
    room = desk.rooms[KERNEL_1]
    page = room.page("a")
    request = begin(room, page, EVIL)
    room.kernel.prints(EVIL, request)
    prompt = {"prompt": EVIL * 1_000, "password": False}
    room.kernel.says("stdin", "input_request", prompt, request)
    run(page, EVIL * 1_000)
    answer = await listed(ask, lines="3", code="true")
    assert answer.content_type.startswith("application/json")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    first, second = answer.body["requests"]
    assert (first["cell_id"], first["last_lines"]) == (EVIL, [EVIL])
    assert len(second["cell_id"] or "") <= LONGEST
    assert len(first["prompt"]) == LONGEST
    assert (await listed(ask, cell=EVIL)).body["total"] == 1
