"""Which comms live: filtered, sorted, cut into pages; or their widgets as one document."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from jupyter_comm_broker.inspection import snapshots
from jupyter_comm_broker.protocol.alias import alias

from ..conftest import KERNEL_1, KERNEL_2, NO_KERNEL, Ask, Desk, Judge

MODEL = {
    "_model_name": "IntSliderModel",
    "_model_module": "@jupyter-widgets/controls",
    "_model_module_version": "2.0.0",
}
DOCUMENT = "application/vnd.jupyter.widget-state+json"
EMPTY: dict[str, Any] = {"comms": [], "next": None, "total": 0}


def ids(answer: Any) -> list[str]:
    return [comm["comm_id"] for comm in answer.body["comms"]]


async def test_all_comms_of_all_kernels_are_listed_in_the_order_of_their_opening(
    ask: Ask, desk: Desk
) -> None:
    assert (await ask("api", "comms")).body == EMPTY
    desk.rooms[KERNEL_1].kernel.opens("z", MODEL)
    desk.rooms[KERNEL_1].kernel.opens("a", target="other")
    desk.rooms[KERNEL_2].kernel.opens("m", MODEL)
    answer = await ask("api", "comms")
    assert answer.status == 200
    assert answer.content_type.startswith("application/json")
    assert (ids(answer), answer.body["next"], answer.body["total"]) == (["z", "a", "m"], None, 3)
    assert [comm["kernel_id"] for comm in answer.body["comms"]] == [KERNEL_1, KERNEL_1, KERNEL_2]
    one = await ask("api", "kernels", KERNEL_2, "comms")
    assert (ids(one), one.body["kernel_id"]) == (["m"], KERNEL_2)


async def test_a_comm_says_who_opened_it_and_what_passed(ask: Ask, desk: Desk) -> None:
    room = desk.rooms[KERNEL_1]
    page = room.page("page")
    room.kernel.opens("box", {"children": ["IPY_MODEL_slider"]})
    room.kernel.opens("slider", {**MODEL, "value": 1})
    room.now = 10.0
    sent = page.updates("slider", {"value": 2})
    box, slider = (await ask("api", "kernels", KERNEL_1, "comms")).body["comms"]
    assert slider["opened_by"] == "kernel"
    assert slider["target_name"] == "jupyter.widget"
    assert slider["model"] == {
        "name": "IntSliderModel",
        "module": "@jupyter-widgets/controls",
        "version": "2.0.0",
    }
    assert slider["parents"] == ["box"]
    assert box["references"] == ["slider"]
    assert box["model"] is None
    assert slider["frontends"] == [alias("page")]
    assert slider["messages"] == {"from_kernel": 1, "from_frontends": 1}
    assert slider["bytes"]["from_frontends"] > 0
    assert slider["pending"] is True
    assert slider["knowledge"] == "clean"
    assert (slider["age_seconds"], slider["idle_seconds"]) == (10.0, 0.0)
    opened, active = map(datetime.fromisoformat, (box["opened_at"], slider["last_activity"]))
    assert (active - opened).total_seconds() == 10.0

    room.kernel.busy(sent)
    room.kernel.idle(sent)
    assert (await ask("api", "comms")).body["comms"][1]["pending"] is False


async def test_a_list_has_no_tag_for_the_ages_in_it_never_stay(ask: Ask) -> None:
    assert "ETag" not in (await ask("api", "comms")).headers


async def test_a_list_is_walked_page_by_page_until_there_is_no_next(ask: Ask, desk: Desk) -> None:
    for kernel_id in (KERNEL_1, KERNEL_2):
        for index in range(3):
            desk.rooms[kernel_id].kernel.opens(f"{kernel_id[0]}{index}", MODEL)
    for sort in ("opened_at", "-opened_at", "-messages", "target"):
        seen: list[str] = []
        cursor: dict[str, str] = {}
        sizes: list[int] = []
        while True:
            params = {"limit": "4", "sort": sort, **cursor}
            page = await ask("api", "comms", params=params)
            assert page.body["total"] == 6
            seen += ids(page)
            sizes.append(len(ids(page)))
            if page.body["next"] is None:
                break
            cursor = {"cursor": page.body["next"]}
        assert sizes == [4, 2]
        assert sorted(seen) == ["10", "11", "12", "20", "21", "22"]
    one = await ask(
        "api", "kernels", KERNEL_1, "comms", params={"limit": "1", "sort": "-opened_at"}
    )
    assert (ids(one), one.body["total"]) == (["12"], 3)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"kernel": KERNEL_2}, ["m"]),
        ({"kernel": "no such"}, []),
        ({"target": "other"}, ["a"]),
        ({"model": "IntSliderModel"}, ["z", "m"]),
        ({"knowledge": "unknown"}, ["a"]),
        ({"attached": "true"}, ["z", "a"]),
        ({"attached": "false"}, ["m"]),
        ({"idle_longer_than": "9.5"}, ["z", "m"]),
        ({"text": "SLIDER"}, ["z", "m"]),
        ({"text": "oth"}, ["a"]),
        ({"dress": "false"}, ["z", "m", "a"]),
        ({"dress": "true"}, []),
        ({"model": "IntSliderModel", "attached": "true"}, ["z"]),
    ],
)
async def test_a_list_is_of_the_comms_that_meet_every_condition(
    ask: Ask, desk: Desk, params: dict[str, str], expected: list[str]
) -> None:
    desk.rooms[KERNEL_1].page("page")
    desk.rooms[KERNEL_1].kernel.opens("z", MODEL)
    desk.rooms[KERNEL_2].kernel.opens("m", MODEL)
    desk.rooms[KERNEL_1].now = 10.0
    desk.rooms[KERNEL_1].kernel.opens("a", target="other")
    found = await ask("api", "comms", params=params)
    assert sorted(ids(found)) == sorted(expected)
    assert found.body["total"] == len(expected)


async def test_only_the_fields_that_are_asked_for_are_shown(ask: Ask, desk: Desk) -> None:
    desk.rooms[KERNEL_1].kernel.opens("z", MODEL)
    found = await ask("api", "comms", params={"fields": "comm_id,messages"})
    assert found.body["comms"] == [
        {"comm_id": "z", "messages": {"from_kernel": 1, "from_frontends": 0}}
    ]


async def test_states_are_looked_into_only_for_captions_that_are_asked_for(
    ask: Ask, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.rooms[KERNEL_1].kernel.opens("z", {**MODEL, "description": "Epochs"})
    found = await ask("api", "comms", params={"fields": "caption"})
    assert found.body["comms"] == [{"caption": "Epochs"}]
    monkeypatch.setattr(snapshots, "caption", None)
    assert (await ask("api", "comms", params={"fields": "comm_id"})).status == 200


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "1001"}, "limit"),
        ({"limit": "ten"}, "limit"),
        ({"attached": "yes"}, "attached"),
        ({"idle_longer_than": "-1"}, "idle_longer_than"),
        ({"idle_longer_than": "NaN"}, "idle_longer_than"),
        ({"knowledge": "certain"}, "knowledge"),
        ({"sort": "size"}, "sort"),
        ({"fields": "comm_id,secret"}, "fields"),
        ({"fields": ""}, "fields"),
        ({"cursor": "ä"}, "cursor"),
        ({"cursor": "AAAA"}, "cursor"),
        ({"colour": "red"}, "colour"),
        ({"fürst": "1"}, "fürst"),
    ],
)
async def test_what_a_list_cannot_be_asked_is_refused_by_name(
    ask: Ask, params: dict[str, str], field: str
) -> None:
    for path in (("api", "comms"), ("api", "kernels", KERNEL_1, "comms")):
        answer = await ask(*path, params=params)
        assert (answer.status, answer.body["reason"]) == (400, "InvalidFieldError")
        assert answer.body["field"] == field
        assert field in answer.body["message"]
        assert "`$" not in answer.body["message"]


async def test_one_kernels_list_takes_no_other_kernel(ask: Ask) -> None:
    path = ("api", "kernels", KERNEL_1, "comms")
    assert (await ask(*path, params={"kernel": KERNEL_2})).body["field"] == "kernel"


async def test_a_cursor_of_another_server_says_to_begin_again(ask: Ask, desk: Desk) -> None:
    for index in range(3):
        desk.rooms[KERNEL_1].kernel.opens(str(index), MODEL)
    params = {"limit": "1", "sort": "messages"}
    cursor = (await ask("api", "comms", params=params)).body["next"]
    desk.cursors.life = "another"
    answer = await ask("api", "comms", params={**params, "cursor": cursor})
    assert (answer.status, answer.body["reason"]) == (410, "CursorExpiredError")
    assert answer.body["field"] == "cursor"


# -- the document ----------------------------------------------------------------------------------


async def test_who_prefers_a_document_gets_one_of_all_widgets(ask: Ask, desk: Desk) -> None:
    room = desk.rooms[KERNEL_1]
    room.kernel.opens("w", {**MODEL, "value": 3})
    room.kernel.opens("i", {**MODEL, "width": ""}, paths=[["value"]], buffers=[b"\x00\xff"])
    room.kernel.opens("p", target="other")
    headers = {"Accept": f"{DOCUMENT}, application/json;q=0.5"}
    answer = await ask("api", "kernels", KERNEL_1, "comms", headers=headers)
    assert answer.content_type == DOCUMENT
    assert answer.headers["Vary"] == "Accept"
    named: dict[str, Any] = {
        "model_name": "IntSliderModel",
        "model_module": "@jupyter-widgets/controls",
        "model_module_version": "2.0.0",
    }
    assert answer.body == {
        "version_major": 2,
        "version_minor": 0,
        "state": {
            "w": {**named, "state": {**MODEL, "value": 3}},
            "i": {
                **named,
                "state": {**MODEL, "width": ""},
                "buffers": [{"encoding": "base64", "path": ["value"], "data": "AP8="}],
            },
        },
    }


async def test_a_document_hides_secrets_unless_they_are_asked_for(ask: Ask, desk: Desk) -> None:
    secret = {"_model_name": "PasswordModel", "_model_module": "M", "value": "hunter2"}
    desk.rooms[KERNEL_1].kernel.opens("p", secret)
    path = ("api", "kernels", KERNEL_1, "comms")
    how: dict[str, Any] = {"headers": {"Accept": DOCUMENT}}
    assert "hunter2" not in str((await ask(*path, **how)).body)
    revealed = await ask(*path, params={"reveal": "true"}, **how)
    assert revealed.body["state"]["p"]["state"]["value"] == "hunter2"
    assert "no-store" in revealed.headers["Cache-Control"]
    Judge.denied = {("execute", "comms")}
    refused = await ask(*path, params={"reveal": "true"}, **how)
    assert (refused.status, "hunter2" in str(refused.body)) == (403, False)


async def test_a_document_takes_no_conditions(ask: Ask) -> None:
    path = ("api", "kernels", KERNEL_1, "comms")
    answer = await ask(*path, params={"limit": "5"}, headers={"Accept": DOCUMENT})
    assert (answer.status, answer.body["field"]) == (400, "limit")
    Judge.denied = {("execute", "comms")}
    assert (await ask(*path, params={"reveal": "true"})).status == 403


async def test_there_is_no_list_and_no_document_of_a_kernel_that_is_not_there(ask: Ask) -> None:
    for accept in ("*/*", DOCUMENT):
        headers = {"Accept": accept}
        answer = await ask("api", "kernels", NO_KERNEL, "comms", headers=headers)
        assert (answer.status, answer.body["reason"]) == (404, "KernelNotFoundError")
