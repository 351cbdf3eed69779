"""A fleet service that is good, slow, broken or lying, as a test wants it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

TAKEN = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"


def answer(status: str, body: bytes = b"", *headers: str) -> bytes:
    """Return an answer as it is written to the wire."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


class FakeService:
    """
    Answers every request with the same bytes.

    Args:
        says: what it answers; ``None`` to answer nothing at all.
        endless: whether it repeats the last of it until the server hangs up.
    """

    def __init__(self, says: bytes | None = TAKEN, *, endless: bool = False) -> None:
        self.says = says
        self.endless = endless
        self.heads: list[str] = []
        self.reports: list[Any] = []
        self.open = self.most_open = 0
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[Any]] = set()
        self.port = 0

    async def __aenter__(self) -> FakeService:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *failure: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in list(self._serving):
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}/services/fleet/"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        self.open += 1
        self.most_open = max(self.open, self.most_open)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = next(
                int(line.split(":")[1])
                for line in head.splitlines()
                if line.lower().startswith("content-length")
            )
            self.heads.append(head)
            self.reports.append(json.loads(await reader.readexactly(length)))
            if self.says is None:
                await reader.read()
                return
            writer.write(self.says)
            while self.endless:
                writer.write(self.says[-1000:])
                await writer.drain()
                await asyncio.sleep(0.001)
            await writer.drain()
        except OSError:
            pass
        finally:
            self.open -= 1
            self._serving.discard(task)
            writer.close()
