"""Which right each route asks for, and that nothing is answered or sent without it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError

from jupyter_comm_broker.web.routes import ROUTES
from tests.core.runs.asking import end
from tests.core.runs.asking import run as run_cell
from tests.until import until

from .conftest import KERNEL_1, Ask, Desk, Judge, Reading
from .events.test_event_stream import opens

KERNEL = "/api/kernels/{kernel_id}/comms"
COMM = KERNEL + "/{comm_id}"
CLOSINGS = "/api/kernels/{kernel_id}/closings"
TARGET = "/api/kernels/{kernel_id}/recordings/{target_name}"
RUNS = "/api/kernels/{kernel_id}/requests"
STREAM = "/api/comms/events"

NEEDS = {
    ("GET", "/api/comms"): "read",
    ("GET", "/api/comms/broker"): "read",
    ("GET", STREAM): "read",
    ("GET", "/api/comms/openapi.json"): "read",
    ("GET", "/api/comms/targets"): "read",
    ("GET", KERNEL): "read",
    ("POST", KERNEL): "execute",
    ("DELETE", KERNEL): "execute",
    ("GET", COMM): "read",
    ("DELETE", COMM): "execute",
    ("GET", COMM + "/messages"): "read",
    ("POST", COMM + "/messages"): "write",
    ("PUT", COMM + "/recording"): "write",
    ("GET", COMM + "/state"): "read",
    ("GET", COMM + "/buffers/{index}"): "read",
    ("POST", CLOSINGS): "execute",
    ("GET", TARGET): "read",
    ("PUT", TARGET): "write",
    ("GET", RUNS): "read",
    ("GET", RUNS + "/{msg_id}"): "read",
    ("GET", RUNS + "/{msg_id}/outputs"): "read",
}
"""Who may see, who may send, who may open and close."""

REVEALING = {
    ("GET", KERNEL),
    ("GET", COMM),
    ("POST", COMM + "/messages"),
    ("GET", COMM + "/state"),
    ("GET", COMM + "/buffers/{index}"),
}
"""What can show secrets, which takes the right to execute besides."""

BODIES: dict[tuple[str, str], Any] = {
    ("POST", KERNEL): {"target_name": "plot"},
    ("POST", COMM + "/messages"): {"data": {"method": "custom", "content": {}}},
    ("PUT", COMM + "/recording"): {"on": True},
    ("POST", CLOSINGS): {"comms": ["c1"]},
    ("PUT", TARGET): {"on": True},
}
QUERIES = {("DELETE", KERNEL): {"all": "true"}}

RIGHTS = {
    "none": set[str](),
    "read": {"read"},
    "write": {"read", "write"},
    "execute": {"read", "write", "execute"},
}
ACTIONS = ("read", "write", "execute")

PAGES = {
    "/comm-broker": "read",
    # Code alone. A JupyterHub takes no cookie with the requests of modules.
    "/comm-broker/assets/([w.-]+)": None,
    "/comm-broker/preview/frame": "read",
    # Code alone, loaded by a document that has no origin and so sends no cookie.
    "/comm-broker/preview/assets/([w.-]+)": None,
    "/comm-broker/preview/extensions/([^/.][^/]*/(?:[^/.][^/]*/)?static/.+)": None,
}
"""What is served beside the API, and what it takes to see it."""

Operation = tuple[str, str]


@pytest.fixture
def room(desk: Desk) -> Desk:
    """A kernel with one comm that has a state, a buffer and a secret."""
    state = {"_model_name": "PasswordModel", "value": "hunter2"}
    desk.rooms[KERNEL_1].kernel.opens("c1", state, paths=[["raw"]], buffers=[b"1"])
    end(desk.rooms[KERNEL_1], run_cell(desk.rooms[KERNEL_1].page("a"), msg_id="r1"))
    return desk


def steps(template: str) -> list[str]:
    path = template.format(
        kernel_id=KERNEL_1, comm_id="c1", index=0, target_name="plot", msg_id="r1"
    )
    return path.split("/")[1:]


def resource_of(operation: Operation) -> str:
    """Return what a right is on: what cells print is the kernel's, as on its WebSocket."""
    return "kernels" if operation[1].startswith(RUNS) else "comms"


def allow(*actions: str) -> None:
    Judge.denied = {
        (each, resource)
        for each in ACTIONS
        for resource in ("comms", "kernels")
        if each not in actions
    }
    Judge.asked = []


async def do(ask: Ask, operation: Operation, **query: str) -> Any:
    method, template = operation
    body = BODIES.get(operation)
    how = {"body": json.dumps(body)} if body is not None else {}
    params = {**QUERIES.get(operation, {}), **query}
    return await ask(*steps(template), method=method, params=params, **how)


def test_every_route_is_in_the_matrix() -> None:
    described = {
        (method.upper(), route.path): each
        for route in ROUTES
        for method, each in route.operations().items()
    }
    assert set(described) == set(NEEDS)
    assert {key for key, each in described.items() if "reveal" in each.query.__struct_fields__} == (
        REVEALING
    )
    for key, each in described.items():
        assert (each.action, each.resource) == (NEEDS[key], resource_of(key)), key


