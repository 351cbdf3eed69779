"""Whatever is wrong with a request is said with its field, and the kernel hears of none of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.core.runs.asking import end, run

from .conftest import KERNEL_1, NO_KERNEL, Answer, Ask, Desk
from .test_routes_rights import BODIES, COMM, KERNEL, NEEDS, QUERIES, RUNS, Operation

OPEN, SEND = ("POST", KERNEL), ("POST", COMM + "/messages")
IDS = {
    "kernel_id": KERNEL_1,
    "comm_id": "c1",
    "index": "0",
    "target_name": "plot",
    "msg_id": "r1",
}
NAMES = {"kernel_id": "Kernel", "comm_id": "Comm", "msg_id": "Request"}
"""By the parameter of a path, what is not found there."""


@pytest.fixture
def room(desk: Desk) -> Desk:
    """A slider with one buffer, on a kernel that so far has heard nothing."""
    state = {"_model_name": "IntSliderModel", "value": 1}
    desk.rooms[KERNEL_1].kernel.opens("c1", state, paths=[["raw"]], buffers=[b"1"])
    end(desk.rooms[KERNEL_1], run(desk.rooms[KERNEL_1].page("a"), msg_id="r1"))
    desk.rooms[KERNEL_1].for_kernel()
    return desk


async def do(
    ask: Ask,
    operation: Operation,
    text: bytes | None = None,
    *,
    headers: Mapping[str, str] | None = None,
    ids: Mapping[str, str] = IDS,
    query: Mapping[str, str] = {},
) -> Answer:
    method, template = operation
    if text is None and operation in BODIES:
        text = json.dumps(BODIES[operation]).encode()
    how: dict[str, Any] = {"headers": dict(headers)} if headers else {}
    if text is not None:
        how["body"] = text
    steps = template.format(**ids).split("/")[1:]
    params = {**QUERIES.get(operation, {}), **query}
    return await ask(*steps, method=method, params=params, **how)


def refused(desk: Desk, answer: Answer, status: int, field: str) -> None:
    """Hold that it was refused by name, and that the kernel heard nothing."""
    assert (answer.status, answer.body.get("field")) == (status, field), answer.body
    unheard(desk, answer)


def unheard(desk: Desk, answer: Answer) -> None:
    assert answer.body["message"]
    assert answer.body["reason"]
    assert len(answer.body["message"]) < 2000
    assert desk.programs[KERNEL_1].sent == []
    assert desk.rooms[KERNEL_1].for_kernel() == []
    assert desk.recordings.get(KERNEL_1, ("comm", "c1")) is None


# -- what every operation refuses ------------------------------------------------------------------


@pytest.mark.parametrize("operation", NEEDS, ids=" ".join)
async def test_unknown_parameters_are_refused_and_not_ignored(
    ask: Ask, room: Desk, operation: Operation
) -> None:
    for name in ("colour", "Wait", "reveal[]", "ümläut"):
        answer = await do(ask, operation, query={name: "1"})
        refused(room, answer, 400, name)
        assert name in answer.body["message"]


@pytest.mark.parametrize("operation", [each for each in NEEDS if "{" in each[1]], ids=" ".join)
async def test_unknown_kernels_and_comms_are_not_found(
    ask: Ask, room: Desk, operation: Operation
) -> None:
    strangers = {"kernel_id": NO_KERNEL, "comm_id": "c" * 1000 + "ü", "msg_id": "r" * 1000 + "ü"}
    for name, stranger in strangers.items():
        if f"{{{name}}}" not in operation[1]:
            continue
        answer = await do(ask, operation, ids={**IDS, name: stranger})
        assert answer.status == 404
        assert answer.body["reason"] == f"{NAMES[name]}NotFoundError"
        unheard(room, answer)


@pytest.mark.parametrize(
    "operation", [each for each in NEEDS if "{comm_id}" in each[1]], ids=" ".join
)
async def test_of_a_comm_that_is_gone_it_is_said_how(
    ask: Ask, room: Desk, operation: Operation
) -> None:
    room.rooms[KERNEL_1].kernel.closes("c1")
    answer = await do(ask, operation)
    assert answer.status == 410
    assert set(answer.body["closed"]) == {"at", "by", "reason"}
    unheard(room, answer)


@pytest.mark.parametrize("operation", [each for each in NEEDS if "{" in each[1]], ids=" ".join)
async def test_a_path_that_is_no_text_is_refused(
    room: Desk,
    operation: Operation,
    http_server_client: Any,
    jp_base_url: str,
    jp_auth_header: dict[str, str],
) -> None:
    method, template = operation
    for name in (name for name in IDS if f"{{{name}}}" in template):
        found = await http_server_client.fetch(
            jp_base_url + template.format(**{**IDS, name: "%FF"})[1:],
            method=method,
            headers=jp_auth_header,
            allow_nonstandard_methods=True,
            raise_error=False,
        )
        problem = json.loads(found.body)
        assert (found.code, problem["field"]) == (400, name)


BAD_QUERIES = [
    (SEND, {"wait": "forever"}, "wait"),
    (SEND, {"timeout": "NaN"}, "timeout"),
    (SEND, {"timeout": "601"}, "timeout"),
    (SEND, {"reveal": "yes"}, "reveal"),
    (OPEN, {"timeout": "-1"}, "timeout"),
    (("DELETE", KERNEL), {"dry_run": "maybe"}, "dry_run"),
    (("DELETE", KERNEL), {"target": "plot"}, "all"),
    (("DELETE", KERNEL), {"all": "false"}, "all"),
    (("DELETE", KERNEL), {"knowledge": "sure"}, "knowledge"),
    (("GET", COMM + "/messages"), {"after": "-1"}, "after"),
    (("GET", KERNEL), {"cursor": "made up"}, "cursor"),
    (("GET", "/api/comms"), {"limit": "1001"}, "limit"),
    (("GET", "/api/comms"), {"fields": "comm_id,state"}, "fields"),
    (("GET", "/api/comms/events"), {"types": "opened,odd"}, "types"),
    (("GET", RUNS), {"cursor": "made up"}, "cursor"),
    (("GET", RUNS), {"state": "running,odd"}, "state"),
    (("GET", RUNS), {"lines": "101"}, "lines"),
    (("GET", RUNS), {"fields": "outputs"}, "fields"),
    (("GET", RUNS + "/{msg_id}"), {"code": "yes"}, "code"),
]


@pytest.mark.parametrize(
    ("operation", "query", "field"), BAD_QUERIES, ids=[f"{o[0]} {q}" for o, q, _ in BAD_QUERIES]
)
async def test_what_is_wrong_with_a_query_is_said_with_its_field(
    ask: Ask, room: Desk, operation: Operation, query: dict[str, str], field: str
) -> None:
    refused(room, await do(ask, operation, query=query), 400, field)
