"""Which loop watches a ZeroMQ socket's descriptor."""

from __future__ import annotations

import asyncio

from tornado.ioloop import IOLoop


def loop_with_readers() -> asyncio.AbstractEventLoop:
    """
    Return the running loop, or what stands in for it where it cannot watch descriptors.

    Windows' own loop cannot. There tornado watches them in a thread, as it does for its own
    sockets, and calls back on the loop.
    """
    selector: asyncio.AbstractEventLoop | None = getattr(IOLoop.current(), "selector_loop", None)
    return selector or asyncio.get_running_loop()
