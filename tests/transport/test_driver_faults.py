"""Whatever fails in the core, messages pass both ways, and the log says what it was."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, NoReturn

import pytest

from jupyter_comm_broker.core.broker import KernelBroker
from jupyter_comm_broker.protocol.alias import alias
from jupyter_comm_broker.transport.driver import KernelDriver
from tests.fakes.kernel import Request, ZmqKernel
from tests.fakes.page import Page
from tests.transport.linked import linked
from tests.until import until

PARTS: dict[str, Callable[[KernelBroker], Any]] = {
    "registry": lambda broker: broker._parts.comms.registry,
    "mirror": lambda broker: broker._parts.comms.mirror,
    "requests": lambda broker: broker._parts.work.requests,
    "execution": lambda broker: broker._parts.work.execution,
    "targets": lambda broker: broker._parts.comms.targets,
    "output capture": lambda broker: broker._parts.capture,
    "restore": lambda broker: broker._parts.restore,
    "catch-ups": lambda broker: broker._parts.catch_ups,
    "verification": lambda broker: broker._parts.verification,
    "missing idles": lambda broker: broker._parts.missing_idles,
}


def no(*args: Any, **kwargs: Any) -> NoReturn:
    raise ZeroDivisionError("a fault of ours")


def breaks(part: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every method of a part raise, public or not, but those that make it what it is."""
    kind = type(part)
    monkeypatch.setattr(
        part,
        "__class__",
        type(
            kind.__name__,
            (kind,),
            {
                "__slots__": (),
                **{
                    name: no
                    for name, value in vars(kind).items()
                    if callable(value) and not (name.startswith("__") and name != "__contains__")
                },
            },
        ),
    )


async def speaks(kernel: ZmqKernel, driver: KernelDriver, page: Page) -> None:
    """Let the kernel say one of everything, and the page hear it, in that order."""
    page.heard.clear()
    page.sends(driver, "execute_request", {"code": "work()"})
    request: Request = await kernel.taken("execute_request")
    kernel.status("busy", request)
    state = {"_model_name": "OutputModel", "msg_id": request.header["msg_id"], "outputs": []}
    data = {"state": state, "buffer_paths": []}
    kernel.publish(
        "comm_open", {"comm_id": "w", "target_name": "jupyter.widget", "data": data}, request
    )
    update = {"method": "update", "state": {"value": 1}, "buffer_paths": []}
    kernel.publish("comm_msg", {"comm_id": "w", "data": update}, request)
    kernel.publish("stream", {"name": "stdout", "text": "hello"}, request)
    kernel.publish("error", {"ename": "E", "evalue": "no", "traceback": []}, request)
    kernel.publish("comm_close", {"comm_id": "w", "data": {}}, request)
    kernel.status("idle", request)
    expected = ["status", "comm_open", "comm_msg", "stream", "error", "comm_close", "status"]

    def published() -> list[str]:
        return [
            each.header.msg_type
            for each in page.heard
            if each.channel == "iopub" and each.parent.msg_id == request.header["msg_id"]
        ]

    await until(lambda: len(published()) >= len(expected))
    assert published() == expected
    kernel.reply(request, {"status": "ok"})
    await page.hears("execute_reply", status="ok")


async def is_heard(kernel: ZmqKernel, driver: KernelDriver, page: Page) -> None:
    """Let the page say one of everything, and the kernel hear it as it was, in that order."""
    update = {"method": "update", "state": {"value": 2}, "buffer_paths": []}
    sent = [
        page.sends(driver, "comm_open", {"comm_id": "p", "target_name": "a target", "data": {}}),
        page.sends(driver, "comm_msg", {"comm_id": "p", "data": update}),
        page.sends(driver, "comm_close", {"comm_id": "p", "data": {}}),
        page.sends(driver, "complete_request", {"code": "wor"}),
    ]
    got = [await kernel.taken(message.header.msg_type, page.session) for message in sent]
    assert [each.parts for each in got] == [list(message.parts) for message in sent]


@pytest.mark.parametrize("part", PARTS)
async def test_messages_pass_both_ways_whatever_part_of_the_core_is_broken(
    kernel: ZmqKernel, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, part: str
) -> None:
    async with linked(kernel) as driver:
        page = Page("a")
        driver.attach("a", page)
        stray: list[Any] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, report: stray.append(report))
        with monkeypatch.context() as patch:
            breaks(PARTS[part](driver.broker), patch)
            await speaks(kernel, driver, page)
            await is_heard(kernel, driver, page)
        assert stray == []
        assert driver.broker._parts.ledger.counters["faults"] > 0
        faults = [each for each in caplog.records if each.levelno == logging.ERROR]
        assert faults
        assert all(each.exc_info and each.exc_info[0] is ZeroDivisionError for each in faults)
        await speaks(kernel, driver, page)


async def test_a_page_that_asks_for_states_is_not_left_waiting_when_restoring_is_broken(
    kernel: ZmqKernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with linked(kernel) as driver:
        page = Page("a")
        driver.attach("a", page)
        with monkeypatch.context() as patch:
            patch.setattr(driver.broker._parts.restore, "control", no)
            opened = {"comm_id": "c", "target_name": "jupyter.widget.control", "data": {}}
            page.sends(driver, "comm_open", opened)
            page.sends(driver, "comm_msg", {"comm_id": "c", "data": {"method": "request_states"}})
            # The kernel answers it, as on stock.
            assert (await kernel.taken("comm_open")).content["comm_id"] == "c"
            assert (await kernel.taken("comm_msg")).content["data"] == {"method": "request_states"}


async def test_a_page_that_cannot_be_written_to_costs_nobody_else_a_message(
    kernel: ZmqKernel, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with linked(kernel) as driver:
        pages = {name: Page(name) for name in "abcdef"}
        for name, page in pages.items():
            driver.attach(name, page)
        for way in ("flush", "offer"):
            monkeypatch.setattr(pages["b"], way, no)
        kernel.publish("stream", {"text": "hello"})
        for name in "acdef":
            await pages[name].hears("stream", text="hello")
        assert f"cannot write to session {alias('b')}" in caplog.text
        pages["b"].sends(driver, "execute_request", {})
        await kernel.taken("execute_request")


async def test_a_fault_in_telling_a_page_leaves_it_its_socket(
    kernel: ZmqKernel, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with linked(kernel) as driver:
        monkeypatch.setattr(driver.broker, "frontend_attached", named("frontend_attached"))
        monkeypatch.setattr(driver.broker, "frontend_detached", named("frontend_detached"))
        page = Page("a page")
        driver.attach("a page", page)
        driver.detach("a page", page)
    said = [record.getMessage() for record in caplog.records]
    assert any("the core failed at frontend_attached" in line for line in said)
    assert any("the core failed at frontend_detached" in line for line in said)


def named(name: str) -> Callable[..., None]:
    def fails(*_facts: object) -> None:
        raise ZeroDivisionError("a fault of ours")

    fails.__name__ = name
    return fails