def test_nothing_of_ours_is_served_beside_the_routes(jp_serverapp: Any) -> None:
    ours = {rule.matcher.regex.pattern for rule in served(jp_serverapp.web_app.default_router)}
    known = {re.sub(r"\{\w+\}", "[^/]+", route.path) for route in ROUTES}
    base = re.escape(jp_serverapp.base_url.rstrip("/"))
    for pattern in ours:
        path = re.sub(r"\(\?P<\w+>(.*?)\)", r"\1", pattern)
        path = path.removeprefix(base).removeprefix(jp_serverapp.base_url.rstrip("/"))
        path = path.removesuffix("$").replace("\\", "")
        assert path in known or path in PAGES, path


def served(router: Any) -> Iterator[Any]:
    """Return the rules that lead to a handler of this package."""
    for rule in router.rules:
        if hasattr(rule.target, "rules"):
            yield from served(rule.target)
        elif getattr(rule.target, "__module__", "").startswith("jupyter_comm_broker"):
            yield rule


@pytest.mark.parametrize("rights", RIGHTS)
@pytest.mark.parametrize("operation", [each for each in NEEDS if each[1] != STREAM], ids=" ".join)
async def test_each_route_asks_for_its_right_and_does_nothing_without(
    ask: Ask, room: Desk, operation: Operation, rights: str
) -> None:
    needed, resource = NEEDS[operation], resource_of(operation)
    allow(*RIGHTS[rights])
    answer = await do(ask, operation)
    assert set(Judge.asked) == {(needed, resource)}
    if needed in RIGHTS[rights]:
        assert answer.status in (200, 201, 202)
        return
    assert answer.status == 403
    assert f"may not {needed} {resource}" in answer.body["message"]
    assert answer.body["reason"] == "not authorized"
    assert set(answer.body) == {"message", "reason"}
    assert room.programs[KERNEL_1].sent == []
    assert room.recordings.get(KERNEL_1, ("comm", "c1")) is None
    assert room.recordings.get(KERNEL_1, ("target", "plot")) is None


@pytest.mark.parametrize("operation", sorted(REVEALING), ids=" ".join)
async def test_secrets_take_the_right_to_execute_besides(
    ask: Ask, room: Desk, operation: Operation
) -> None:
    allow("read", "write")
    refused = await do(ask, operation, reveal="true")
    assert (refused.status, refused.body["reason"]) == (403, "not authorized")
    assert "may not execute comms" in refused.body["message"]
    assert "hunter2" not in str(refused.body)
    assert room.programs[KERNEL_1].sent == []
    allow(*ACTIONS)
    shown = await do(ask, operation, reveal="true")
    assert shown.status in (200, 202)
    assert Judge.asked == [(NEEDS[operation], "comms"), ("execute", "comms")]


@pytest.mark.parametrize("operation", [each for each in NEEDS if RUNS in each[1]], ids=" ".join)
async def test_the_rights_on_comms_show_nothing_of_a_kernels_cells(
    ask: Ask, room: Desk, operation: Operation
) -> None:
    Judge.denied = {("read", "kernels")}
    assert (await do(ask, operation)).status == 403
    Judge.denied = {(each, "comms") for each in ACTIONS}
    assert (await do(ask, operation)).status == 200


async def test_the_right_to_execute_alone_shows_nothing(ask: Ask, room: Desk) -> None:
    allow("execute")
    assert (await do(ask, ("GET", COMM), reveal="true")).status == 403


@pytest.mark.parametrize("rights", RIGHTS)
async def test_events_take_the_right_to_read(room: Desk, reading: Reading, rights: str) -> None:
    allow(*RIGHTS[rights])
    async with reading() as reader:
        assert Judge.asked == [("read", "comms")]
        if "read" in RIGHTS[rights]:
            assert reader.status == 200
            return
        assert reader.status == 403
        problem = await reader.body()
        assert (problem["reason"], set(problem)) == ("not authorized", {"message", "reason"})


async def test_a_stream_ends_when_the_right_to_read_is_taken_away(
    room: Desk, reading: Reading
) -> None:
    allow(*ACTIONS)
    async with reading() as reader:
        await reader.begins()
        opens(room, "before")
        await reader.until(lambda told: told.data.get("comm_id") == "before")
        allow()
        await until(lambda: bool(Judge.asked))
        opens(room, "after")
        await reader.ends()
        assert "after" not in str(reader.told)
    async with reading(after=reader.last_id) as again:
        assert again.status == 403


@pytest.mark.parametrize(
    "path", [path.replace("([w.-]+)", "x.js") for path, action in PAGES.items() if action]
)
async def test_pages_take_the_right_to_read(room: Desk, jp_fetch: Any, path: str) -> None:
    allow("write", "execute")
    with pytest.raises(HTTPClientError) as refused:
        await jp_fetch(*path.split("/")[1:])
    assert refused.value.code == 403
    assert Judge.asked == [("read", "comms")]


async def test_metrics_are_the_servers_own_and_name_nobody(ask: Ask, room: Desk) -> None:
    allow()
    metrics = await ask("metrics", documented=False)
    assert metrics.status == 200
    assert Judge.asked == []
    assert KERNEL_1.encode() not in metrics.body
    stranger = await ask("metrics", documented=False, headers={"Authorization": "token no"})
    assert stranger.status == 403
