"""Lives reach Jupyter's event logger valid, in order, a few at a time, if anybody listens."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from jupyter_events import EventLogger

from jupyter_comm_broker.adapters import event_log as module
from jupyter_comm_broker.adapters.event_log import SCHEMA_ID, EventLog
from jupyter_comm_broker.core.state.changes import (
    CommClosed,
    CommOpened,
    FrontendAttached,
    FrontendDetached,
    KernelChange,
    ProcessEnded,
    StateChanged,
)
from jupyter_comm_broker.core.state.comm_record import CommRecord, Side
from jupyter_comm_broker.protocol.alias import alias
from jupyter_comm_broker.protocol.widget import ModelName
from tests.fakes.server import Desk
from tests.until import until


class Driver:
    """As much of a driver as is looked at."""

    kernel_id = "k"


DRIVER: Any = Driver()


class Listener:
    """Somebody who listens."""

    def __init__(self) -> None:
        self.events = EventLogger()
        self.log = EventLog(self.events, logging.getLogger("broker"))
        self.heard: list[dict[str, Any]] = []

    def listens(self) -> None:
        self.events.add_listener(schema_id=SCHEMA_ID, listener=self._hear)

    async def _hear(self, logger: EventLogger, schema_id: str, data: dict[str, Any]) -> None:
        self.heard.append(data)

    def happens(self, *changes: KernelChange) -> None:
        self.log.watch(DRIVER, changes)


def comm(number: int = 1) -> CommRecord:
    record = CommRecord(f"c{number}", "jupyter.widget", Side.KERNEL, 0.0)
    record.model = ModelName("N")
    return record


async def test_every_life_is_told_and_no_state() -> None:
    listener = Listener()
    listener.listens()
    record = comm()
    listener.happens(
        FrontendAttached("a"),
        CommOpened(record),
        StateChanged(record, frozenset({"value"})),
        CommClosed(record, Side.FRONTEND, "why"),
        FrontendDetached("a"),
        ProcessEnded("so", "gone"),
        ProcessEnded("so", "stopped"),
    )
    await until(lambda: len(listener.heard) == 6)
    about = {"comm_id": "c1", "target_name": "jupyter.widget", "model_name": "N", "kernel_id": "k"}
    assert listener.heard == [
        {"action": "attached", "session_id": alias("a"), "kernel_id": "k"},
        {"action": "opened", "by": "kernel", **about},
        {"action": "closed", "by": "frontend", "reason": "why", **about},
        {"action": "detached", "session_id": alias("a"), "kernel_id": "k"},
        {"action": "kernel_gone", "reason": "so", "kernel_id": "k"},
        {"action": "kernel_stopped", "reason": "so", "kernel_id": "k"},
    ]


async def test_many_are_emitted_in_order_and_others_have_their_turns_between() -> None:
    listener = Listener()
    listener.listens()
    listener.happens(*(CommOpened(comm(number)) for number in range(1000)))
    turns = 0
    while len(listener.heard) < 1000:
        await asyncio.sleep(0)
        turns += 1
    assert [each["comm_id"] for each in listener.heard] == [f"c{number}" for number in range(1000)]
    # In one go there would be one for the emitting and one for the listeners.
    assert turns > 5


@pytest.mark.parametrize("most", [2, 100_000])
async def test_where_nobody_listens_nothing_waits_and_nothing_is_missed(
    most: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", most)
    listener = Listener()
    listener.happens(*(CommOpened(comm(number)) for number in range(1000)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert len(listener.log._waiting) == 0
    assert listener.log._next is None
    assert "not emitted" not in caplog.text


async def test_what_waits_is_bounded_and_the_log_says_what_was_dropped(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 2)
    listener = Listener()
    listener.listens()
    listener.happens(*(CommOpened(comm(number)) for number in range(5)))
    await until(lambda: "3 events were not emitted" in caplog.text)
    assert [each["comm_id"] for each in listener.heard] == ["c0", "c1"]


async def test_a_listener_that_changes_events_wrongly_costs_only_its_own(
    caplog: pytest.LogCaptureFixture,
) -> None:
    listener = Listener()
    listener.listens()

    def breaks(schema_id: str, data: dict[str, Any]) -> dict[str, Any]:
        return {} if data["action"] == "attached" else data

    listener.events.add_modifier(schema_id=SCHEMA_ID, modifier=breaks)
    listener.happens(FrontendAttached("a"), FrontendDetached("a"))
    await until(lambda: listener.heard)
    assert [each["action"] for each in listener.heard] == ["detached"]
    assert "could not be emitted" in caplog.text


async def test_the_end_emits_what_waits_once() -> None:
    listener = Listener()
    listener.listens()
    listener.happens(FrontendAttached("a"))
    listener.log.close()
    listener.log.close()
    await until(lambda: listener.heard)
    await asyncio.sleep(0.02)
    assert len(listener.heard) == 1


async def test_a_second_log_on_the_same_logger_finds_the_schema_there() -> None:
    listener = Listener()
    EventLog(listener.events, logging.getLogger("broker"))
    assert SCHEMA_ID in listener.events.schemas


async def test_the_server_emits_what_happens_on_its_kernels(desk: Desk) -> None:
    heard: list[str] = []

    async def hear(logger: EventLogger, schema_id: str, data: dict[str, Any]) -> None:
        heard.append(data["action"])

    desk.app.event_logger.add_listener(schema_id=SCHEMA_ID, listener=hear)
    kernel_id, _ = await desk.starts()
    await desk.opens(kernel_id)
    await until(lambda: "attached" in heard)
