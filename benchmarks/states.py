"""Asks for the states of all widgets, as ipywidgets' manager does after a reload."""

from __future__ import annotations

import asyncio
import time
import uuid
from dataclasses import dataclass
from typing import Any

from benchmarks.frontend import PATIENCE, Frontend, LostMessagesError


@dataclass(frozen=True)
class Answer:
    """The states, and the seconds from the request to their first and last byte."""

    states: dict[str, Any]
    first_byte: float
    seconds: float


async def ask_states(frontend: Frontend, least: int) -> Answer:
    """Ask for the states. Raises LostMessagesError if the answer has fewer than ``least``."""
    comm_id = uuid.uuid4().hex
    answer = frontend.expect(
        lambda message: message.kind == "comm_msg" and message.content.get("comm_id") == comm_id
    )
    sent = time.perf_counter()
    frontend.send(
        "shell",
        "comm_open",
        {"comm_id": comm_id, "target_name": "jupyter.widget.control", "data": {}},
        metadata={"version": "1.0.0"},
    )
    frontend.send("shell", "comm_msg", {"comm_id": comm_id, "data": {"method": "request_states"}})
    message = await asyncio.wait_for(answer, PATIENCE)
    states = message.content["data"]["states"]
    if len(states) < least:
        raise LostMessagesError(f"{len(states)} of {least} models in the answer")
    frontend.send("shell", "comm_close", {"comm_id": comm_id, "data": {}})
    return Answer(states, message.begun - sent, message.arrived - sent)
