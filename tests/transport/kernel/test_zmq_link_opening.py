"""A link opens as a whole or not at all, says why not, and notices when it was closed."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import zmq
from jupyter_client.manager import AsyncKernelManager, KernelManager
from jupyter_client.session import Session
from jupyter_server.services.kernels.kernelmanager import ServerKernelManager

from jupyter_comm_broker.errors import LinkNotOpenedError
from jupyter_comm_broker.protocol.message import CHANNELS, Message
from jupyter_comm_broker.protocol.synthesis import Author
from jupyter_comm_broker.transport.kernel.zmq_link import ZmqKernelLink
from tests.fakes.kernel import ZmqKernel
from tests.fakes.managers import NEEDS_CURVE, manager_of
from tests.transport.deaf import Deaf
from tests.transport.descriptors import open_descriptors
from tests.until import until

MANAGERS = pytest.mark.parametrize("kind", [KernelManager, AsyncKernelManager, ServerKernelManager])


def link_of(manager: Any) -> ZmqKernelLink:
    return ZmqKernelLink(manager, Deaf())


@pytest.fixture
def manager(kernel: ZmqKernel) -> Any:
    return manager_of(kernel.connection_info)


@pytest.fixture
def link(manager: Any, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[ZmqKernelLink]:
    link = link_of(manager)
    yield link

    async def close() -> None:
        link.close()

    jp_asyncio_loop.run_until_complete(close())


def message(channel: str = "shell") -> Message:
    return Author("a page").write(channel, "execute_request", {}, now=0.0)


def sockets_of(context: Any) -> set[Any]:
    return {each for each in context._sockets if not each.closed}


def refuse(manager: Any, monkeypatch: pytest.MonkeyPatch, name: str, error: Exception) -> None:
    def fails(**kwargs: Any) -> None:
        raise error

    monkeypatch.setattr(manager, f"connect_{name}", fails)


@pytest.mark.parametrize("name", CHANNELS)
async def test_one_channel_that_fails_closes_the_others_and_it_opens_whole_the_next_time(
    manager: Any, link: ZmqKernelLink, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    before = sockets_of(manager.context)
    with monkeypatch.context() as patch:
        refuse(manager, patch, name, zmq.ZMQError(errno.EMFILE))
        with pytest.raises(LinkNotOpenedError, match=r"too many files .*ulimit -n"):
            link.open()
    assert not link.is_open
    assert sockets_of(manager.context) == before
    assert not link.send(message())
    link.open()
    assert link.is_open


@MANAGERS
@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"ip": "not an address"}, "its address is not valid"),
        ({"shell_port": 70_000}, "its ports .* are not valid"),
        ({"shell_port": 0}, "it has no ports yet"),
        pytest.param(
            {"curve_publickey": b"short", "curve_secretkey": b"short"},
            "cannot be connected",
            marks=NEEDS_CURVE,
        ),
    ],
    ids=["ip", "port", "no ports", "keys"],
)
async def test_an_address_that_cannot_be_is_said_and_no_socket_is_left(
    kernel: ZmqKernel, kind: type[Any], facts: dict[str, Any], why: str
) -> None:
    manager = manager_of(kernel.connection_info, kind)
    for name, value in facts.items():
        setattr(manager, name, value)
    link, before = link_of(manager), sockets_of(manager.context)
    with pytest.raises(LinkNotOpenedError, match=why):
        link.open()
    assert sockets_of(manager.context) == before


async def test_a_signature_that_cannot_be_made_opens_nothing(
    manager: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ports = {f"{name}_port": getattr(manager, f"{name}_port") for name in CHANNELS}
    session = SimpleNamespace(key=b"k", signature_scheme="hmac-none")
    link = link_of(SimpleNamespace(kernel_id="k", session=session, **ports))
    with pytest.raises(LinkNotOpenedError):
        link.open()
    assert not link.is_open


async def test_one_that_is_closed_while_it_is_opened_stays_closed(
    manager: Any, link: ZmqKernelLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, connect = sockets_of(manager.context), manager.connect_iopub

    def closes(**kwargs: Any) -> Any:
        link.close()
        return connect(**kwargs)

    monkeypatch.setattr(manager, "connect_iopub", closes)
    with pytest.raises(LinkNotOpenedError, match="closed while it was opened"):
        link.open()
    assert not link.is_open
    assert sockets_of(manager.context) == before


async def test_an_interrupt_leaves_nothing_open_either(
    manager: Any, link: ZmqKernelLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sockets_of(manager.context)

    def interrupted(**kwargs: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(manager, "connect_control", interrupted)
    with pytest.raises(KeyboardInterrupt):
        link.open()
    assert sockets_of(manager.context) == before


@pytest.mark.parametrize("name", CHANNELS)
async def test_a_socket_that_somebody_else_closes_is_noticed_and_nobody_is_disturbed(
    manager: Any, link: ZmqKernelLink, name: str
) -> None:
    link.open()
    channel = link._channels[name]
    channel._socket.close()
    assert not link.is_open
    assert link.send(message(name)) is False
    assert link.drain()
    # The loop looks no more at a number that may be another file's now.
    assert not asyncio.get_running_loop().remove_reader(channel._descriptor)
    link.open()
    assert link.is_open


async def test_what_a_kernel_has_not_taken_can_be_taken_back(
    kernel: ZmqKernel, link: ZmqKernelLink
) -> None:
    link.open()
    kernel.stop()
    sent = [message() for _ in range(50)]
    for each in sent:
        assert link.send(each)
    back = link.take_unsent()
    # All but the few that ZeroMQ keeps.
    assert [each.parts for each in back] == [each.parts for each in sent[-len(back) :]]
    assert len(back) >= 40
    assert set(link.unsent_bytes().values()) == {0}


async def test_a_link_notices_another_key_address_or_session(
    manager: Any, link: ZmqKernelLink
) -> None:
    link.open()
    manager.session = Session(key=manager.session.key)
    assert not link.moved()
    manager.session = Session(key=b"another")
    assert link.moved()
    link.open()
    assert not link.moved()
    manager.ip = "127.0.0.2"
    assert link.moved()
    # While it has no address there is nowhere to go.
    manager.shell_port = 0
    assert not link.moved()


async def test_a_hundred_failed_openings_leave_no_descriptor_and_no_reader(
    manager: Any, link: ZmqKernelLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(manager, monkeypatch, "control", zmq.ZMQError(errno.EMFILE))

    def fail() -> None:
        with pytest.raises(LinkNotOpenedError):
            link.open()

    fail()
    loop: Any = asyncio.get_running_loop()
    before, watched = open_descriptors(), len(loop._selector.get_map())
    for _ in range(100):
        fail()
    assert len(loop._selector.get_map()) == watched
    # The sockets are closed by a thread of ZeroMQ, soon.
    await until(lambda: open_descriptors() <= before)
