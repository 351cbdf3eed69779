"""One link carries a kernel's four channels under its own identity, and closes completely."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import zmq

from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.json_text import dumps
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.synthesis import Author
from jupyter_comm_broker.transport.kernel.zmq_link import ZmqKernelLink
from tests.fakes.kernel import ZmqKernel
from tests.fakes.managers import manager_of, told_of
from tests.transport.deaf import Deaf
from tests.transport.descriptors import open_descriptors
from tests.until import until

RECEIVE_LIMIT = 3_000


class Ends(Deaf):
    """A link and what came over it."""

    def __init__(self, info: Mapping[str, Any], session: str = "ours") -> None:
        self.manager = manager_of(info)
        self.heard: list[Message] = []
        self.not_read: list[str] = []
        self.rushes = 0
        self.link = ZmqKernelLink(self.manager, self, RECEIVE_LIMIT)
        self._author = Author(session)
        self.link.open()

    def received(self, messages: list[Message]) -> None:
        self.heard += messages

    def unreadable(self, channel: str, error: MalformedMessageError) -> None:
        self.not_read.append(f"{channel}: {error}")

    def flooded(self) -> None:
        self.rushes += 1

    def asks(self, msg_type: str, content: Any = None, channel: str = "shell") -> Message:
        message = self._author.write(channel, msg_type, content or {}, now=0.0)
        self.link.send(message)
        return message

    def answers(self, request: Message) -> list[tuple[str, str]]:
        """Return channel and type of what came about a request."""
        return [
            (message.channel, message.header.msg_type)
            for message in self.heard
            if message.parent.msg_id == request.header.msg_id
        ]

    async def subscribed(self) -> None:
        """Wait until iopub is heard, which takes a moment after connecting."""
        while not any(message.channel == "iopub" for message in self.heard):
            asked = self.asks("kernel_info_request", channel="control")
            await until(lambda asked=asked: self.answers(asked))  # type: ignore[misc]


@pytest.fixture
def ends(kernel: ZmqKernel, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[Ends]:
    async def made() -> Ends:
        return Ends(kernel.connection_info)

    ends = jp_asyncio_loop.run_until_complete(made())
    yield ends
    ends.link.close()


async def test_a_real_kernel_answers_on_all_four_channels(real_kernel: Mapping[str, Any]) -> None:
    ends = Ends(real_kernel)
    await ends.subscribed()
    asked = ends.asks("kernel_info_request", channel="control")
    await until(lambda: ("control", "kernel_info_reply") in ends.answers(asked))
    executed = ends.asks(
        "execute_request",
        {"code": "print(input('who? '))", "silent": False, "allow_stdin": True},
    )
    await until(lambda: ("stdin", "input_request") in ends.answers(executed))
    ends.asks("input_reply", {"value": "me", "status": "ok"}, "stdin")
    await until(lambda: ("shell", "execute_reply") in ends.answers(executed))
    await until(lambda: ("iopub", "stream") in ends.answers(executed))
    ends.link.close()


async def test_a_message_goes_out_signed_with_every_part_as_it_was(
    ends: Ends, kernel: ZmqKernel
) -> None:
    parts = [
        dumps({"msg_id": "1", "msg_type": "comm_msg", "session": "a page"}),
        b'{ "spaces" : 1 }',
        b"{}",
        '{"comm_id": "ü"}'.encode(),
        b"\0buffer",
        b"",
    ]
    ends.link.send(Message("shell", parts))
    got = await kernel.taken("comm_msg")
    assert (got.channel, got.parts, kernel.forged) == ("shell", parts, 0)


async def test_a_message_comes_in_with_every_part_as_it_was(ends: Ends, kernel: ZmqKernel) -> None:
    await kernel.subscribed()
    sent = kernel.publish("comm_msg", {"comm_id": "w"}, None, [b"\0buffer", b""])
    (message,) = await until(lambda: ends.heard)
    assert (message.channel, message.parts) == ("iopub", sent)


async def test_a_reply_comes_after_the_output_that_was_published_before_it(
    real_kernel: Mapping[str, Any],
) -> None:
    ends = Ends(real_kernel, "another")
    await ends.subscribed()
    code = "import time\nfor n in range(60):\n    display(n)\n    time.sleep(0.002)"
    for _ in range(5):
        asked = ends.asks("execute_request", {"code": code, "silent": False})
        await until(lambda asked=asked: ("shell", "execute_reply") in ends.answers(asked))  # type: ignore[misc]
        answers = ends.answers(asked)
        before = answers[: answers.index(("shell", "execute_reply"))]
        # What was under way when the kernel replied may come after it.
        assert before.count(("iopub", "display_data")) >= 59
    ends.link.close()


async def test_iopub_has_one_connection_with_the_limit_that_is_set(
    ends: Ends, kernel: ZmqKernel
) -> None:
    await ends.subscribed()
    assert kernel.subscriptions == 1
    assert ends.link._channels["iopub"]._socket.getsockopt(zmq.RCVHWM) == RECEIVE_LIMIT
    assert ends.link._channels["shell"]._socket.getsockopt(zmq.RCVHWM) != RECEIVE_LIMIT


async def test_shell_and_stdin_share_an_identity_that_is_new_for_each_connection(
    ends: Ends, kernel: ZmqKernel
) -> None:
    identities = []
    for _ in range(2):
        executed = ends.asks("execute_request")
        request = await kernel.taken("execute_request")
        identities.append(request.identity)
        await until(lambda request=request: kernel.asks_for_input(request, "?"))  # type: ignore[misc]
        await until(
            lambda executed=executed: ends.answers(executed) == [("stdin", "input_request")]  # type: ignore[misc]
        )
        ends.link.close()
        ends.link.open()
    assert len(set(identities)) == 2


async def test_malformed_multiparts_are_told_of_and_the_rest_is_delivered(
    ends: Ends, kernel: ZmqKernel
) -> None:
    await kernel.subscribed()
    kernel.publish("stream", {"text": "before"})
    kernel.send("iopub", [b"no", b"delimiter"])
    kernel.send("iopub", [b"<IDS|MSG>", b"", b"{}", b"{}"])
    kernel.publish("stream", {"text": "after"})
    await until(lambda: len(ends.heard) == 2)
    assert [message.content["text"] for message in ends.heard] == ["before", "after"]
    assert [each.partition(":")[0] for each in ends.not_read] == ["iopub", "iopub"]


async def test_a_link_notices_that_its_kernel_moved_and_finds_it_again(ends: Ends) -> None:
    assert not ends.link.moved()
    other = ZmqKernel()
    told_of(ends.manager, other.connection_info)
    assert ends.link.moved()
    ends.link.close()
    ends.link.open()
    assert not ends.link.moved()
    asked = ends.asks("kernel_info_request")
    await until(lambda: ("shell", "kernel_info_reply") in ends.answers(asked))
    ends.link.close()
    other.stop()


async def test_a_closed_link_takes_nothing_sends_nothing_and_may_be_closed_again(
    ends: Ends, kernel: ZmqKernel
) -> None:
    await kernel.subscribed()
    kernel.publish("stream", {"text": "too late"})
    ends.link.close()
    ends.link.close()
    ends.link.drain()
    ends.asks("execute_request")
    assert (ends.link.unsent_bytes(), ends.heard) == ({}, [])


async def test_draining_hands_on_what_iopub_has_said_so_far(ends: Ends, kernel: ZmqKernel) -> None:
    await ends.subscribed()
    asked = ends.asks("execute_request")
    request = await kernel.taken("execute_request")
    kernel.status("busy", request)

    def heard() -> bool:
        # No turn of the loop between the kernel's word and this look: only draining can see it.
        ends.link.drain()
        return ("iopub", "status") in ends.answers(asked)

    give_up = 200_000
    while not heard() and give_up:
        give_up -= 1
    assert give_up


async def test_a_flood_that_was_not_read_for_a_while_is_told_of_and_a_stream_that_is_read_is_not(
    ends: Ends, kernel: ZmqKernel
) -> None:
    await ends.subscribed()
    for number in range(3_000):
        kernel.publish("stream", {"text": "read soon"})
        if number % 50 == 49:
            ends.link.drain()
    assert ends.rushes == 0

    def floods() -> bool:
        # No turn of the loop meanwhile, so that nobody reads but ZeroMQ.
        for _ in range(2_500):
            kernel.publish("stream", {"text": "not read for a while"})
        return ends.rushes >= 2

    await until(floods)


async def test_what_a_stopped_kernel_does_not_take_is_counted(
    ends: Ends, kernel: ZmqKernel
) -> None:
    kernel.stop()
    assert ends.link.unsent_bytes()["shell"] == 0
    for _ in range(3_000):
        ends.asks("comm_msg", {"data": "x" * 5_000})
    # All but a few, which ZeroMQ keeps, and what fits into the sockets' buffers.
    assert ends.link.unsent_bytes()["shell"] > 10_000_000
    assert ends.link.unsent_bytes()["control"] == 0


async def test_descriptors_come_back_when_links_close(kernel: ZmqKernel) -> None:
    manager = manager_of(kernel.connection_info)
    link = ZmqKernelLink(manager, Deaf())
    before = []
    for count in range(1, 11):
        link.open()
        await kernel.subscribed(count)
        link.close()
        before.append(open_descriptors())
    # The sockets are closed by a thread of ZeroMQ, soon.
    await until(lambda: open_descriptors() <= before[0])


async def test_a_message_that_no_socket_takes_breaks_nothing(ends: Ends) -> None:
    """A SUB socket cannot send. If the message came back, it would break the link for ever."""
    await ends.subscribed()
    assert ends.link.send(Author("page").write("iopub", "comm_msg", {}, now=0.0))
    assert ends.link.is_open
    assert (ends.link.take_unsent(), ends.link.unsent_bytes()["iopub"]) == ([], 0)
    [told] = ends.not_read
    assert told.startswith("iopub: it cannot be sent")
