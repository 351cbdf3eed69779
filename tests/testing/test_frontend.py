"""A frontend on a server of this process: what it sends arrives, and it is as slow as wanted."""

from __future__ import annotations

import asyncio

import pytest

from jupyter_comm_broker.errors import ServerRefusedError
from jupyter_comm_broker.testing.address import Address
from jupyter_comm_broker.testing.failures import GoneError
from jupyter_comm_broker.testing.frontend import Frontend
from jupyter_comm_broker.testing.message import DEFAULT, V1
from tests.fakes.kernel import ZmqKernel
from tests.fakes.server import Desk
from tests.until import until

NEVER = 0.05
"""Seconds after which it is plain that something does not come."""


@pytest.fixture
def address(desk: Desk) -> Address:
    return Address.of(desk.app)


def says(kernel: ZmqKernel, number: int) -> None:
    kernel.publish("stream", {"name": "stdout", "text": str(number)})


def heard(frontend: Frontend) -> list[str]:
    return [m.content["text"] for m in frontend.received if m.type == "stream"]


@pytest.mark.parametrize("subprotocol", [V1, DEFAULT])
async def test_a_request_arrives_and_its_answer_comes_back(
    desk: Desk, address: Address, subprotocol: str
) -> None:
    kernel_id, kernel = await desk.starts()
    async with Frontend(address, kernel_id, subprotocol=subprotocol) as frontend:
        asked = await frontend.send("execute_request", {"code": ""}, buffers=[b"1"], username="me")
        request = await kernel.taken("execute_request")
        assert (request.header["msg_id"], request.header["username"]) == (asked, "me")
        kernel.status("busy", request)
        kernel.reply(request, {"status": "ok"})
        kernel.status("idle", request)
        assert (await frontend.ended(asked)).content["status"] == "ok"
        assert frontend.of(asked)[0].type == "status"


async def test_a_comm_that_is_opened_is_waited_for(desk: Desk, address: Address) -> None:
    kernel_id, kernel = await desk.starts()
    async with Frontend(address, kernel_id) as frontend:
        for number, target in enumerate(("other", "mine")):
            content = {"comm_id": f"c{number}", "target_name": target, "data": {}}
            kernel.publish("comm_open", content)
        assert (await frontend.opened("mine")).comm_id == "c1"


async def test_what_does_not_come_is_an_error_that_says_what_came(
    desk: Desk, address: Address
) -> None:
    kernel_id, kernel = await desk.starts()
    async with Frontend(address, kernel_id) as frontend:
        says(kernel, 1)
        await frontend.shows(lambda: heard(frontend) == ["1"])
        await frontend.shows(lambda: heard(frontend) == ["1"])
        with pytest.raises(TimeoutError, match="stream"):
            await frontend.until(lambda m: m.type == "never", NEVER)
        with pytest.raises(TimeoutError, match="not closed"):
            await frontend.disconnected(NEVER)


async def test_one_that_drops_and_comes_back_is_the_same_and_has_missed_nothing(
    desk: Desk, address: Address
) -> None:
    kernel_id, kernel = await desk.starts()
    async with Frontend(address, kernel_id) as frontend:
        says(kernel, 1)
        await frontend.shows(lambda: heard(frontend) == ["1"])
        await frontend.drop()
        await frontend.drop()
        with pytest.raises(GoneError):
            await frontend.send("execute_request", {"code": ""})
        with pytest.raises(GoneError):
            await frontend.until(lambda m: m.type == "never")
        says(kernel, 2)
        await frontend.open()
        # What it was not known to have heard comes once more, in front of the rest.
        await frontend.shows(lambda: heard(frontend)[-1] == "2")
        assert heard(frontend) in (["1", "2"], ["1", "1", "2"])
    await frontend.close()


async def test_one_that_is_paused_hears_nothing_until_it_resumes(
    desk: Desk, address: Address
) -> None:
    kernel_id, kernel = await desk.starts()
    async with Frontend(address, kernel_id) as frontend:
        frontend.pause()
        says(kernel, 1)
        await asyncio.sleep(NEVER)
        assert frontend.received == []
        frontend.resume()
        await frontend.shows(lambda: heard(frontend) == ["1"])
        frontend.pause()
    # It left with a goodbye, for which it has to read.
    assert frontend.closed_with is None


async def test_one_that_is_slow_by_nature_catches_up_when_it_resumes(
    desk: Desk, address: Address
) -> None:
    kernel_id, kernel = await desk.starts()
    async with (
        Frontend(address, kernel_id) as other,
        Frontend(address, kernel_id, pace=0) as slow,
    ):
        for number in range(100):
            says(kernel, number)
        await other.shows(lambda: len(heard(other)) == 100)
        assert slow.received == []
        slow.resume()
        await slow.shows(lambda: heard(slow) == heard(other))
    async with Frontend(address, kernel_id, pace=0):
        # It leaves without a word, and waits for nobody.
        pass
    await until(lambda: not desk.connections)


async def test_the_servers_code_and_reason_are_kept(desk: Desk, address: Address) -> None:
    kernel_id, _ = await desk.starts()
    async with Frontend(address, kernel_id) as frontend:
        (connection,) = await until(lambda: desk.connections)
        connection.websocket_handler.close(1013, "too slow")
        assert await frontend.disconnected() == 1013
        assert frontend.closed_because == "too slow"
        with pytest.raises(GoneError, match="1013: too slow"):
            await frontend.until(lambda m: m.type == "never")


async def test_a_refusal_says_why(desk: Desk, address: Address) -> None:
    unknown = "00000000-0000-0000-0000-000000000000"
    with pytest.raises(ServerRefusedError) as refused:
        await Frontend(address, unknown).open()
    assert refused.value.status == 404
    kernel_id, _ = await desk.starts()
    with pytest.raises(ServerRefusedError) as refused:
        await Frontend(address, kernel_id, token="wrong").open()
    assert refused.value.status == 403
