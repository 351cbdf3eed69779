"""The link to a kernel behind a gateway: what is believed, and what is only an obstacle."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.message import Message, Part
from jupyter_comm_broker.protocol.synthesis import Author
from jupyter_comm_broker.transport.gateway import gateway_link
from jupyter_comm_broker.transport.gateway.far_end import FarEnd
from jupyter_comm_broker.transport.gateway.gateway_link import GatewayKernelLink
from jupyter_comm_broker.transport.kernel.kernel_link import Ended
from tests.until import until

from ..deaf import Deaf
from .far import FOUND, NOT_FOUND, Far, answer

HTML = b"<html>no such page</html>"


class Listener(Deaf):
    """Notes what a link tells."""

    def __init__(self) -> None:
        self.heard: list[Message] = []
        self.not_read: list[str] = []
        self.changes: list[bool] = []
        self.ends: list[str] = []
        self.limits: list[bytes] = []
        self.link = GatewayKernelLink("k", FarEnd(), self, "link")

    def received(self, messages: list[Message]) -> None:
        self.heard += messages

    def unreadable(self, channel: str, error: MalformedMessageError) -> None:
        self.not_read.append(f"{channel}: {error}")

    def changed(self) -> None:
        self.changes.append(self.link.is_open)

    def process_ended(self, state: Ended) -> None:
        self.ends.append(state)

    def limited(self, parent: Part) -> None:
        self.limits.append(bytes(parent))

    async def opens(self) -> None:
        self.link.open()
        await until(lambda: self.link.is_open)

    async def fails(self) -> str:
        self.link.open()
        await until(lambda: self.changes == [False], 30)
        assert not self.link.is_opening
        return self.link.why


@pytest.fixture
def listener(far: Far, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.link.close()
    jp_asyncio_loop.run_until_complete(asyncio.sleep(0.05))


async def test_it_opens_later_and_says_so(far: Far, listener: Listener) -> None:
    listener.link.open()
    assert not listener.link.is_open
    await until(lambda: listener.changes == [True])
    assert "/api/kernels/k/channels?session_id=" in far.asked[0]
    assert far.asked[0].endswith("token secret")


@pytest.mark.parametrize(
    ("channels", "by_id", "why"),
    [
        (answer(401), answer(401), "GatewayClient.auth_token"),
        (answer(403), answer(403), "it refuses this server"),
        (answer(404, HTML), answer(404, HTML), "GatewayClient.url"),
        (answer(500), answer(500), "answered 500"),
        (answer(503), answer(503), "answered 503"),
        (answer(302, b"", "Location: http://127.0.0.1:9/"), answer(302, b""), "no gateway's"),
        (b"garbage\r\n\r\n", b"garbage\r\n\r\n", "no answer"),
        (b"", b"", "no answer"),
        # The socket is refused, but the kernel is there.
        (answer(404), answer(200, FOUND), "answered 404"),
        (answer(200), answer(200, FOUND), "Non-websocket"),
    ],
    ids=["401", "403", "html", "500", "503", "redirect", "garbage", "nothing", "alive", "200"],
)
async def test_what_is_no_word_about_the_kernel_is_an_obstacle_with_a_reason(
    far: Far,
    listener: Listener,
    monkeypatch: pytest.MonkeyPatch,
    channels: bytes,
    by_id: bytes,
    why: str,
) -> None:
    # tornado 6.5, which Python 3.10 has, sees garbage as silence.
    monkeypatch.setattr("jupyter_comm_broker.transport.gateway.far_end.PATIENCE", 2.0)
    far.channels, far.by_id = channels, by_id
    assert why in await listener.fails()
    assert not listener.link.is_gone


async def test_a_kernel_is_gone_only_if_the_gateway_says_so_itself(
    far: Far, listener: Listener
) -> None:
    far.channels = far.by_id = answer(404, NOT_FOUND)
    assert await listener.fails() == "the gateway has no such kernel"
    assert listener.link.is_gone


async def test_silence_ends_after_a_while(
    far: Far, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway_link, "ASK_AFTER", (0.01,))
    monkeypatch.setattr("jupyter_comm_broker.transport.gateway.far_end.PATIENCE", 0.3)
    far.channels, far.by_id = b"", None
    assert "no answer" in await listener.fails()


async def test_it_can_be_closed_in_the_middle_of_a_handshake(far: Far, listener: Listener) -> None:
    listener.link.open()
    await asyncio.sleep(0)
    listener.link.close()
    await asyncio.sleep(0.2)
    assert (listener.changes, listener.link.is_open) == ([], False)


@pytest.mark.parametrize("subprotocol", ["v1.kernel.websocket.jupyter.org", ""])
async def test_messages_come_in_either_framing_and_what_is_none_is_told(
    far: Far, listener: Listener, subprotocol: str
) -> None:
    far.subprotocol = subprotocol
    await listener.opens()
    kernel = Author("kernel")
    sent = kernel.write("iopub", "comm_msg", {"n": 1}, now=0.0, buffers=[b"\xff\xfe"])
    far.says(sent)
    far.writes(b"\x82\x03abc")
    far.says(kernel.write("iopub", "stream", {"n": 2}, now=0.0))
    await until(lambda: len(listener.heard) == 2)
    assert [each.content["n"] for each in listener.heard] == [1, 2]
    assert [bytes(each) for each in listener.heard[0].buffers] == [b"\xff\xfe"]
    assert len(listener.not_read) == 1
    assert listener.link.received()[0] == 3


async def test_half_a_frame_and_then_the_end_is_an_end(far: Far, listener: Listener) -> None:
    await listener.opens()
    far.writes(b"\x82\x7e\x10\x00abc")
    far.sockets[0].close()
    await until(lambda: listener.changes == [True, False])
    assert listener.heard == []
    assert "broke" in listener.link.why


async def test_a_closing_with_a_reason_is_told_with_it(far: Far, listener: Listener) -> None:
    await listener.opens()
    far.writes(b"\x88\x09\x03\xe9 moved.")
    await until(lambda: listener.changes == [True, False])
    assert "1001" in listener.link.why
    assert "moved" in listener.link.why


async def test_the_gateways_own_words_are_told_from_the_kernels(
    far: Far, listener: Listener
) -> None:
    await listener.opens()
    session = listener.link._session_id
    server = Author(session)
    cell = b'{"msg_id":"cell"}'
    far.says(server.write("iopub", "stream", {"text": "exceeded"}, now=0.0, parent=cell))
    far.says(server.write("iopub", "status", {"execution_state": "restarting"}, now=0.0))
    far.says(server.write("iopub", "status", {"execution_state": "dead"}, now=0.0))
    far.says(server.write("iopub", "status", {"execution_state": "starting"}, now=0.0))
    far.says(Author("kernel").write("iopub", "status", {"execution_state": "dead"}, now=0.0))
    await until(lambda: len(listener.heard) == 1)
    assert (listener.limits, listener.ends) == ([cell], ["restarting", "dead"])


async def test_after_a_kernels_last_word_the_gateway_is_asked_whether_it_is_gone(
    far: Far, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway_link, "ASK_AFTER", (0.01, 0.01, 0.01))
    await listener.opens()
    goodbye = Author("kernel").write("iopub", "shutdown_reply", {}, now=0.0)
    far.by_id = answer(503)
    far.says(goodbye)
    await until(lambda: len(far.asked) == 4)
    await asyncio.sleep(0.1)
    assert listener.link.is_open
    far.by_id = answer(404, NOT_FOUND)
    far.says(goodbye)
    await until(lambda: listener.changes == [True, False])
    assert listener.link.is_gone


async def test_what_has_not_left_is_counted_and_comes_back(far: Far, listener: Listener) -> None:
    await listener.opens()
    ours = Author("ours")
    large = ours.write("shell", "comm_msg", {}, now=0.0, buffers=[bytes(50_000_000)])
    small = ours.write("control", "kernel_info_request", {}, now=0.0)
    assert listener.link.send(large)
    assert listener.link.send(small)
    assert listener.link.unsent_bytes() == {"shell": large.size, "control": small.size}
    far.sockets[0].transport.abort()
    await until(lambda: listener.changes == [True, False])
    assert listener.link.take_unsent() == [large, small]
    assert listener.link.take_unsent() == []
    assert not listener.link.send(small)


async def test_a_flood_leaves_turns_to_others(far: Far, listener: Listener) -> None:
    await listener.opens()
    batches: list[int] = []
    listener.received = lambda messages: batches.append(len(messages))  # type: ignore[method-assign]
    one = Author("kernel").write("iopub", "stream", {"text": "x"}, now=0.0)
    for _ in range(5_000):
        far.says(one)
    await until(lambda: sum(batches) == 5_000)
    assert max(batches) <= 256


async def test_nothing_is_left_of_a_hundred_links(far: Far, listener: Listener) -> None:
    tasks = len(asyncio.all_tasks())
    for _ in range(100):
        await listener.opens()
        listener.link.close()
    await until(lambda: len(asyncio.all_tasks()) <= tasks + 2)
    for socket in far.sockets:
        socket.transport.abort()
