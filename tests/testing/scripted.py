"""A server that sends what a test prepared, whatever the request."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from jupyter_comm_broker.testing.address import Address

Does = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

SWITCHED = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"


@asynccontextmanager
async def scripted(does: Does) -> AsyncIterator[Address]:
    """Serve one connection after the other. The test raises what ``does`` raises."""
    serving: list[asyncio.Task[None] | None] = []

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.append(asyncio.current_task())
        try:
            await does(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(served, "127.0.0.1", 0)
    try:
        yield Address(port=server.sockets[0].getsockname()[1], token="secret")
    finally:
        server.close()
        await server.wait_closed()
        # The client has gone, so each of them ends.
        for task in filter(None, serving):
            await asyncio.wait_for(task, 10)


def says(*texts: bytes) -> Does:
    """Read a request, say these one by one, and end."""

    async def does(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for text in texts:
            writer.write(text)
            await writer.drain()
            await asyncio.sleep(0.01)

    return does
