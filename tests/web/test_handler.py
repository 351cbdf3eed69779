"""Who may ask, and what an error looks like."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_comm_broker.errors import CommBrokerError

from .conftest import KERNEL_1, NO_KERNEL, Ask, Desk, Judge

PATHS = [
    ("api", "comms"),
    ("api", "comms", "broker"),
    ("api", "comms", "targets"),
    ("api", "kernels", KERNEL_1, "comms"),
    ("api", "kernels", KERNEL_1, "comms", "c1"),
]
NAMES = ["/".join(path[1:]).replace(KERNEL_1, "id") for path in PATHS]


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


@pytest.mark.parametrize("path", PATHS, ids=NAMES)
async def test_each_handler_asks_for_reading_comms(
    ask: Ask, desk: Desk, path: tuple[str, ...]
) -> None:
    desk.rooms[KERNEL_1].kernel.opens("c1", {})
    assert (await ask(*path)).status == 200
    assert set(Judge.asked) == {("read", "comms")}


@pytest.mark.parametrize("path", PATHS, ids=NAMES)
async def test_who_may_not_read_comms_is_told_so(
    ask: Ask, desk: Desk, path: tuple[str, ...]
) -> None:
    desk.rooms[KERNEL_1].kernel.opens("c1", {"secret": "hunter2"})
    Judge.denied = {("read", "comms")}
    answer = await ask(*path)
    assert answer.status == 403
    assert answer.content_type.startswith("application/json")
    assert "may not read comms" in answer.body["message"]
    assert answer.body["reason"]
    assert "hunter2" not in str(answer.body)


@pytest.mark.parametrize("path", PATHS, ids=NAMES)
async def test_who_is_not_logged_in_gets_nothing(
    ask: Ask, desk: Desk, path: tuple[str, ...]
) -> None:
    answer = await ask(*path, headers={"Authorization": "token wrong"})
    assert answer.status in (302, 403)
    assert Judge.asked == []


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_what_is_not_offered_is_a_405(ask: Ask, method: str) -> None:
    body: Any = None if method == "DELETE" else "{}"
    assert (await ask("api", "comms", method=method, body=body)).status == 405


async def test_an_error_that_nobody_foresaw_is_a_500_without_its_traceback(
    ask: Ask, desk: Desk
) -> None:
    desk.fault = CommBrokerError("odd")
    answer = await ask("api", "kernels", KERNEL_1, "comms")
    assert answer.status == 500
    assert (answer.body["message"], answer.body["reason"]) == ("odd", "CommBrokerError")
