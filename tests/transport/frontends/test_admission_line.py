"""Messages behind one that the authorizer is asked about wait, even after the page is gone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from jupyter_comm_broker.protocol.synthesis import Author
from jupyter_comm_broker.transport.frontends import admission, admission_line
from tests.fakes.authorizer import ALL, Recording, Slow
from tests.fakes.kernel import ZmqKernel
from tests.fakes.server import EXTENSIONS, Desk, Socket
from tests.until import until

OPENING = {"comm_id": "n", "target_name": "t", "data": {}}


@pytest.fixture(autouse=True)
def rights(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(admission, "ANSWER_HOLDS", 0.0)
    Slow.gate = asyncio.Event()
    Recording.grant(*ALL)
    yield
    Recording.grant(*ALL)


@pytest.fixture
def jp_server_config() -> dict[str, Any]:
    return {"ServerApp": {**EXTENSIONS["ServerApp"], "authorizer_class": Slow}}


async def fence(page: Socket, kernel: ZmqKernel) -> None:
    """Wait until the kernel has all that the page sent before."""
    await page.sends("is_complete_request", {"code": ""})
    request = await kernel.taken("is_complete_request")
    kernel.reply(request, {"status": "complete"})


def sent(kernel: ZmqKernel, session: str = "a") -> list[str]:
    """Return the types of what the kernel has of a page and nobody has taken."""
    return [each.msg_type for each in kernel.requests if each.header["session"] == session]


async def test_what_comes_behind_a_message_that_is_asked_about_waits_for_it(desk: Desk) -> None:
    kernel_id, kernel = await desk.starts()
    page, other = await desk.opens(kernel_id), await desk.opens(kernel_id, "b")
    await page.sends("comm_open", OPENING)
    await page.sends("comm_msg", {"comm_id": "n", "data": {}})
    await page.sends("execute_request", {"code": ""})
    await fence(other, kernel)
    assert sent(kernel) == []
    Slow.gate.set()
    await fence(page, kernel)
    assert sent(kernel) == ["comm_open", "comm_msg", "execute_request"]


@pytest.mark.parametrize("granted", [True, False])
async def test_a_page_that_leaves_while_somebody_is_asked_has_said_what_it_said(
    desk: Desk, granted: bool
) -> None:
    Recording.grant(*ALL if granted else ())
    kernel_id, kernel = await desk.starts()
    page = await desk.opens(kernel_id)
    (connection,) = desk.connections
    await page.sends("comm_open", OPENING)
    await page.sends("comm_msg", {"comm_id": "n", "data": {}})
    last = await page.sends("execute_request", {"code": ""})
    counted = desk.broker.kernel_drivers.driver(kernel_id).broker._parts.ledger.counters
    await until(lambda: connection._line is not None and len(connection._line._waiting) == 2)
    connection.close("the tab is closed")
    assert desk.connections == []
    Slow.gate.set()
    asked = await kernel.taken("execute_request")
    assert asked.header["msg_id"] == last.header.msg_id
    comms = [each for each in sent(kernel) if each.startswith("comm_")]
    assert comms == (["comm_open", "comm_msg"] if granted else [])
    assert "unanswered_at_leaving" not in counted


async def test_who_is_never_answered_about_is_given_up_with_a_word(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(admission_line, "LAST_SECONDS", 0.0)
    kernel_id, _ = await desk.starts()
    page = await desk.opens(kernel_id)
    (connection,) = desk.connections
    await page.sends("comm_open", OPENING)
    await page.sends("execute_request", {"code": ""})
    await until(lambda: connection._line is not None and connection._line._waiting)
    connection.close("the tab is closed")
    counted = desk.broker.kernel_drivers.driver(kernel_id).broker._parts.ledger.counters
    await until(lambda: counted["unanswered_at_leaving"] == 2)
    assert "2 of its messages were not sent" in caplog.text


async def test_what_comes_in_the_moment_when_the_line_ends_is_neither_lost_nor_overtaken(
    desk: Desk,
) -> None:
    kernel_id, kernel = await desk.starts()
    page, other = await desk.opens(kernel_id), await desk.opens(kernel_id, "b")
    (connection,) = [each for each in desk.connections if each.session_id == "a"]
    await page.sends("comm_open", OPENING)
    await until(lambda: connection._line is not None and connection._line._asking)
    line = connection._line
    assert line is not None
    ended = line._ended

    def comes_late(asking: asyncio.Task[None]) -> None:
        # asyncio calls it a turn after the task ended. In that turn the page sends something.
        line.take(Author("a").write("shell", "history_request", {}, now=0.0))
        ended(asking)
        line.take(Author("a").write("shell", "execute_request", {"code": ""}, now=0.0))

    asking = line._asking
    assert asking is not None
    asking.remove_done_callback(ended)
    asking.add_done_callback(comes_late)
    Slow.gate.set()
    await until(asking.done)
    await fence(other, kernel)
    assert sent(kernel) == ["comm_open", "history_request", "execute_request"]
    assert line._asking is None


async def test_no_more_is_read_from_a_page_than_the_line_may_hold(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission_line, "MOST_BYTES", 1)
    kernel_id, kernel = await desk.starts()
    page, other = await desk.opens(kernel_id), await desk.opens(kernel_id, "b")
    (connection,) = [each for each in desk.connections if each.session_id == "a"]
    await page.sends("comm_open", OPENING)
    for _ in range(5):
        await page.sends("execute_request", {"code": ""})
    await until(lambda: connection._line is not None and connection._line._waiting)
    await fence(other, kernel)
    assert connection._line is not None
    assert len(connection._line._waiting) == 1
    Slow.gate.set()
    await fence(page, kernel)
    assert sent(kernel) == ["comm_open", *["execute_request"] * 5]


async def test_a_page_that_comes_back_does_not_overtake_what_it_said_before(desk: Desk) -> None:
    kernel_id, kernel = await desk.starts()
    page = await desk.opens(kernel_id)
    (connection,) = desk.connections
    await page.sends("comm_open", OPENING)
    await until(lambda: connection._line is not None and connection._line._asking)
    connection.close("the network is gone")
    again, other = await desk.opens(kernel_id), await desk.opens(kernel_id, "b")
    (connection,) = [each for each in desk.connections if each.session_id == "a"]
    await again.sends("execute_request", {"code": ""})
    await until(lambda: connection._line is not None and connection._line._waiting)
    await fence(other, kernel)
    assert sent(kernel) == []
    Slow.gate.set()
    await fence(again, kernel)
    assert sent(kernel) == ["comm_open", "execute_request"]


async def test_a_fault_with_one_message_costs_none_behind_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    kernel_id, kernel = await desk.starts()
    page = await desk.opens(kernel_id)
    driver = desk.broker.kernel_drivers.driver(kernel_id)
    right = driver.frontend_sent

    def faulty(session_id: str, message: Any) -> None:
        if message.header.msg_type == "comm_open":
            raise ZeroDivisionError
        right(session_id, message)

    monkeypatch.setattr(driver, "frontend_sent", faulty)
    await page.sends("comm_open", OPENING)
    await page.sends("execute_request", {"code": ""})
    Slow.gate.set()
    await kernel.taken("execute_request")
    assert "could not be handed on" in caplog.text
