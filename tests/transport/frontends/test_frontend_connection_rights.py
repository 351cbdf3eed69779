"""Each message of a page needs just its right on comms, asked of the server's authorizer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from jupyter_comm_broker.protocol.widget import CONTROL_TARGET
from jupyter_comm_broker.transport.frontends import admission
from tests.fakes.authorizer import ALL, Recording
from tests.fakes.kernel import ZmqKernel
from tests.fakes.server import EXTENSIONS, Desk, Socket

STATE = {"_model_name": "IntSliderModel", "value": 5}
UPDATE = {"method": "update", "state": {"value": 9}, "buffer_paths": []}

MESSAGES: dict[str, tuple[str, dict[str, Any], str | None]] = {
    "control: open": ("comm_open", {"comm_id": "k", "target_name": CONTROL_TARGET}, "read"),
    "control: ask": ("comm_msg", {"comm_id": "k", "data": {"method": "request_states"}}, "read"),
    "control: close": ("comm_close", {"comm_id": "k"}, "read"),
    "ask": ("comm_msg", {"comm_id": "w", "data": {"method": "request_state"}}, "read"),
    "update": ("comm_msg", {"comm_id": "w", "data": UPDATE}, "write"),
    "custom": ("comm_msg", {"comm_id": "w", "data": {"method": "custom", "content": 1}}, "write"),
    "open": ("comm_open", {"comm_id": "n", "target_name": "a target"}, "execute"),
    "close": ("comm_close", {"comm_id": "w"}, "execute"),
    "list": ("comm_info_request", {}, None),
    "execute": ("execute_request", {"code": ""}, None),
}
"""What pages send about comms, and beside it two that are not, each with the right it needs."""

REACHES_KERNEL = {"update", "custom", "open", "close", "execute"}
"""What the broker does not answer, and this kernel does not answer at once."""

WIRED = {"ServerApp": {**EXTENSIONS["ServerApp"], "authorizer_class": Recording}}


@pytest.fixture(autouse=True)
def rights(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(admission, "ANSWER_HOLDS", 0.0)
    Recording.grant(*ALL)
    yield
    Recording.grant(*ALL)


@pytest.fixture
def jp_server_config(request: pytest.FixtureRequest) -> dict[str, Any]:
    return getattr(request, "param", WIRED)


Opened = tuple[Socket, ZmqKernel]


@pytest.fixture
def opened(desk: Desk) -> Callable[[], Awaitable[Opened]]:
    """Return a function that opens a known page on a kernel with a widget."""

    async def opened() -> Opened:
        kernel_id, kernel = await desk.starts()
        page = await desk.opens(kernel_id)
        data = {"state": STATE, "buffer_paths": []}
        content = {"comm_id": "w", "target_name": "jupyter.widget", "data": data}
        kernel.publish("comm_open", content)
        await page.hears("comm_open")
        # Else a close right after the opening would only say that it does not know the target.
        await page.sends("comm_msg", {"comm_id": "w", "data": {"method": "request_state"}})
        await page.hears("comm_msg")
        Recording.asked.clear()
        return page, kernel

    return opened


async def fence(page: Socket, kernel: ZmqKernel) -> None:
    """Wait until the kernel has all that the page sent before."""
    await page.sends("is_complete_request", {"code": ""})
    request = await kernel.taken("is_complete_request")
    kernel.reply(request, {"status": "complete"})


def sent(kernel: ZmqKernel, page: Socket) -> list[str]:
    """Return the types of a page's messages that its kernel got and no test has taken."""
    ours = (each for each in kernel.requests if each.header["session"] == page.session)
    return [each.msg_type for each in ours]


@pytest.mark.parametrize("granted", [(), ("read",), ("read", "write"), tuple(sorted(ALL))])
async def test_each_message_asks_for_its_right_and_passes_with_it_alone(
    opened: Callable[[], Awaitable[Opened]], granted: tuple[str, ...]
) -> None:
    page, kernel = await opened()
    expected = []
    for name, (msg_type, content, needed) in MESSAGES.items():
        Recording.grant(*granted)
        message = await page.sends(msg_type, content)
        allowed = needed is None or needed in granted
        if not allowed:
            error = await page.hears("error", ename="NotAuthorized")
            assert error.parent.msg_id == message.header.msg_id, name
            assert f"may not {needed} comms" in error.content["evalue"], name
            idle = await page.hears("status", execution_state="idle")
            assert idle.parent.msg_id == message.header.msg_id, name
        await fence(page, kernel)
        assert Recording.asked == ([(needed, "comms")] if needed else []), name
        expected += [msg_type] * (allowed and name in REACHES_KERNEL)
        assert sent(kernel, page) == expected, name


async def test_with_read_alone_a_page_is_given_its_widgets_and_follows_them(
    opened: Callable[[], Awaitable[Opened]],
) -> None:
    page, kernel = await opened()
    Recording.grant("read")
    for name in ("control: open", "control: ask"):
        await page.sends(*MESSAGES[name][:2])
    told = await page.hears("comm_msg", comm_id="k")
    assert told.content["data"]["states"]["w"]["state"] == STATE
    await page.sends("comm_close", {"comm_id": "k", "data": {}})
    kernel.publish("comm_msg", {"comm_id": "w", "data": UPDATE})
    assert (await page.hears("comm_msg", comm_id="w")).content["data"]["state"] == {"value": 9}


async def test_the_denials_are_told_in_rest_and_in_the_log(
    opened: Callable[[], Awaitable[Opened]], desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    page, _ = await opened()
    Recording.grant("read")
    for _ in range(3):
        await page.sends("comm_msg", {"comm_id": "w", "data": UPDATE})
        await page.hears("error")
    assert (await desk.get("api", "comms", "broker"))["counters"]["refused_unauthorized"] == 3
    warned = [each for each in caplog.records if "may not write comms" in each.getMessage()]
    assert [each.levelname for each in warned] == ["WARNING", "DEBUG", "DEBUG"]


@pytest.mark.parametrize("jp_server_config", [EXTENSIONS], indirect=True)
async def test_where_the_server_allows_all_nobody_is_asked(desk: Desk) -> None:
    kernel_id, kernel = await desk.starts()
    page = await desk.opens(kernel_id)
    assert [each._admission for each in desk.connections] == [None]
    await page.sends("comm_open", {"comm_id": "n", "target_name": "t", "data": {}})
    await kernel.taken("comm_open")
