"""Follows the events of a server. It connects again when a connection breaks."""

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
"""Seconds without an event or a heartbeat. After that, the connection counts as dead."""

PAUSE = 1.0
"""Seconds between two attempts to connect again."""

TRIES = 30
"""Attempts in a row that may fail. After that, the server counts as gone."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened."""

    type: str
    data: Mapping[str, Any]
    id: str = ""

    def shown(self) -> dict[str, Any]:
        """Return the event as programs get it."""
        return {"type": self.type, **self.data}


def follow(client: Client, query: Mapping[str, object], *, pause: float = PAUSE) -> Iterator[Event]:
    """
    Yield the events from now on. After a broken connection, go on where it broke.

    If the query names a kernel, the events end when that kernel is gone.

    Args:
        client: the client of the server.
        query: the parameters of the stream.
        pause: seconds between two attempts to connect again.

    Raises:
        CommandError: the server refuses, or does not come back.
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

    An event without a type has only an id, which says where to go on.

    Raises:
        CommandError: an event does not come from the broker.
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
        message = f"the server sends events that are not the broker's: {printable(text, 80)}"
        raise CommandError(Exit.FAILED, message)
    return found
