"""``jupyter-comm-fleet``: wires the service, and runs it until the Hub stops it."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import signal
import sys
import time
from collections.abc import Sequence
from typing import Any

from tornado import web
from tornado.httpserver import HTTPServer

from jupyter_comm_broker.fleet.refusals import FleetSettingError
from jupyter_comm_broker.fleet.report import MOST_BYTES
from jupyter_comm_broker.fleet.service.intake import Intake, TakeReport
from jupyter_comm_broker.fleet.service.owners import Owners
from jupyter_comm_broker.fleet.service.pages import STATIC, Show, ShowFile
from jupyter_comm_broker.fleet.service.pulse import Pulse
from jupyter_comm_broker.fleet.service.roster import Roster
from jupyter_comm_broker.fleet.service.settings import Settings, settings
from jupyter_comm_broker.log_lines import OneLineLog

BODY_SECONDS = 10.0
"""Seconds that the body of a request may take. A client that is slower is cut off."""

IDLE_SECONDS = 600.0
"""
Seconds for which a connection without a request is kept.

The Hub's proxy keeps connections, too. If it sends into one that is just being closed, the page
gets a 503. So the proxy should be the first to close.
"""

MOST_HEAD = 32 * 1024
"""Bytes of a request's headers. Browsers send their cookies of the whole host."""

log = OneLineLog(logging.getLogger(__name__))


class Service:
    """
    One service.

    Args:
        told: what it is told.
        pages: the classes of the handlers of the page, of its rows, and of the end of a login.
    """

    def __init__(self, told: Settings, pages: Sequence[type[web.RequestHandler]]) -> None:
        self._told = told
        self.roster = Roster(told.most)
        self.owners = Owners(told.api_url)
        self.pulse = Pulse(time.monotonic)
        self.intake = Intake(self.roster, self.owners.owner, self.pulse, time.monotonic)
        show = Show(
            roster=self.roster,
            prefix=told.prefix,
            life=secrets.token_hex(4),
            current=told.current,
            users_at=told.users_at,
            groups=told.groups,
            clock=time.monotonic,
        )
        self.server = HTTPServer(
            self._application(show, *pages),
            max_body_size=MOST_BYTES,
            max_header_size=MOST_HEAD,
            body_timeout=BODY_SECONDS,
            idle_connection_timeout=IDLE_SECONDS,
        )

    def _application(
        self,
        show: Show,
        fleet: type[web.RequestHandler],
        rows: type[web.RequestHandler],
        *login: type[web.RequestHandler],
    ) -> web.Application:
        prefix = show.prefix.rstrip("/")
        handlers: list[Any] = [
            (f"{prefix}/?", fleet, {"show": show}),
            (f"{prefix}/api/rows", rows, {"show": show}),
            (f"{prefix}/api/reports", TakeReport, {"intake": self.intake}),
            (rf"{prefix}/static/([\w.]+)", ShowFile, {"path": str(STATIC)}),
            *((f"{prefix}/oauth_callback", each) for each in login),
        ]
        return web.Application(
            handlers,
            cookie_secret=secrets.token_bytes(32),
            compress_response=True,
            log_function=_log_request,
        )

    async def run(self) -> None:
        """Serve until the process is told to end."""
        self.pulse.start()
        self.server.listen(self._told.port, self._told.host)
        log.info("listening at %s:%d%s", self._told.host, self._told.port, self._told.prefix)
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        for each in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(each, ended.set)
        await ended.wait()
        await self.close()

    async def close(self) -> None:
        """Close all connections. May be called twice."""
        self.server.stop()
        await self.server.close_all_connections()
        await self.owners.close()
        await self.pulse.close()


def _log_request(handler: web.RequestHandler) -> None:
    """Log what went wrong. A thousand servers that report are no news."""
    request, status = handler.request, handler.get_status()
    level = logging.ERROR if status >= 500 and status != 503 else logging.DEBUG
    # Without the query: the end of a login has a code in it.
    log.log(level, "%d %s %s", status, request.method, request.path)


def main(words: Sequence[str] | None = None) -> int:
    """Run the service. Returns the exit code of the process."""
    logging.basicConfig(format="[%(levelname).1s %(asctime)s fleet] %(message)s")
    log.logger.setLevel(logging.INFO)
    try:
        told = settings(words, os.environ)
        from jupyter_comm_broker.fleet.service import login

        login.prepare()
    except ImportError as error:
        sys.stderr.write(f'{error}; pip install "jupyter_comm_broker[fleet]"\n')
        return 2
    except (FleetSettingError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    asyncio.run(_run(told, login.PAGES))
    return 0


async def _run(told: Settings, pages: Sequence[type[web.RequestHandler]]) -> None:
    await Service(told, pages).run()
