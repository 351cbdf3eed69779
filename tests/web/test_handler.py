"""Who may ask, and what an error looks like."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_comm_broker.errors import CommBrokerError
from jupyter_comm_broker.web.routes import ROUTES
from tests.core.runs.asking import run

from .conftest import KERNEL_1, NO_KERNEL, Ask, Desk, Judge

STREAM = "/api/comms/events"
"""Has no end; test_event_stream.py asks it the same."""

READ = [route.path for route in ROUTES if "get" in route.operations() and route.path != STREAM]
IDS = {"kernel_id": KERNEL_1, "comm_id": "c1", "index": 0, "target_name": "plot", "msg_id": "r1"}
PATHS = [tuple(path.format(**IDS).split("/")[1:]) for path in READ]


def resource(path: tuple[str, ...]) -> str:
    return "kernels" if "requests" in path else "comms"


@pytest.mark.parametrize(
    "path",
    [
        ("api", "kernels", NO_KERNEL, "comms"),
        ("api", "kernels", NO_KERNEL, "comms", "c1"),
        ("api", "kernels", KERNEL_1, "comms", "c1"),
    ],
)
async def test_what_is_not_there_is_a_404_with_message_and_reason(
    ask: Ask, path: tuple[str, ...]
) -> None:
    answer = await ask(*path)
    assert answer.status == 404
    assert answer.content_type.startswith("application/json")
    expected = "KernelNotFoundError" if NO_KERNEL in path else "CommNotFoundError"
    assert answer.body["reason"] == expected
    assert (NO_KERNEL if NO_KERNEL in path else "c1") in answer.body["message"]
    assert "Traceback" not in str(answer.body)


@pytest.mark.parametrize("path", PATHS, ids=READ)
async def test_each_handler_asks_for_reading(ask: Ask, desk: Desk, path: tuple[str, ...]) -> None:
    desk.rooms[KERNEL_1].kernel.opens("c1", {}, paths=[["raw"]], buffers=[b"1"])
    run(desk.rooms[KERNEL_1].page("a"), msg_id="r1")
    assert (await ask(*path)).status == 200
    assert set(Judge.asked) == {("read", resource(path))}


@pytest.mark.parametrize("path", PATHS, ids=READ)
async def test_who_may_not_read_is_told_so(ask: Ask, desk: Desk, path: tuple[str, ...]) -> None:
    desk.rooms[KERNEL_1].kernel.opens("c1", {"secret": "hunter2"})
    Judge.denied = {("read", resource(path))}
    answer = await ask(*path)
    assert answer.status == 403
    assert answer.content_type.startswith("application/json")
    assert f"may not read {resource(path)}" in answer.body["message"]
    assert answer.body["reason"]
    assert "hunter2" not in str(answer.body)


@pytest.mark.parametrize("path", PATHS, ids=READ)
async def test_who_is_not_logged_in_gets_nothing(
    ask: Ask, desk: Desk, path: tuple[str, ...]
) -> None:
    answer = await ask(*path, headers={"Authorization": "token wrong"})
    assert answer.status == 403
    assert Judge.asked == []


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_what_is_not_offered_is_a_405(ask: Ask, method: str) -> None:
    body: Any = None if method == "DELETE" else "{}"
    answer = await ask("api", "comms", method=method, body=body, documented=False)
    assert (answer.status, answer.body["reason"]) == (405, "Method Not Allowed")
    assert answer.headers["Allow"] == "GET, OPTIONS"


async def test_an_error_that_nobody_foresaw_is_a_500_without_its_traceback(
    ask: Ask, desk: Desk
) -> None:
    desk.fault = CommBrokerError("odd")
    answer = await ask("api", "kernels", KERNEL_1, "comms", documented=False)
    assert answer.status == 500
    assert (answer.body["message"], answer.body["reason"]) == ("odd", "CommBrokerError")


async def test_a_fault_that_is_no_error_of_ours_is_not_told(ask: Ask, desk: Desk) -> None:
    desk.fault = ValueError("hunter2")
    answer = await ask("api", "kernels", KERNEL_1, "comms", documented=False)
    assert answer.status == 500
    assert answer.body == {"message": "Unhandled error", "reason": "Internal Server Error"}


async def test_no_log_line_has_the_token_of_a_url(
    desk: Desk,
    http_server_client: Any,
    jp_base_url: str,
    jp_serverapp: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    token = jp_serverapp.identity_provider.token
    for fault, said in [
        (None, "no comm 'c1'"),
        (CommBrokerError("odd"), "odd"),
        (ValueError("wrong"), "wrong"),
    ]:
        desk.fault = fault
        caplog.clear()
        path = f"{jp_base_url}api/kernels/{KERNEL_1}/comms/c1?token={token}"
        await http_server_client.fetch(path, raise_error=False)
        assert said in caplog.text
        assert token not in caplog.text


@pytest.mark.parametrize("extra", ["1700000000000", "token"])
async def test_what_the_server_and_jupyterlab_add_to_a_url_is_no_unknown_parameter(
    ask: Ask, jp_serverapp: Any, extra: str
) -> None:
    value = jp_serverapp.identity_provider.token if extra == "token" else ""
    assert (await ask("api", "comms", params={extra: value})).status == 200
