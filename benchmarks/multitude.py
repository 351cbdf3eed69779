"""
Very many pages that only read, in a process of its own. No page has a task.

``python -m benchmarks.multitude TARGET KERNEL COUNT`` opens them, and says so in a line of JSON.
It answers each line on its standard input with a line about the messages so far. It looks at all
sockets every few milliseconds. Messages in between wait in the socket, as for a browser that draws.
"""

from __future__ import annotations

import asyncio
import json
import select
import socket
import sys
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.framing import encode
from benchmarks.frontend import MARK, PATIENCE, LostMessagesError, channels
from benchmarks.servers import raise_descriptor_limit
from benchmarks.target import Target
from benchmarks.websocket import BINARY, PING, PONG, HandshakeError, cut, frame, upgrade

LOOK = 0.02
CHUNK = 1 << 20


@dataclass(frozen=True)
class Count:
    """What a multitude has got: the page with the least messages, and all pages together."""

    pages: int
    closed: int
    least: int
    last: int
    total: int
    disorder: int


class Multitude:
    """The pages of another process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def count(self) -> Count:
        """Ask how many messages came so far."""
        if self._process.stdin is None:
            raise RuntimeError("no way to ask")
        self._process.stdin.write(b"\n")
        return await self.answer(PATIENCE)

    async def answer(self, patience: float) -> Count:
        """Wait for an answer of the process, for at most ``patience`` seconds."""
        if self._process.stdout is None:
            raise RuntimeError("no way to answer")
        line = await asyncio.wait_for(self._process.stdout.readline(), patience)
        if not line:
            raise LostMessagesError("the process of the many pages ended: see above")
        return Count(**json.loads(line))

    async def reach(self, mark: int, patience: float) -> Count:
        """Wait until every page has a message, or ``patience`` seconds. Returns the count."""
        end = time.monotonic() + patience
        while True:
            count = await self.count()
            if count.last >= mark or time.monotonic() > end:
                return count
            await asyncio.sleep(0.1)


@asynccontextmanager
async def multitude(target: Target, kernel_id: str, count: int) -> AsyncIterator[Multitude]:
    """
    Open many pages in a new process. They are closed at the end.

    Args:
        target: the server.
        kernel_id: the kernel.
        count: how many pages.

    Yields:
        The pages.

    Raises:
        LostMessagesError: a page got no kernel_info.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "benchmarks.multitude", target.dump(), kernel_id, str(count)),
        cwd=Path(__file__).parent.parent,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        many = Multitude(process)
        # On stock, each new page costs every page before it some messages.
        await many.answer(PATIENCE + count)
        yield many
    finally:
        if process.stdin is not None:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), 10)
        except asyncio.TimeoutError:
            process.kill()
            await process.wait()


class _Page:
    """One page: a socket and three numbers."""

    def __init__(self, target: Target, kernel_id: str) -> None:
        self.marks = self.last = self.disorder = 0
        self.ready = self.closed = False
        session_id = str(uuid.uuid4())
        self._socket = socket.create_connection((target.host, target.port))
        path = channels(kernel_id, session_id)
        self._socket.sendall(upgrade(target.host, target.port, path, target.token))
        head = bytearray()
        while b"\r\n\r\n" not in head:
            if not (data := self._socket.recv(CHUNK)):
                raise HandshakeError("closed before the upgrade")
            head += data
        if b" 101 " not in head[: head.find(b"\r\n")]:
            raise HandshakeError(bytes(head[:100]).decode())
        self._tail = head[head.find(b"\r\n\r\n") + 4 :]
        self._socket.setblocking(False)
        _, request = encode(session_id, "shell", "kernel_info_request", {})
        self._socket.sendall(frame(BINARY, request))

    def look(self) -> None:
        """Read the messages that have come."""
        try:
            data = self._socket.recv(CHUNK)
        except BlockingIOError:
            return
        except ConnectionResetError:
            data = b""
        self.closed = self.closed or not data
        self._tail += data
        for first, payload in cut(self._tail):
            if first & 0x0F == PING:
                self._socket.sendall(frame(PONG, payload))
            elif found := MARK.search(payload):
                mark = int(found[1])
                self.disorder += mark <= self.last
                self.marks += 1
                self.last = mark
            elif not self.ready:
                self.ready = b"kernel_info_reply" in payload


def main(arguments: list[str]) -> None:
    """Keep the pages open until the standard input ends."""
    target, kernel_id, count = Target.load(arguments[0]), arguments[1], int(arguments[2])
    raise_descriptor_limit()
    pages: list[_Page] = []
    for _ in range(count):
        pages.append(_Page(target, kernel_id))
        end = time.monotonic() + PATIENCE
        while not pages[-1].ready:
            if time.monotonic() > end:
                raise LostMessagesError(f"page {len(pages)} got no kernel_info_reply")
            pages[-1].look()
            time.sleep(0.001)
        if len(pages) % 20 == 0:
            # Otherwise their sockets fill with the statuses of each other's requests.
            look(pages)
    tell(pages)
    while True:
        if select.select([sys.stdin], [], [], LOOK)[0]:
            if not sys.stdin.readline():
                return
            look(pages)
            tell(pages)
        look(pages)


def look(pages: list[_Page]) -> None:
    """Read the messages that have come to each page."""
    for page in pages:
        if not page.closed:
            page.look()


def tell(pages: list[_Page]) -> None:
    """Write the count as a line for :class:`Multitude`."""
    count = Count(
        pages=len(pages),
        closed=sum(page.closed for page in pages),
        least=min(page.marks for page in pages),
        last=min(page.last for page in pages),
        total=sum(page.marks for page in pages),
        disorder=sum(page.disorder for page in pages),
    )
    sys.stdout.write(json.dumps(asdict(count)) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
