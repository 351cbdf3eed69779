"""
Sends a server's reports to the fleet service.

One report is on its way at most, and none waits: a report is made when it is sent. Whatever the
service does, the server goes on. It follows no redirect, so the token goes to no other server.
"""

from __future__ import annotations

import asyncio
import atexit
import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tornado.httpclient import HTTPRequest, HTTPResponse
from tornado.simple_httpclient import SimpleAsyncHTTPClient

from jupyter_comm_broker.core.state.changes import (
    FrontendAttached,
    FrontendDetached,
    KernelChange,
    ProcessEnded,
)
from jupyter_comm_broker.fleet import last_words
from jupyter_comm_broker.fleet.destination import Destination
from jupyter_comm_broker.fleet.pace import GAP, PROMISED, Pace
from jupyter_comm_broker.fleet.report import Report, encoded
from jupyter_comm_broker.fleet.report_maker import ReportMaker
from jupyter_comm_broker.patience import within
from jupyter_comm_broker.transport.driver import KernelDriver

PATIENCE = 10.0
"""Seconds that the service may take to answer, from the first byte to the last."""

FAREWELL = 1.0
"""Seconds that the last report may take. A server that stops must not wait for a page."""

MOST_ANSWER = 4096
"""Bytes of an answer that are read. The service's own answers have some hundred."""

QUOTED = 200
"""Characters of an answer that are logged."""

LIVES = (FrontendAttached, FrontendDetached, ProcessEnded)
"""Changes that the page should show soon. Comms come and go too often for that."""


@dataclass(frozen=True, slots=True)
class Times:
    """The seconds that tests shorten."""

    patience: float = PATIENCE
    farewell: float = FAREWELL
    gap: float = GAP


class Reporter:
    """
    Reports until it is closed.

    Args:
        destination: where to report, and as whom.
        maker: makes the reports.
        log: is told when reports begin to fail, and when they are taken again.
        pace: when to report.
        times: how long things may take.
        chance: returns a random number from 0 to 1.
    """

    def __init__(
        self,
        destination: Destination,
        maker: ReportMaker,
        log: logging.Logger,
        *,
        pace: Pace | None = None,
        times: Times | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._destination = destination
        self._maker = maker
        self._log = log
        self.pace = pace or Pace()
        self._times = times or Times()
        self._chance = chance
        self._event = asyncio.Event()
        self._client: SimpleAsyncHTTPClient | None = None
        self._task: asyncio.Task[None] | None = None
        self._complaint = ""
        """The reason of the latest failure, which was logged; empty if there was none."""
        self._last: Report | None = None
        """The latest report."""
        self.sent = 0
        """How many reports the service has taken."""

    # -- life ----------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to report. The event loop must run."""
        if self._task is None:
            self._client = SimpleAsyncHTTPClient(
                force_instance=True, max_clients=1, max_body_size=MOST_ANSWER
            )
            self._task = asyncio.create_task(self._run(), name="fleet reports")
            atexit.register(self._say_last_words)

    async def close(self) -> None:
        """Say farewell if the service listens, and end. May be called twice."""
        task, self._task = self._task, None
        if task is None:
            return
        atexit.unregister(self._say_last_words)
        task.cancel()
        await asyncio.wait([task])
        if self._is_heard:
            await self._report(self._times.farewell, ended=True)
        if self._client is not None:
            self._client.close()

    @property
    def _is_heard(self) -> bool:
        """Whether the service took the latest report."""
        return self.sent > 0 and self.pace.failed == 0

    def _say_last_words(self) -> None:
        if self._last is not None and self._is_heard:
            last_words.say(self._destination, self._last, self._times.farewell, self._log)

    # -- events --------------------------------------------------------------------------------

    def watch(self, driver: KernelDriver, changes: Sequence[KernelChange]) -> None:
        """Report soon, if a kernel is gone, a process ended, or a page came or left."""
        if driver.closed or any(isinstance(each, LIVES) for each in changes):
            self._event.set()

    def greet(self, driver: KernelDriver) -> None:
        """Report soon, because there is a new kernel."""
        self._event.set()

    # -- reports -------------------------------------------------------------------------------

    async def _run(self) -> None:
        while True:
            await self._report(self._times.patience)
            await self._until_due()

    async def _until_due(self) -> None:
        wait = self.pace.wait(self._chance())
        if not self.pace.hears_events:
            await asyncio.sleep(wait)
            return
        gap = min(self._times.gap, wait)
        await asyncio.sleep(gap)
        try:
            await within(wait - gap, self._event.wait())
        except (asyncio.TimeoutError, TimeoutError):
            return

    async def _report(self, patience: float, *, ended: bool = False) -> None:
        client = self._client
        if client is None:
            return
        self._event.clear()
        try:
            self._last = self._maker.made(PROMISED, ended=ended)
            answer = await self._posted(client, encoded(self._last), patience)
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not end the reports
            self._failed(f"{type(error).__name__}: {error}")
            return
        if answer.code in (200, 204):
            self._taken()
        else:
            said = (answer.body or b"")[:QUOTED].decode(errors="replace")
            self._failed(f"it answers {answer.code} {said}", _seconds(answer))

    async def _posted(
        self, client: SimpleAsyncHTTPClient, body: bytes, patience: float
    ) -> HTTPResponse:
        request = HTTPRequest(
            self._destination.url,
            method="POST",
            headers={
                "Authorization": f"token {self._destination.token}",
                "Content-Type": "application/json",
            },
            body=body,
            connect_timeout=patience,
            request_timeout=patience,
            follow_redirects=False,
            # An answer that grows when it is unpacked has no bound.
            decompress_response=False,
        )
        answer = await within(patience + 1, client.fetch(request, raise_error=False))
        # Without raise_error, a connection that cannot be made is an answer, too.
        if answer.code == 599 and answer.error is not None:
            raise answer.error
        return answer

    def _taken(self) -> None:
        self.sent += 1
        self.pace.taken()
        if self._complaint:
            self._log.info("comm broker: the fleet service takes reports again")
            self._complaint = ""

    def _failed(self, why: str, retry_after: float = 0.0) -> None:
        self.pace.refused(retry_after)
        # Each reason once: a service may be down for days.
        level = logging.DEBUG if why == self._complaint else logging.WARNING
        self._log.log(
            level,
            "comm broker: the fleet service at %s does not take reports: %s. "
            "The server is not affected. It tries again.",
            self._destination.url,
            why,
        )
        self._complaint = why


def _seconds(answer: HTTPResponse) -> float:
    """Return for how long an answer asks to wait; 0 if it does not say."""
    said = answer.headers.get("Retry-After", "")
    return float(said) if said.isascii() and said.isdigit() and len(said) < 6 else 0.0
