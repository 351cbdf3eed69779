"""What kernel managers connect becomes a plain socket that takes whatever comes, as it was set."""

from __future__ import annotations

import gc
from typing import Any

import pytest
import zmq
import zmq.asyncio
from jupyter_client.manager import AsyncKernelManager, KernelManager
from jupyter_server.services.kernels.kernelmanager import ServerKernelManager

from jupyter_comm_broker.protocol.message import Part
from jupyter_comm_broker.transport.kernel.kernel_sockets import (
    bare_socket,
    none_left,
    with_receive_limit,
)
from jupyter_comm_broker.transport.kernel.zmq_channel import ZmqChannel
from tests.fakes.kernel import ZmqKernel
from tests.fakes.managers import NEEDS_CURVE, manager_of
from tests.until import until

MANAGERS = pytest.mark.parametrize("kind", [KernelManager, AsyncKernelManager, ServerKernelManager])


@MANAGERS
async def test_whatever_a_manager_connects_with_becomes_a_socket_that_a_channel_can_own(
    kernel: ZmqKernel, kind: type[Any]
) -> None:
    heard: list[list[Part]] = []
    socket = bare_socket(manager_of(kernel.connection_info, kind).connect_control(b"us"))
    # The wrapper that the manager made is gone, and must not take the socket along.
    gc.collect()
    assert type(socket) is zmq.Socket
    channel = ZmqChannel("control", socket, lambda _, batch: heard.extend(batch))
    channel.send([b"<IDS|MSG>", b"forged", b"{}", b"{}", b"{}", b"{}"])
    await until(lambda: kernel.forged == 1)
    kernel.send("control", [b"us", b"hello"])
    await until(lambda: heard == [[b"hello"]])
    channel.close()
    assert socket.closed


@NEEDS_CURVE
@MANAGERS
async def test_iopub_without_a_limit_keeps_its_identity_its_keys_and_its_subscription(
    kind: type[Any],
) -> None:
    kernel = ZmqKernel(curve=zmq.curve_keypair())
    heard: list[list[Part]] = []
    manager = manager_of(kernel.connection_info, kind)
    assert manager.curve_publickey
    with with_receive_limit(manager.context, 0):
        socket = bare_socket(manager.connect_iopub(b"us"))
    assert socket.getsockopt(zmq.RCVHWM) == 0
    channel = ZmqChannel("iopub", socket, lambda _, batch: heard.extend(batch))
    # To a kernel whose key is not known nobody could subscribe.
    await kernel.subscribed()
    await until(lambda: kernel.publish("stream", {}) and heard)
    assert heard[0][0] == b"kernel.fake.stream"
    assert socket.getsockopt(zmq.IDENTITY) == b"us"
    channel.close()
    kernel.stop()


def test_a_socket_without_a_limit_takes_more_than_any_limit_would_let_through() -> None:
    with zmq.Context() as context, context.socket(zmq.XPUB) as theirs:
        # Instead of dropping it waits, no longer than this.
        theirs.xpub_nodrop = True
        theirs.sndtimeo = 10_000
        theirs.linger = 0
        theirs.bind("tcp://127.0.0.1:*")
        with with_receive_limit(context, 0):
            ours = context.socket(zmq.SUB)
        with ours:
            ours.connect(theirs.getsockopt_string(zmq.LAST_ENDPOINT))
            ours.setsockopt(zmq.SUBSCRIBE, b"")
            assert theirs.recv() == b"\1"
            # Both sides' limits are 1,000, and what the system buffers is far below 40 MB.
            for _ in range(20_000):
                theirs.send(b"x" * 2_000)
            for _ in range(20_000):
                assert ours.poll(10_000)
                ours.recv()


def test_sockets_made_before_and_after_keep_the_limit_that_somebody_set() -> None:
    with zmq.Context() as context:

        def limit() -> int:
            with context.socket(zmq.SUB) as socket:
                return int(socket.getsockopt(zmq.RCVHWM))

        usual = limit()
        with with_receive_limit(context, 0):
            assert limit() == 0
        assert limit() == usual
        context.setsockopt(zmq.RCVHWM, 7)
        with pytest.raises(RuntimeError), with_receive_limit(context, 0):  # noqa: PT012
            assert limit() == 0
            raise RuntimeError
        assert limit() == 7


@pytest.mark.parametrize("kind", [zmq.Context, zmq.asyncio.Context])
def test_what_fails_leaves_no_socket_of_its_own_and_closes_nobody_elses(kind: type[Any]) -> None:
    with kind() as context:
        before = context.socket(zmq.DEALER)
        with pytest.raises(RuntimeError), none_left(context, b"ours"):  # noqa: PT012
            ours = [context.socket(zmq.DEALER) for _ in range(2)]
            for each in ours:
                each.identity = b"ours"
            others = [context.socket(zmq.DEALER)]
            raise RuntimeError
        assert [each.closed for each in (*ours, *others, before)] == [True, True, False, False]
        with none_left(context, b"ours"):
            kept = context.socket(zmq.DEALER)
            kept.identity = b"ours"
        assert not kept.closed
        for each in (before, *others, kept):
            each.close()


def test_a_socket_with_a_limit_takes_no_more_than_that_and_what_the_ends_buffer() -> None:
    with zmq.Context() as context, context.socket(zmq.XPUB) as theirs:
        # Instead of dropping it waits, no longer than this.
        theirs.xpub_nodrop = True
        theirs.sndtimeo = 1_000
        theirs.sndhwm = 100
        theirs.linger = 0
        theirs.bind("tcp://127.0.0.1:*")
        with with_receive_limit(context, 500):
            ours = context.socket(zmq.SUB)
        with ours:
            ours.connect(theirs.getsockopt_string(zmq.LAST_ENDPOINT))
            ours.setsockopt(zmq.SUBSCRIBE, b"")
            assert theirs.recv() == b"\1"
            taken = 0
            with pytest.raises(zmq.Again):  # noqa: PT012
                while taken < 6_000:
                    theirs.send(b"x" * 20_000)
                    taken += 1
    # The system's own buffers hold some hundreds of so large ones.
    assert 600 <= taken < 3_000
