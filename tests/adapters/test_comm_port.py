"""Comm and CommManager in the server: beside the pages, in order, and gone with the kernel."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from jupyter_comm_broker.adapters.comm_port import CommPorts, ServerCommPort
from jupyter_comm_broker.comms.comm import Comm
from jupyter_comm_broker.errors import (
    CommClosedError,
    ConnectionEndedError,
    KernelNotFoundError,
    RefusedMessageError,
)
from tests.fakes.server import Desk
from tests.until import until

REFUSING = {"AsyncMappingKernelManager": {"allowed_message_types": ["kernel_info_request"]}}


def managers(desk: Desk) -> Any:
    return desk.app.web_app.settings["comm_managers"]


def opening(comm_id: str, target_name: str = "t") -> dict[str, Any]:
    return {"comm_id": comm_id, "target_name": target_name, "data": {"from": comm_id}}


async def test_every_comm_of_the_kernel_is_there_whoever_opened_it(desk: Desk) -> None:
    kernel_id, kernel = await desk.starts()
    page = await desk.opens(kernel_id)
    kernel.publish("comm_open", opening("before"))
    await page.hears("comm_open")
    manager = managers(desk)[kernel_id]
    assert list(manager.comms) == ["before"]
    await page.sends("comm_open", opening("theirs", "other"))
    kernel.publish("comm_open", opening("kernels"))
    await until(lambda: len(manager.comms) == 3)
    own = Comm("mine", manager=manager)
    await kernel.taken("comm_open")
    assert {each.comm_id: each.target_name for each in manager.comms.values()} == {
        "before": "t",
        "theirs": "other",
        "kernels": "t",
        own.comm_id: "mine",
    }
    await page.sends("comm_close", {"comm_id": "theirs", "data": {"bye": 1}})
    await until(lambda: "theirs" not in manager.comms)


async def test_messages_of_the_kernel_come_with_buffers_and_those_of_pages_do_not(
    desk: Desk,
) -> None:
    kernel_id, kernel = await desk.starts()
    page = await desk.opens(kernel_id)
    kernel.publish("comm_open", opening("c"))
    await page.hears("comm_open")
    heard: list[Any] = []
    comm = managers(desk)[kernel_id].comms["c"]
    comm.on_msg(lambda msg: heard.append((msg["content"]["data"], *map(bytes, msg["buffers"]))))
    await page.sends("comm_msg", {"comm_id": "c", "data": "a page's"})
    await kernel.taken("comm_msg")
    comm.send({"ours": 1}, buffers=[b"raw"])
    request = await kernel.taken("comm_msg")
    assert (request.content["data"], request.parts[4:]) == ({"ours": 1}, [b"raw"])
    kernel.publish("comm_msg", {"comm_id": "c", "data": "for us"}, request, [b"1"])
    kernel.publish("comm_msg", {"comm_id": "c", "data": "for all"})
    await until(lambda: len(heard) == 2)
    assert heard == [("for us", b"1"), ("for all",)]
    assert (await page.hears("comm_msg", data="for all")).content["comm_id"] == "c"


async def test_a_comm_that_is_closed_in_the_same_breath_is_heard_to_its_end(desk: Desk) -> None:
    kernel_id, kernel = await desk.starts()
    manager = managers(desk)[kernel_id]
    heard: list[Any] = []

    def serve(comm: Comm, msg: Any) -> None:
        heard.append(msg["content"]["data"])
        comm.on_msg(lambda msg: heard.append(msg["content"]["data"]))
        comm.on_close(lambda msg: heard.append(msg["content"]["data"]))

    manager.register_target("t", serve)
    for comm_id in ("a", "b"):
        kernel.publish("comm_open", opening(comm_id))
        kernel.publish("comm_msg", {"comm_id": comm_id, "data": f"{comm_id} lives"})
        kernel.publish("comm_close", {"comm_id": comm_id, "data": f"{comm_id} ends"})
    await until(lambda: len(heard) == 6)
    assert heard == [
        *({"from": "a"}, "a lives", "a ends"),
        *({"from": "b"}, "b lives", "b ends"),
    ]
    assert manager.comms == {}


async def test_no_page_that_does_not_know_a_target_takes_it_from_the_server(desk: Desk) -> None:
    kernel_id, kernel = await desk.starts()
    page = await desk.opens(kernel_id)
    manager = managers(desk)[kernel_id]
    manager.register_target("served", lambda comm, msg: None)
    manager.register_target("dropped", lambda comm, msg: None)
    manager.unregister_target("dropped")
    for name in ("served", "dropped"):
        kernel.publish("comm_open", opening(name, name))
        await page.hears("comm_open")
        await page.sends("comm_close", {"comm_id": name, "data": {}})
    # Only the second came to the kernel.
    assert (await kernel.taken("comm_close")).content["comm_id"] == "dropped"
    assert list(manager.comms) == ["served"]
    assert not [each for each in kernel.requests if each.msg_type == "comm_close"]


async def test_what_a_callback_sends_is_told_after_what_it_answers(desk: Desk) -> None:
    kernel_id, kernel = await desk.starts()
    manager = managers(desk)[kernel_id]
    order: list[tuple[str, str]] = []

    def watch(driver: Any, changes: Any) -> None:
        order.extend((type(each).__name__, each.record.comm_id) for each in changes)

    desk.broker.kernel_drivers.watchers.append(watch)
    manager.register_target("t", lambda comm, msg: Comm("back", comm_id="ours", manager=manager))
    kernel.publish("comm_open", opening("a"))
    await kernel.taken("comm_open")
    desk.broker.kernel_drivers.watchers.remove(watch)
    assert order == [
        *(("CommOpened", "a"), ("MessagePassed", "a")),
        *(("CommOpened", "ours"), ("MessagePassed", "ours")),
    ]


async def test_callbacks_that_raise_are_counted_where_rest_shows_them(desk: Desk) -> None:
    kernel_id, kernel = await desk.starts()
    kernel.publish("comm_open", opening("c"))
    manager = managers(desk)[kernel_id]
    await until(lambda: manager.comms)

    def wrong(msg: Any) -> None:
        raise ValueError("no")

    manager.comms["c"].on_msg(wrong)
    kernel.publish("comm_msg", {"comm_id": "c", "data": 1})
    await until(lambda: manager.callback_errors)
    check = await desk.get("api", "comms", "broker")
    assert check["counters"]["callback_errors"] == 1
    shown = await desk.get("api", "kernels", kernel_id, "comms", "c")
    assert shown["callback_errors"] == 1
    kernel.publish("comm_close", {"comm_id": "c", "data": {}})
    await until(lambda: not manager.comms)


async def test_messages_are_asked_for_only_while_somebody_wants_them(desk: Desk) -> None:
    kernel_id, _ = await desk.starts()
    changes = desk.broker.kernel(kernel_id)._parts.comms.changes
    manager = managers(desk)[kernel_id]
    before = changes._wanted
    comm = Comm("t", manager=manager)
    assert changes._wanted == before
    comm.on_msg(lambda msg: None)
    manager.register_target("t", lambda comm, msg: None)
    assert changes._wanted == before + 1
    manager.close()
    manager.close()
    assert changes._wanted == before
    with pytest.raises(ConnectionEndedError):
        comm.send({})


async def test_a_send_says_at_once_what_is_wrong_and_from_another_thread_in_the_log(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    kernel_id, kernel = await desk.starts()
    port = ServerCommPort(desk.broker.kernel_drivers.driver(kernel_id), desk.extension.log)
    kernel.publish("comm_open", opening("c"))
    kernel.publish("comm_close", {"comm_id": "c", "data": {}})
    registry = desk.broker.kernel(kernel_id)._parts.comms.registry
    await until(lambda: registry.closing("c"))
    gone = ("comm_msg", {"comm_id": "c", "data": 1}, None, ())
    with pytest.raises(CommClosedError, match="closed by the kernel"):
        port.send(*gone)
    await asyncio.to_thread(port.send, *gone)
    await until(lambda: "a comm_msg on comm c was not sent" in caplog.text)
    await asyncio.to_thread(port.send, "comm_open", opening("d"), None, ())
    assert (await kernel.taken("comm_open")).content["comm_id"] == "d"
    port.close()


@pytest.mark.parametrize("jp_server_config", [REFUSING], indirect=True)
async def test_a_comm_that_may_not_be_opened_is_not_there(desk: Desk) -> None:
    kernel_id, _ = await desk.starts()
    manager = managers(desk)[kernel_id]
    with pytest.raises(RefusedMessageError, match="allowed_message_types"):
        Comm("t", manager=manager)
    assert manager.comms == {}


async def test_a_restart_closes_the_comms_and_the_manager_goes_on(desk: Desk) -> None:
    kernel_id, kernel = await desk.starts()
    manager = managers(desk)[kernel_id]
    reasons: list[str] = []
    comm = Comm("t", manager=manager)
    comm.on_close(lambda msg: reasons.append(msg["metadata"]["reason"]))
    await kernel.taken("comm_open")
    driver = desk.broker.kernel_drivers.driver(kernel_id)
    driver.kernel_restarted()
    await until(lambda: reasons)
    assert (reasons, manager.comms, manager.is_open) == (["the kernel was restarted"], {}, True)
    assert managers(desk)[kernel_id] is manager


async def test_a_kernel_that_is_gone_takes_its_manager_along(desk: Desk) -> None:
    kernel_id, kernel = await desk.starts()
    manager = managers(desk)[kernel_id]
    ended: list[Any] = []
    comm = Comm("t", manager=manager)
    comm.on_close(ended.append)
    await kernel.taken("comm_open")
    await desk.app.kernel_manager.shutdown_kernel(kernel_id, now=True)
    desk.broker.kernel_drivers.look()
    await until(lambda: ended and not manager.is_open)
    assert list(managers(desk)) == []
    with pytest.raises(KeyError):
        managers(desk)[kernel_id]


async def test_a_port_is_told_of_its_kernel_alone(desk: Desk) -> None:
    kernel_drivers = desk.broker.kernel_drivers
    before = list(kernel_drivers.watchers)
    ports = CommPorts(kernel_drivers, desk.extension.log)
    with pytest.raises(KernelNotFoundError):
        ports.open("none")
    one_id, one = await desk.starts()
    other_id, other = await desk.starts()
    ports.open(one_id)
    ports.watch(kernel_drivers.driver(other_id), [])
    one.publish("comm_open", opening("c"))
    other.publish("comm_open", opening("c"))
    assert kernel_drivers.watchers == [*before, ports.watch]
