"""The events of a server as they come, over as many connections as that takes."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jupyter_comm_broker.cli.client import Client
from jupyter_comm_broker.cli.exits import CommandError, Exit, RefusalError
from jupyter_comm_broker.cli.wording import printable

PATH = "/api/comms/events"
EVENT_STREAM = "text/event-stream"

SILENCE = 90.0
"""Seconds without even a heartbeat after which the connection is taken for dead."""

PAUSE = 1.0
"""Seconds between two tries to connect again."""

TRIES = 30
"""Tries in a row that may fail before the server is taken for gone."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened."""

    type: str
    data: Mapping[str, Any]
    id: str = ""

    def shown(self) -> dict[str, Any]:
        """Return it as programs get it."""
        return {"type": self.type, **self.data}


def follow(client: Client, query: Mapping[str, object], *, pause: float = PAUSE) -> Iterator[Event]:
    """
    Yield what happens from now on, without a gap where a connection broke.

    It ends when the server says that nothing more will come: the kernel asked for is gone.

    Raises:
        CommandError: the server refuses, or stays away.
    """
    last, failed, connected = "", 0, False
    while True:
        try:
            headers = {"Last-Event-ID": last} if last else {}
            with client.open(
                "GET", PATH, query=query, accept=EVENT_STREAM, headers=headers, patience=SILENCE
            ) as response:
                if response.status == 204:
                    return
                connected, failed = True, 0
                for event in read(response):
                    last = event.id or last
                    if event.type:
                        yield event
                    gone = event.type == "kernel" and event.data.get("state") == "gone"
                    if gone and query.get("kernel"):
                        return
        except RefusalError as error:
            if connected and error.status == 404 and query.get("kernel"):
                return
            if not connected or error.status < 500:
                raise
        except CommandError as error:
            if not connected or error.exit_code is not Exit.NO_SERVER:
                raise
        failed += 1
        if failed > TRIES:
            message = f"{client.address.url} went away and did not come back"
            raise CommandError(Exit.NO_SERVER, message)
        time.sleep(pause)


def read(lines: Iterable[bytes]) -> Iterator[Event]:
    """
    Yield the events in the lines of a stream.

    One without a type only says where to go on from.

    Raises:
        CommandError: what came is no event of ours.
    """
    kind, event_id = "", ""
    data: list[str] = []
    for raw in lines:
        line = raw.decode("utf-8", "replace").rstrip("\r\n")
        if not line:
            if data:
                yield Event(kind or "message", _parsed("\n".join(data)), event_id)
            elif event_id:
                yield Event("", {}, event_id)
            kind, data = "", []
            continue
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            kind = value
        elif name == "data":
            data.append(value)
        elif name == "id":
            event_id = value


def _parsed(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        message = f"the server sends events that are not ours: {printable(text, 80)}"
        raise CommandError(Exit.FAILED, message)
    return found
