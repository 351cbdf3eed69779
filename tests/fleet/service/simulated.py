"""
A fleet service with many servers that report, in a process of its own: no Hub, and no server.

``python -m tests.fleet.service.simulated PORT SERVERS [EVERY]`` serves the page to everybody on
this machine. Each simulated server reports over HTTP, as real ones do, about every 20 s.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections.abc import Mapping
from typing import Any

from tornado.httpclient import HTTPRequest
from tornado.simple_httpclient import SimpleAsyncHTTPClient

from jupyter_comm_broker.fleet.report import Comms, Kernels, Pages, States, encoded
from jupyter_comm_broker.fleet.service.main import Service
from jupyter_comm_broker.fleet.service.owners import Owner
from jupyter_comm_broker.fleet.service.pages import ShowFleet, ShowRows
from jupyter_comm_broker.fleet.service.settings import Settings
from tests.fleet.reports import report

PREFIX = "/services/fleet/"


class Open(ShowFleet):
    """The page, for everybody."""

    async def who(self) -> Mapping[str, Any]:
        return {"kind": "user", "name": "admin", "admin": True}


class OpenRows(ShowRows):
    """What the script asks for, for everybody."""

    async def who(self) -> Mapping[str, Any]:
        return {"kind": "user", "name": "admin", "admin": True}


class Simulated:
    """One server that reports."""

    def __init__(self, number: int) -> None:
        self.random = random.Random(number)  # noqa: S311 - not for secrets
        self.user = f"user{number:04}@example.org"
        self.made = 0
        self.comms = self.random.randrange(200)
        self.version = self.random.choice(["0.1.0.dev0"] * 20 + ["0.0.9"])
        self.in_path = self.random.random() > 0.01

    def body(self) -> bytes:
        """Return its next report."""
        chance = self.random
        self.comms = max(0, self.comms + chance.randrange(-5, 6))
        self.made += 1
        return encoded(
            report(
                self.user,
                number=self.made,
                interval=30.0,
                version=self.version,
                in_path=self.in_path,
                reason=None if self.in_path else "another extension has put Its in the place",
                up_seconds=self.made * 20.0,
                kernels=Kernels(running=2, busy=chance.randrange(2), busy_seconds=75.0),
                pages=Pages(attached=chance.randrange(4), waiting_bytes=chance.randrange(9_000)),
                comms=Comms(
                    open=self.comms,
                    oldest_seconds=self.made * 20.0,
                    targets={"jupyter.widget": self.comms, "matplotlib": 1},
                ),
                states=States(clean=self.comms, dirty=int(chance.random() > 0.95), bytes=90_000),
            )
        )


async def owner(token: str) -> Owner:
    """Say, in the Hub's place, whose token it is: it is the user's name."""
    return Owner(token, scopes=[f"access:servers!server={token}/"])


async def main(port: int, count: int, every: float = 20.0) -> None:
    """Serve the page, and report, for ever."""
    told = Settings(
        host="127.0.0.1",
        port=port,
        prefix=PREFIX,
        api_url="http://127.0.0.1:9/hub/api",
        users_at="/user/",
        current="0.1.0.dev0",
    )
    service = Service(told, [Open, OpenRows])
    service.intake._owner = owner
    client = SimpleAsyncHTTPClient(force_instance=True, max_clients=50)
    running = asyncio.create_task(service.run())

    async def reports(simulated: Simulated) -> None:
        await asyncio.sleep(simulated.random.random() * min(every, 5.0))
        while True:
            await client.fetch(
                HTTPRequest(
                    f"http://127.0.0.1:{port}{PREFIX}api/reports",
                    method="POST",
                    body=simulated.body(),
                    headers={"Authorization": f"token {simulated.user}"},
                ),
                raise_error=False,
            )
            await asyncio.sleep(every * simulated.random.uniform(0.75, 1.25))

    tasks = [asyncio.create_task(reports(Simulated(number))) for number in range(count)]
    begin, spent = time.monotonic(), time.process_time()
    while not running.done():
        await asyncio.sleep(10)
        seconds, cpu = time.monotonic() - begin, time.process_time() - spent
        taken = service.intake.counted["taken"]
        sys.stderr.write(f"{seconds:.0f} s, {cpu:.1f} s of CPU, {taken} reports taken\n")
    for task in tasks:
        task.cancel()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), *map(float, sys.argv[3:])))
