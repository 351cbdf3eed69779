"""
Makes the sockets of a link, with our limits. When one fails, none stays open.

The kernel's manager connects them, so that its keys and other options apply.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import zmq
import zmq.asyncio
from zmq.eventloop.zmqstream import ZMQStream

from jupyter_comm_broker.transport.kernel.zmq_channel import LINGER

SENDING = 8
"""
Messages that ZeroMQ may keep for a kernel that reads nothing.

ZeroMQ counts messages, not bytes. Its default of 1,000 would be 10 GB of the largest messages
that pages can send.
"""


def bare_socket(connected: Any) -> zmq.Socket[bytes]:
    """
    Return the plain socket behind the result of a kernel manager's ``connect_*``.

    Managers with an event loop return a ZMQStream, which reads only one message in each turn of
    the loop.
    """
    if isinstance(connected, ZMQStream):
        connected.io_loop.remove_handler(connected.socket)
        return connected.socket
    if isinstance(connected, zmq.asyncio.Socket):
        return zmq.Socket.shadow(connected)
    return connected  # type: ignore[no-any-return]  # a zmq.Socket by ConnectionFileMixin's contract


def with_receive_limit(context: zmq.Context[Any], messages: int) -> AbstractContextManager[None]:
    """
    Limit the unread messages of the sockets that are made in this context; 0: no limit.

    The option must be set before a socket connects. A socket that connects again instead leaves
    its first connection open at the kernel, where unread messages pile up.
    """
    return _made_with(context, zmq.RCVHWM, messages)


def with_send_limit(context: zmq.Context[Any]) -> AbstractContextManager[None]:
    """Let messages that the kernel does not read wait in the broker, which counts their bytes."""
    return _made_with(context, zmq.SNDHWM, SENDING)


def when_connected(context: zmq.Context[Any]) -> AbstractContextManager[None]:
    """Let the sockets that are made in this context refuse messages until they are connected."""
    return _made_with(context, zmq.IMMEDIATE, 1)


@contextmanager
def _made_with(context: zmq.Context[Any], option: int, value: int) -> Iterator[None]:
    before = context.sockopts.get(option)
    context.setsockopt(option, value)
    try:
        yield
    finally:
        if before is None:
            del context.sockopts[option]
        else:
            context.setsockopt(option, before)


@contextmanager
def none_left(context: zmq.Context[Any], identity: bytes) -> Iterator[None]:
    """
    Close the sockets that were made in this context under an identity, if it ends with an error.

    When a manager fails to connect a socket it does not return it. Only the ZeroMQ context knows
    the socket then.
    """
    before = set(_sockets_of(context))
    try:
        yield
    except BaseException:
        for socket in set(_sockets_of(context)) - before:
            if not socket.closed and socket.getsockopt(zmq.IDENTITY) == identity:
                socket.close(linger=LINGER)
        raise


def _sockets_of(context: zmq.Context[Any]) -> list[zmq.Socket[Any]]:
    return list(getattr(context, "_sockets", None) or ())
