"""A reader of server-sent events on a bare socket, as slow as a test wants it to be."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True)
class Told:
    """One event as it came."""

    id: str
    type: str
    data: Any


class EventReader:
    """
    One reader.

    Args:
        port: of the server on loopback.
        token: lets the reader in.
        after: the id of the last event that it got before.
        path: where the stream is.
        receive_buffer: what the machine buffers for it; as much as it likes, if not given.
        query: what it wants.
    """

    def __init__(
        self,
        port: int,
        token: str,
        *,
        after: str | None = None,
        path: str = "/api/comms/events",
        receive_buffer: int | None = None,
        **query: str,
    ) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.told: list[Told] = []
        self._looked_at = 0
        self.last_id = ""
        self.comments = 0
        self._port = port
        self._buffer = receive_buffer
        lines = [f"GET {path}?{urlencode(query)} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
        lines += [f"Authorization: token {token}"]
        lines += [f"Last-Event-ID: {after}"] if after is not None else []
        self._request = "\r\n".join([*lines, "", ""])
        self._text = b""

    async def __aenter__(self) -> EventReader:
        raw = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        raw.setblocking(False)
        if self._buffer is not None:
            # Before it connects: afterwards the window has been offered.
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._buffer)
        await asyncio.get_running_loop().sock_connect(raw, ("127.0.0.1", self._port))
        limit = self._buffer or 1 << 16
        self._in, self._out = await asyncio.open_connection(sock=raw, limit=limit)
        self._out.write(self._request.encode())
        head = (await asyncio.wait_for(self._in.readuntil(b"\r\n\r\n"), 10)).decode()
        first, *lines = head.split("\r\n")
        self.status = int(first.split()[1])
        self.headers = dict(line.split(": ", 1) for line in lines if line)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._out.close()
        try:
            await self._out.wait_closed()
        except ConnectionError:
            # The server may still have been writing.
            return

    async def until(self, wanted: Callable[[Told], bool], within: float = 10.0) -> Told:
        """Read on to the next event that is wanted, from the one behind the last that was."""
        while True:
            # Several come in one chunk when the machine is busy.
            for told in self.told[self._looked_at :]:
                self._looked_at += 1
                if wanted(told):
                    return told
            assert await self._read(within), f"the stream ended after {self.told[-3:]}"

    async def of(self, kind: str, within: float = 10.0) -> Told:
        """Read on to the next event of a type."""
        return await self.until(lambda told: told.type == kind, within)

    async def beats(self) -> None:
        """Read on to the next comment."""
        before = self.comments
        while self.comments == before:
            assert await self._read(10.0)

    async def begins(self) -> str:
        """Read until there is an id to come back with, and return it."""
        while not self.last_id:
            assert await self._read(10.0)
        return self.last_id

    async def ends(self, within: float = 10.0) -> None:
        """Read to the end."""
        while await self._read(within):
            pass

    async def body(self) -> Any:
        """Return the JSON of an answer that is no stream."""
        length = int(self.headers["Content-Length"])
        return json.loads(await asyncio.wait_for(self._in.readexactly(length), 10))

    async def _read(self, within: float) -> bool:
        """Take in one chunk. ``False`` at the end."""
        size = int((await asyncio.wait_for(self._in.readuntil(b"\r\n"), within)).strip(), 16)
        self._text += (await asyncio.wait_for(self._in.readexactly(size + 2), within))[:-2]
        *blocks, self._text = self._text.split(b"\n\n")
        for block in blocks:
            self._dispatch(block.decode())
        return size > 0

    def _dispatch(self, block: str) -> None:
        """Do what the standard says about one block."""
        kind, data = "message", []
        for line in block.split("\n"):
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if not name:
                self.comments += 1
            elif name == "id":
                self.last_id = value
            elif name == "event":
                kind = value
            elif name == "data":
                data.append(value)
        if data:
            self.told.append(Told(self.last_id, kind, json.loads("\n".join(data))))
