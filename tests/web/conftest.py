"""A real server whose broker is one that a test fills by hand."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from jupyter_server.auth.authorizer import AllowAllAuthorizer
from tornado.httpclient import HTTPClientError

from jupyter_comm_broker.adapters.event_feed import EventFeed
from jupyter_comm_broker.core.broker import KernelBroker
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.errors import KernelNotFoundError
from jupyter_comm_broker.events.recordings import Recordings
from jupyter_comm_broker.inspection.health_views import SelfCheck
from jupyter_comm_broker.inspection.list_cursors import ListCursors
from jupyter_comm_broker.testing.address import Address
from jupyter_comm_broker.testing.event_reader import EventReader
from jupyter_comm_broker.web.handler import SETTING
from tests.core.room import Room
from tests.core.truth import Truth

from .contract import check
from .program import RoomProgram

KERNEL_1 = "11111111-1111-1111-1111-111111111111"
KERNEL_2 = "22222222-2222-2222-2222-222222222222"
NO_KERNEL = "33333333-3333-3333-3333-333333333333"


class Mirrored(Truth):
    """A kernel that agrees with the broker, unless a test says otherwise."""

    def works(self) -> None:
        for record in self.room.broker._parts.comms.registry:
            self.widgets.setdefault(record.comm_id, self.room.mirrored(record.comm_id))
        super().works()


class Desk:
    """The port of the handlers: two kernels whose brokers get the messages of a test."""

    def __init__(self) -> None:
        self.rooms = {KERNEL_1: Room(), KERNEL_2: Room()}
        self.fault: Exception | None = None
        self.cursors = ListCursors("life")
        self.recordings = Recordings()
        self.events = EventFeed("cafe", Limits(event_heartbeat=0.05))
        self.truths: dict[str, Truth] = {
            kernel_id: Mirrored(room) for kernel_id, room in self.rooms.items()
        }
        """What the kernels say when they are asked; a test may let them say something else."""
        self.programs = {kernel_id: RoomProgram(room) for kernel_id, room in self.rooms.items()}

    def program(self, kernel_id: str) -> RoomProgram:
        self.kernel(kernel_id)
        return self.programs[kernel_id]

    def kernels(self) -> list[tuple[str, KernelBroker]]:
        return [(kernel_id, room.broker) for kernel_id, room in self.rooms.items()]

    def kernel(self, kernel_id: str) -> KernelBroker:
        if self.fault is not None:
            raise self.fault
        if kernel_id not in self.rooms:
            raise KernelNotFoundError(kernel_id)
        return self.rooms[kernel_id].broker

    async def look(self, kernel_id: str, comm_ids: Sequence[str], seconds: float) -> bool:
        """Ask the kernel, which answers at once if it does at all."""
        room = self.rooms[kernel_id]
        number = room.broker.look(comm_ids, room.now)
        room.settle()
        self.truths[kernel_id].works()
        return number in room.looked

    def transport(self, kernel_id: str) -> str:
        return "zmq" if kernel_id in self.rooms else ""

    def self_check(self) -> SelfCheck:
        return {
            "version": "1",
            "mode": "broker",
            "in_path": True,
            "reason": None,
            "connection_class": None,
            "limits": {},
            "strategies": [],
            "unlinked": {},
        }

    def now(self) -> float:
        return self.rooms[KERNEL_1].now


@dataclass(frozen=True)
class Answer:
    """An answer."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def content_type(self) -> str:
        return self.headers["Content-Type"]


Ask = Callable[..., Awaitable[Answer]]
Reading = Callable[..., EventReader]


class Judge(AllowAllAuthorizer):
    """Notes the questions, and denies what a test wants denied."""

    asked: list[tuple[str, str]]
    denied: set[tuple[str, str]]

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        self.asked.append((action, resource))
        return (action, resource) not in self.denied


@pytest.fixture
def jp_server_config() -> dict[str, Any]:
    Judge.asked, Judge.denied = [], set()
    return {
        "ServerApp": {
            "jpserver_extensions": {"jupyter_comm_broker": True},
            "authorizer_class": Judge,
        }
    }


@pytest.fixture
def desk(jp_serverapp: Any) -> Iterator[Desk]:
    settings = jp_serverapp.web_app.settings
    real, settings[SETTING] = settings[SETTING], Desk()
    yield settings[SETTING]
    settings[SETTING] = real


@pytest.fixture
def ask(desk: Desk, jp_fetch: Any) -> Ask:
    """Ask the server for a path; an error is an answer too, and all have to be documented."""

    async def asking(*path: str, documented: bool = True, **how: Any) -> Answer:
        if how.get("body") is not None:
            how.setdefault("headers", {}).setdefault("Content-Type", "application/json")
        try:
            response = await jp_fetch(*path, **how)
        except HTTPClientError as error:
            response = error.response
        is_json = "json" in response.headers.get("Content-Type", "")
        body = json.loads(response.body) if is_json else response.body
        if documented:
            asked = response.request.url[response.request.url.index("/api/") :]
            check(response.request.method, asked, response.code, response.headers, body)
        return Answer(response.code, body, response.headers)

    return asking


@pytest.fixture
def reading(desk: Desk, jp_serverapp: Any, http_server: Any) -> Reading:
    """Make a reader of events on a real socket; the arguments are its own."""

    def made(**how: Any) -> EventReader:
        return EventReader(Address.of(jp_serverapp), **how)

    return made
