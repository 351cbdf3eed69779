"""A Hub that knows some tokens, and is slow or broken if a test wants it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

ANN = {
    "kind": "user",
    "name": "ann",
    "admin": False,
    "groups": [],
    "scopes": ["access:servers!server=ann/", "users:activity!user=ann"],
}
BOB = {**ANN, "name": "bob", "scopes": ["access:servers!server=bob/", "users:activity!user=bob"]}
OPERATOR = {"kind": "service", "name": "operator", "admin": True, "scopes": ["access:servers"]}


class FakeHub:
    """Answers ``GET /hub/api/user``."""

    def __init__(self) -> None:
        self.models: dict[str, Any] = {"anns": ANN, "bobs": BOB, "operators": OPERATOR}
        self.tokens: list[str] = []
        """The tokens that it was asked about."""
        self.says: tuple[int, bytes] | None = None
        """A status and a body that it answers instead."""
        self.delay = 0.0
        self.most_at_once = self._at_once = 0
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[Any]] = set()
        self.port = 0

    async def __aenter__(self) -> FakeHub:
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
    def api_url(self) -> str:
        """Where its API is."""
        return f"http://127.0.0.1:{self.port}/hub/api"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            assert head.startswith("GET /hub/api/user "), head
            await asyncio.sleep(self.delay)
            line = next(each for each in head.splitlines() if each.startswith("Authorization"))
            token = line.partition("token ")[2]
            self.tokens.append(token)
            status, body = self.says or (
                (200, json.dumps(self.models[token]).encode())
                if token in self.models
                else (403, b"{}")
            )
            length = f"Content-Length: {len(body)}\r\nConnection: close"
            writer.write(f"HTTP/1.1 {status} So\r\n{length}\r\n\r\n".encode() + body)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._at_once -= 1
            self._serving.discard(task)
            writer.close()
