"""A fleet service in this process with a Hub that is none, and somebody who asks it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from tornado.httpclient import HTTPRequest
from tornado.simple_httpclient import SimpleAsyncHTTPClient
from tornado.testing import bind_unused_port

from jupyter_comm_broker.fleet.refusals import HubNotReachedError
from jupyter_comm_broker.fleet.service.main import Service
from jupyter_comm_broker.fleet.service.pages import FleetHandler, ShowFleet, ShowRows
from jupyter_comm_broker.fleet.service.settings import Settings

from .fake_hub import FakeHub

PREFIX = "/services/fleet/"

VIEWERS: dict[str, Mapping[str, Any]] = {
    "admin": {"kind": "user", "name": "admin", "admin": True, "groups": []},
    "ann": {"kind": "user", "name": "ann", "admin": False, "groups": ["students"]},
    "tess": {"kind": "user", "name": "tess", "admin": False, "groups": ["teachers"]},
    "operator": {"kind": "service", "name": "operator", "admin": True, "groups": ["teachers"]},
}


class Named(FleetHandler):
    """People log in by saying their name in a header."""

    async def who(self) -> Mapping[str, Any] | None:
        name = self.request.headers.get("X-Name", "")
        if name == "nobody knows":
            raise HubNotReachedError("it is down")
        return VIEWERS.get(name)

    def get_login_url(self) -> str:
        return "/hub/login"


class Page(Named, ShowFleet):
    """The page."""


class Rows(Named, ShowRows):
    """What the script asks for."""


class Answer(NamedTuple):
    """An answer of the service."""

    status: int
    body: Any
    headers: Mapping[str, str]


class Running:
    """A service that listens."""

    def __init__(self, service: Service, hub: FakeHub, port: int) -> None:
        self.service, self.hub, self.port = service, hub, port
        self._client = SimpleAsyncHTTPClient(force_instance=True, max_clients=100)

    def close(self) -> None:
        self._client.close()

    async def asked(
        self,
        path: str = "",
        *,
        body: bytes | None = None,
        method: str | None = None,
        **headers: str,
    ) -> Answer:
        """Ask for a path below the service's prefix. ``X_Name`` is the header ``X-Name``."""
        answer = await self._client.fetch(
            HTTPRequest(
                f"http://127.0.0.1:{self.port}{PREFIX}{path}",
                method=method or ("GET" if body is None else "POST"),
                body=body,
                headers={name.replace("_", "-"): each for name, each in headers.items()},
                follow_redirects=False,
                allow_nonstandard_methods=True,
            ),
            raise_error=False,
        )
        text = answer.body.decode() if answer.body else ""
        is_json = answer.headers.get("Content-Type", "").startswith("application/json")
        return Answer(answer.code, json.loads(text) if is_json else text, answer.headers)

    async def reports(self, body: bytes, token: str | None = "anns") -> Answer:
        """Send a report."""
        headers = {} if token is None else {"Authorization": f"token {token}"}
        return await self.asked("api/reports", body=body, **headers)


@asynccontextmanager
async def running(**told: Any) -> AsyncIterator[Running]:
    """Run a service. ``told`` is what differs in its settings."""
    async with FakeHub() as hub:
        settings = {
            "host": "127.0.0.1",
            "port": 0,
            "prefix": PREFIX,
            "api_url": hub.api_url,
            "users_at": "/user/",
            "current": "0.1.0",
            **told,
        }
        service = Service(Settings(**settings), [Page, Rows])
        listening, port = bind_unused_port()
        service.server.add_socket(listening)
        service.pulse.start()
        running = Running(service, hub, port)
        try:
            yield running
        finally:
            running.close()
            await service.close()
            await service.close()
