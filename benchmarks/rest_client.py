"""One keep-alive connection to the REST API. It costs as little as a page's socket."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple, cast

from benchmarks.target import Target

HEAD_END = b"\r\n\r\n"


class Answer(NamedTuple):
    """The server's answer, and when its last byte was read."""

    status: int
    body: Any
    arrived: float


class RestClient(asyncio.Protocol):
    """Sends one request after the other over one connection, timed like a page's messages."""

    def __init__(self, target: Target) -> None:
        self._head = f"Host: {target.host}\r\nAuthorization: token {target.token}\r\n"
        self._transport: asyncio.Transport | None = None
        self._tail = bytearray()
        self._answer: asyncio.Future[Answer] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """End the wait for an answer, because none will come."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionError(f"closed before the answer: {exc}"))

    def data_received(self, data: bytes) -> None:
        """Read the answer once it is complete."""
        arrived = time.perf_counter()
        self._tail += data
        head, found, rest = bytes(self._tail).partition(HEAD_END)
        if not found or self._answer is None:
            return
        status, *lines = head.decode("latin-1").split("\r\n")
        length = next(
            int(line.partition(":")[2]) for line in lines if line.lower().startswith("content-len")
        )
        if len(rest) >= length:
            self._tail.clear()
            self._answer.set_result(Answer(int(status.split()[1]), json.loads(rest), arrived))

    async def ask(self, method: str, path: str, body: Any) -> Answer:
        """
        Send a request in one piece, and wait for its answer.

        Args:
            method: the HTTP method.
            path: the path with the server's base URL.
            body: the body, which is sent as JSON.

        Returns:
            The answer.

        Raises:
            ConnectionError: the server closed the connection.
        """
        if self._transport is None:
            raise RuntimeError("not connected")
        text = json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\n{self._head}Content-Length: {len(text)}\r\n"
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(f"{head}Content-Type: application/json\r\n\r\n".encode() + text)
        return await self._answer

    def close(self) -> None:
        """Close the connection. May be called twice."""
        if self._transport is not None:
            self._transport.close()


@asynccontextmanager
async def rest_client(target: Target) -> AsyncIterator[RestClient]:
    """Connect, and disconnect at the end. asyncio sets TCP_NODELAY, as browsers do."""
    loop = asyncio.get_running_loop()
    _, client = await loop.create_connection(lambda: RestClient(target), target.host, target.port)
    try:
        yield client
    finally:
        client.close()
