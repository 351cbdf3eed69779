"""
Connects a program to a kernel of a Jupyter server that has the broker.

In a program without an event loop, callbacks run on a thread of their own::

    with connect("http://localhost:8888", token, kernel_id=kernel_id) as manager:
        comm = Comm(target_name="my_widget", manager=manager)
        comm.on_msg(print)
        comm.send({"action": "get_state"})

In a program with an event loop, they run on the loop::

    async with await connect_async("http://localhost:8888", token, kernel_id=kernel_id) as manager:
        ...

A lost connection is opened again by itself, as the same page. Then the program gets what the
server kept for it (``CommBroker.absent_seconds``, ``absent_bytes``), each message once. Messages
that it sent meanwhile are written. A message that was on its way to the server when the connection
broke may or may not have arrived.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from types import TracebackType
from typing import TypeVar

from jupyter_comm_broker.comms.callbacks import Post, at_once
from jupyter_comm_broker.comms.comm_manager import LOG, CommManager
from jupyter_comm_broker.comms.remote.address import Address
from jupyter_comm_broker.comms.remote.loop_thread import LoopThread
from jupyter_comm_broker.comms.remote.remote_port import RemotePort
from jupyter_comm_broker.comms.remote.rest import Rest

M = TypeVar("M", bound=CommManager)

FLUSH_SECONDS = 5.0
"""Seconds that closing waits for messages that are still to be sent."""


class AsyncRemoteCommManager(CommManager):
    """
    A manager in a program with an event loop. Everything happens on that loop.

    Args:
        port: the port to the kernel.
        post: runs callbacks.
        log: the log for callbacks that raise.
    """

    def __init__(self, port: RemotePort, post: Post = at_once, log: logging.Logger = LOG) -> None:
        super().__init__(port, post, log)
        self._remote = port

    async def __aenter__(self) -> AsyncRemoteCommManager:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    @property
    def is_connected(self) -> bool:
        """Whether there is a connection now."""
        return self._remote.socket.is_connected

    async def flush(self) -> None:
        """Wait until everything that was sent is written to the connection."""
        await self._remote.flush()

    async def refresh(self) -> None:
        """Read the list of comms, for example to see comms that other pages opened."""
        await self._remote.refresh()

    async def aclose(self) -> None:
        """
        Write what waits, for at most 5 s, and disconnect. May be called twice.

        The comms stay open.
        """
        await self._remote.shut(FLUSH_SECONDS)
        self.close()


class RemoteCommManager(CommManager):
    """
    A manager in a program without an event loop. Its callbacks run on a thread.

    Args:
        port: the port to the kernel.
        line: the thread of the connection.
        calls: the thread of the callbacks.
        log: the log for callbacks that raise.
    """

    def __init__(
        self, port: RemotePort, line: LoopThread, calls: LoopThread, log: logging.Logger = LOG
    ) -> None:
        super().__init__(port, calls.post, log)
        self._remote = port
        self._line = line
        self._calls = calls

    def __enter__(self) -> RemoteCommManager:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def is_connected(self) -> bool:
        """Whether there is a connection now."""
        return self._remote.socket.is_connected

    def flush(self) -> None:
        """Wait until everything that was sent is written to the connection."""
        self._line.run(self._remote.flush())

    def refresh(self) -> None:
        """Read the list of comms, for example to see comms that other pages opened."""
        self._line.run(self._remote.refresh())

    def close(self) -> None:
        """
        Write what waits, for at most 5 s, and disconnect. May be called twice.

        The comms stay open.
        """
        if self._calls.is_here:
            raise RuntimeError("a callback cannot close the manager that calls it")
        if self._line.is_running:
            self._line.run(self._remote.shut(FLUSH_SECONDS))
            super().close()
            self._calls.stop()
            self._line.stop()


def connect(
    url: str, token: str = "", *, kernel_id: str | None = None, log: logging.Logger = LOG
) -> RemoteCommManager:
    """
    Connect to a kernel, in a program without an event loop.

    Args:
        url: the server's URL, as ``jupyter server list`` prints it.
        token: the server's token, if it is not in the URL.
        kernel_id: the kernel. May be left out if only one runs.
        log: the log for lost connections and for callbacks that raise.

    Returns:
        The manager of the kernel's comms. Close it, or use it in a ``with`` block.

    Raises:
        ServerRefusedError: there is no such kernel, the token is wrong, or the server has no
            broker.
        ValueError: the URL is not valid, or no kernel was named and not exactly one runs.
        OSError: the server does not answer.
    """
    address = Address.of(url, token)
    line = LoopThread("comm broker connection")
    calls = LoopThread("comm broker callbacks")

    def made(port: RemotePort) -> RemoteCommManager:
        return RemoteCommManager(port, line, calls, log)

    try:
        return line.run(_connected(address, kernel_id, made, log))
    except BaseException:
        calls.stop()
        line.stop()
        raise


async def connect_async(
    url: str, token: str = "", *, kernel_id: str | None = None, log: logging.Logger = LOG
) -> AsyncRemoteCommManager:
    """
    Connect to a kernel, in a program with an event loop.

    Args:
        url: the server's URL, as ``jupyter server list`` prints it.
        token: the server's token, if it is not in the URL.
        kernel_id: the kernel. May be left out if only one runs.
        log: the log for lost connections and for callbacks that raise.

    Returns:
        The manager of the kernel's comms. Close it, or use it in an ``async with`` block.

    Raises:
        ServerRefusedError: there is no such kernel, the token is wrong, or the server has no
            broker.
        ValueError: the URL is not valid, or no kernel was named and not exactly one runs.
        OSError: the server does not answer.
    """

    def made(port: RemotePort) -> AsyncRemoteCommManager:
        return AsyncRemoteCommManager(port, log=log)

    return await _connected(Address.of(url, token), kernel_id, made, log)


async def _connected(
    address: Address, kernel_id: str | None, made: Callable[[RemotePort], M], log: logging.Logger
) -> M:
    port = RemotePort(address, kernel_id or await _only_kernel(address), log)
    # The manager is made before the port opens, so that it misses nothing.
    manager = made(port)
    try:
        await port.open()
    except BaseException:
        CommManager.close(manager)
        raise
    return manager


async def _only_kernel(address: Address) -> str:
    rest = Rest(address)
    try:
        kernels = await rest.kernels()
    finally:
        rest.close()
    if len(kernels) != 1:
        raise ValueError(f"set kernel_id: {len(kernels)} kernels run on {address.url}: {kernels}")
    return kernels[0]
