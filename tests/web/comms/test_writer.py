"""What every handler that changes something refuses: dead kernels, and what is too large."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ..conftest import KERNEL_1, Ask, Desk

COMMS = ("api", "kernels", KERNEL_1, "comms")
SETTING = 'ServerApp.tornado_settings["websocket_max_message_size"]'


@pytest.mark.parametrize("state", ["dead", "restarting"])
async def test_a_kernel_that_is_not_there_is_a_503(ask: Ask, desk: Desk, state: str) -> None:
    room = desk.rooms[KERNEL_1]
    room.kernel.opens("c1", target="plot")
    room.broker.kernel_restarting(room.now, state)
    room.settle()
    sends: list[tuple[tuple[str, ...], str, Any]] = [
        ((*COMMS, "c1", "messages"), "POST", {"data": {}}),
        (COMMS, "POST", {"target_name": "plot"}),
        ((*COMMS, "c1"), "DELETE", None),
        ((*COMMS,), "DELETE", None),
    ]
    for path, method, body in sends:
        query = {"all": "true"} if path == COMMS and method == "DELETE" else {}
        text = None if body is None else json.dumps(body)
        answer = await ask(*path, method=method, body=text, params=query)
        assert answer.status == 503
        assert state in answer.body["message"]
    assert desk.programs[KERNEL_1].sent == []


@pytest.mark.parametrize("size", [1000, 10_000])
async def test_too_large_a_message_names_limit_and_setting(
    ask: Ask, desk: Desk, jp_serverapp: Any, size: int
) -> None:
    jp_serverapp.web_app.settings["websocket_max_message_size"] = 1000
    desk.rooms[KERNEL_1].kernel.opens("c1", target="plot")
    body = json.dumps({"data": {"x": "y" * size}})
    answer = await ask(*COMMS, "c1", "messages", method="POST", body=body)
    assert answer.status == 413
    assert (answer.body["limit"], answer.body["setting"]) == (1000, SETTING)
    assert SETTING in answer.body["message"]
    assert desk.programs[KERNEL_1].sent == []
    small = json.dumps({"data": {"x": "y" * 900}})
    assert (await ask(*COMMS, "c1", "messages", method="POST", body=small)).status == 202


async def test_nothing_is_collected_once_an_answer_is_given(ask: Ask, desk: Desk) -> None:
    desk.rooms[KERNEL_1].kernel.opens("c1", target="plot")
    program = desk.programs[KERNEL_1]
    body = json.dumps({"data": {}})
    query = {"wait": "reply"}
    await ask(*COMMS, "c1", "messages", method="POST", body=body, params=query)
    assert len(program.left) == 1
