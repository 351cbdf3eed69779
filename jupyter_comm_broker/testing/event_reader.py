"""A reader of server-sent events, as slow as a test wants it to be."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any
from urllib.parse import urlencode

from jupyter_comm_broker.testing.address import Reachable, host, path_of
from jupyter_comm_broker.testing.failures import GoneError
from jupyter_comm_broker.testing.line import Line


@dataclass(frozen=True, slots=True)
class Told:
    """One event of the stream."""

    id: str
    type: str
    data: Any


class EventReader:
    """
    One reader, which is open inside an ``async with`` block.

    Args:
        server: the server.
        after: the id of the last event that it got before; ``None`` for a new reader.
        receive_buffer: bytes that the machine buffers for it; ``None`` for the machine's default.
        query: the parameters of the stream, such as ``kernel=...`` and ``types="opened,closed"``.
    """

    def __init__(
        self,
        server: Reachable,
        *,
        after: str | None = None,
        receive_buffer: int | None = None,
        **query: str,
    ) -> None:
        self.status = 0
        """The status that the server answered with."""
        self.headers: Mapping[str, str] = {}
        """The headers of the answer by name. Upper and lower case do not matter."""
        self.told: list[Told] = []
        """All events so far."""
        self.last_id = ""
        """The id of the last event, for a reader that comes back."""
        self.comments = 0
        """How many comments came. They keep the connection alive."""
        self._looked_at = 0
        self._server = server
        self._line = Line(receive_buffer)
        path = path_of(server, f"/api/comms/events?{urlencode(query)}")
        lines = [f"GET {path} HTTP/1.1", f"Host: {host(server)}"]
        lines += [f"Authorization: token {server.token}"]
        lines += [f"Last-Event-ID: {after}"] if after is not None else []
        self._request = "\r\n".join([*lines, "", ""])
        self._text = b""

    async def __aenter__(self) -> EventReader:
        await self._line.open(self._server)
        try:
            await self._line.write(self._request.encode())
            head = await asyncio.wait_for(self._line.head(), 30)
        except BaseException:
            self._line.close()
            raise
        self.status, self.headers = head.status, head.headers
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._line.close()

    async def until(self, wanted: Callable[[Told], bool], within: float = 30.0) -> Told:
        """
        Read up to the next wanted event after the last one that was returned, and return it.

        Args:
            wanted: says whether an event is the one.
            within: seconds to wait for each piece of the stream.

        Raises:
            TimeoutError: nothing at all came in that time.
            GoneError: the stream ended.
        """
        while True:
            # On a busy machine, several events come in one chunk.
            for told in self.told[self._looked_at :]:
                self._looked_at += 1
                if wanted(told):
                    return told
            await self._read_on(within)

    async def of(self, kind: str, within: float = 30.0) -> Told:
        """Read up to the next event of a type, and return it."""
        return await self.until(lambda told: told.type == kind, within)

    async def beats(self) -> None:
        """Read up to the next comment."""
        before = self.comments
        while self.comments == before:
            await self._read_on(30.0)

    async def begins(self) -> str:
        """Read until there is an id for a reader that comes back, and return it."""
        while not self.last_id:
            await self._read_on(30.0)
        return self.last_id

    async def ends(self, within: float = 30.0) -> None:
        """Read to the end of the stream."""
        while await self._read(within):
            pass

    async def body(self) -> Any:
        """Return the decoded JSON of an answer that is no stream."""
        length = int(self.headers["Content-Length"])
        return json.loads(await asyncio.wait_for(self._line.exactly(length), 30))

    async def _read_on(self, within: float) -> None:
        if not await self._read(within):
            raise GoneError(f"the stream ended after {self.told[-3:]}")

    async def _read(self, within: float) -> bool:
        """Read one chunk. Returns ``False`` at the end."""
        try:
            size = int((await asyncio.wait_for(self._line.until(b"\r\n"), within)).strip(), 16)
            chunk = await asyncio.wait_for(self._line.exactly(size + 2), within)
        except asyncio.TimeoutError:
            raise TimeoutError(f"nothing in {within} s after {self.told[-3:]}") from None
        self._text += chunk[:-2]
        *blocks, self._text = self._text.split(b"\n\n")
        for block in blocks:
            self._dispatch(block.decode())
        return size > 0

    def _dispatch(self, block: str) -> None:
        """Handle one block of the stream as the standard says."""
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
