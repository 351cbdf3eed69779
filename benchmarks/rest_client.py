"""One keep-alive connection to the REST API, as thin as a page's socket, so that both compare."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from benchmarks.target import Target


class RestClient:
    """Asks one thing after the other over one connection."""

    def __init__(
        self, target: Target, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._head = f"Host: {target.host}\r\nAuthorization: token {target.token}\r\n"

    async def ask(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        """Return status and answer."""
        text = json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\n{self._head}Content-Length: {len(text)}\r\n"
        self._writer.write(f"{head}Content-Type: application/json\r\n\r\n".encode() + text)
        answered = await self._reader.readuntil(b"\r\n\r\n")
        status, *lines = answered.decode("latin-1").split("\r\n")
        length = next(
            int(line.partition(":")[2]) for line in lines if line.lower().startswith("content-len")
        )
        return int(status.split()[1]), json.loads(await self._reader.readexactly(length))


@asynccontextmanager
async def rest_client(target: Target) -> AsyncIterator[RestClient]:
    """Connect, and disconnect afterwards."""
    reader, writer = await asyncio.open_connection(target.host, target.port)
    try:
        yield RestClient(target, reader, writer)
    finally:
        writer.close()
        await writer.wait_closed()
