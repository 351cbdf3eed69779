"""A manager holds every live comm, serves targets, and outlives callbacks that raise."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from jupyter_comm_broker.comms.comm import Comm
from jupyter_comm_broker.comms.comm_manager import CommManager
from jupyter_comm_broker.errors import ConnectionEndedError
from tests.until import until

from .fake_port import FakePort


def imported(comm: Comm, msg: Any) -> None:
    """Named by a test that registers it by its path."""


def test_it_holds_what_lives_whoever_opened_it() -> None:
    port = FakePort({"old": "jupyter.widget"})
    manager = CommManager(port)
    port.opens("new", "t")
    own = Comm("mine", manager=manager)
    port.listener.comm_found(own.comm_id, "mine")
    assert {c.comm_id: c.target_name for c in manager.comms.values()} == {
        "old": "jupyter.widget",
        "new": "t",
        own.comm_id: "mine",
    }
    assert manager.get_comm("new") is manager.comms["new"]
    assert manager.get_comm("none") is None
    port.ends("old")
    assert "old" not in manager.comms
    manager.close()
    assert port.closed


def test_a_target_that_is_learned_later_is_shown(manager: CommManager, port: FakePort) -> None:
    port.listener.comm_found("c", "")
    comm = manager.comms["c"]
    port.listener.comm_found("c", "t")
    assert (manager.comms["c"], comm.target_name) == (comm, "t")


def test_a_target_gets_the_comm_and_its_message_and_hears_what_follows(
    manager: CommManager, port: FakePort
) -> None:
    heard: list[Any] = []

    def serve(comm: Comm, msg: dict[str, Any]) -> None:
        heard.append((comm.comm_id, msg["content"]["data"]))
        comm.on_msg(lambda msg: heard.append(msg["content"]["data"]))
        Comm("back")  # belongs to the manager whose callback runs

    other = CommManager(FakePort())
    manager.register_target("t", serve)
    assert (manager.targets, port.adopted, port.wanted) == ({"t": serve}, {"t"}, True)
    port.opens("c", "t", {"first": 1})
    port.says("c", 2)
    port.opens("d", "other", {})
    assert heard == [("c", {"first": 1}), 2]
    assert [content["target_name"] for _, content, _, _ in port.sent] == ["back"]
    other.close()


def test_a_target_is_unregistered_by_who_registered_it(
    manager: CommManager, port: FakePort
) -> None:
    manager.register_target("t", imported)
    with pytest.raises(KeyError, match="another handler"):
        manager.unregister_target("t", lambda comm, msg: None)
    assert manager.unregister_target("t", imported) is imported
    assert (manager.targets, port.adopted) == ({}, set())
    with pytest.raises(KeyError):
        manager.unregister_target("t", imported)


def test_a_handler_can_be_named(manager: CommManager) -> None:
    path = f"{__name__}.imported"
    named: Any = logging.getLogger
    manager.register_target("t", "logging.getLogger")
    assert manager.targets["t"] is named
    assert manager.unregister_target("t", "logging.getLogger") is named
    for wrong in ("nowhere", path.replace("imported", "missing_name_of_nothing"), "no.such.module"):
        with pytest.raises(ImportError):
            manager.register_target("t", wrong)
    assert manager.targets == {}


def test_a_handler_that_raises_closes_the_comm_and_is_counted(
    manager: CommManager, port: FakePort, caplog: pytest.LogCaptureFixture
) -> None:
    def serve(comm: Comm, msg: Any) -> None:
        raise ValueError("no")

    manager.register_target("t", serve)
    port.opens("c", "t")
    assert [(sent[0], sent[1]["comm_id"]) for sent in port.sent] == [("comm_close", "c")]
    assert (manager.comms, manager.callback_errors, port.failed) == ({}, 1, ["c"])
    assert "handler of target 't' raised" in caplog.text


def test_a_callback_that_raises_is_counted_and_the_next_is_called(
    manager: CommManager, port: FakePort, caplog: pytest.LogCaptureFixture
) -> None:
    def wrong(msg: Any) -> None:
        raise ValueError("no")

    comm, other = Comm("t", manager=manager), Comm("t", manager=manager)
    heard: list[Any] = []
    comm.on_msg(wrong)
    other.on_msg(heard.append)
    port.says(comm.comm_id, 1)
    port.says(other.comm_id, 1)
    assert (comm.callback_errors, other.callback_errors, manager.callback_errors) == (1, 0, 1)
    assert (port.failed, len(heard)) == ([comm.comm_id], 1)
    assert f"on_msg of comm {comm.comm_id} raised" in caplog.text


async def test_a_callback_may_be_async_and_raise_later(
    manager: CommManager, port: FakePort, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[Any] = []

    async def slow(msg: Any) -> None:
        heard.append(msg["content"]["data"])
        await asyncio.sleep(0)
        Comm("made in a task")
        raise ValueError("later")

    other = CommManager(FakePort())
    comm = Comm("t", manager=manager)
    comm.on_msg(slow)
    port.says(comm.comm_id, 1)
    port.says(comm.comm_id, 2)
    await until(lambda: comm.callback_errors == 2)
    assert (heard, manager.waiting) == ([1, 2], 0)
    assert [content.get("target_name") for _, content, _, _ in port.sent[1:]] == [
        "made in a task"
    ] * 2
    other.close()


async def test_closing_cancels_what_still_runs(manager: CommManager, port: FakePort) -> None:
    cancelled: list[bool] = []

    async def endless(msg: Any) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    comm = Comm("t", manager=manager)
    comm.on_msg(endless)
    port.says(comm.comm_id, 1)
    await asyncio.sleep(0)
    manager.close()
    manager.close()
    await until(lambda: cancelled and not manager.waiting)
    assert not manager.is_open


def test_unregistering_a_comm_lets_go_of_it_without_closing_it(
    manager: CommManager, port: FakePort
) -> None:
    port.opens("c", "t")
    comm = manager.comms["c"]
    heard: list[Any] = []
    comm.on_msg(heard.append)
    manager.unregister_comm(comm)
    port.says("c", 1)
    assert (heard, port.sent, manager.comms) == ([], [], {})
    with pytest.raises(KeyError):
        manager.unregister_comm(comm)
    # The list of the server still has it.
    port.listener.comm_found("c", "t")
    assert manager.comms == {}
    assert manager.register_comm(comm) == "c"
    assert manager.get_comm("c") is comm


def test_a_message_that_cannot_be_read_costs_only_itself(
    manager: CommManager, port: FakePort, caplog: pytest.LogCaptureFixture
) -> None:
    comm = Comm("t", manager=manager)
    heard: list[Any] = []
    comm.on_msg(heard.append)
    good = port.writes("comm_msg", {"comm_id": comm.comm_id, "data": 1})
    bad = type(good)("iopub", [*good.parts[:2], b"no JSON", good.parts[3]])
    port.listener.comm_said(bad)
    port.listener.comm_said(good)
    assert [msg["content"]["data"] for msg in heard] == [1]
    assert "reading a comm_msg" in caplog.text


def test_a_handler_that_fails_where_nothing_can_be_sent_is_only_logged(
    manager: CommManager, port: FakePort, caplog: pytest.LogCaptureFixture
) -> None:
    def serve(comm: Comm, msg: Any) -> None:
        raise ValueError("no")

    manager.register_target("t", serve)
    port.refusal = ConnectionEndedError("k", "over")
    port.opens("c", "t")
    assert manager.comms == {}
    assert "whose handler raised, failed" in caplog.text
