"""
Emits the life of comms, pages and kernels through Jupyter's event logger, but no states.

An event costs the logger about a hundred times what it costs the broker, and a cell can open 10,000
comms at once. So events wait here, and are emitted for a few milliseconds at a time.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from jupyter_events import EventLogger

from jupyter_comm_broker.core.state.changes import (
    CommClosed,
    CommOpened,
    FrontendAttached,
    FrontendDetached,
    KernelChange,
    ProcessEnded,
)
from jupyter_comm_broker.protocol.alias import alias
from jupyter_comm_broker.transport.driver import KernelDriver

SCHEMA_ID = "https://events.jupyter.org/jupyter_comm_broker/comm/v1"
SCHEMA_PATH = Path(__file__).parents[1] / "event_schemas" / "comm" / "v1.yaml"

SLICE = 0.005
"""Seconds of emitting without a pause. Pages wait that long at most."""

PAUSE = 0.005
"""Seconds of a pause, in which pages have their turn."""

LAST = 1.0
"""Seconds of emitting when the server stops."""

MOST_WAITING = 50_000
"""
The most events that wait. Further events are dropped, and the log says how many.

They take some megabytes, and a minute to emit.
"""


class EventLog:
    """Emits what happens, as long as the event logger has listeners."""

    def __init__(self, events: EventLogger, log: logging.Logger) -> None:
        self._events = events
        self._log = log
        self._waiting: deque[tuple[float, dict[str, Any]]] = deque()
        self._dropped = 0
        self._next: asyncio.Handle | None = None
        if SCHEMA_ID not in events.schemas:
            events.register_event_schema(SCHEMA_PATH)

    def watch(self, driver: KernelDriver, changes: Sequence[KernelChange]) -> None:
        """Note what happened. It is emitted later."""
        at = time.time()
        for change in changes:
            facts = _facts(change)
            if facts is None:
                continue
            if len(self._waiting) >= MOST_WAITING:
                self._dropped += 1
                continue
            self._waiting.append((at, {"kernel_id": driver.kernel_id, **facts}))
        if self._waiting and self._next is None:
            self._next = asyncio.get_running_loop().call_soon(self._emit_some)

    def close(self) -> None:
        """Emit the events that wait, while the listeners are still there. May be called twice."""
        if self._next is not None:
            self._next.cancel()
            self._next = None
        self._emit_until(time.monotonic() + LAST)
        self._waiting.clear()

    def _emit_some(self) -> None:
        self._next = None
        self._emit_until(time.monotonic() + SLICE)
        if self._waiting:
            self._next = asyncio.get_running_loop().call_later(PAUSE, self._emit_some)
        elif self._dropped:
            self._log.warning(
                "comm broker: %d events were not emitted, because listeners are too slow",
                self._dropped,
            )
            self._dropped = 0

    def _emit_until(self, end: float) -> None:
        while self._waiting and time.monotonic() < end:
            at, facts = self._waiting.popleft()
            try:
                when = datetime.fromtimestamp(at).astimezone()
                emitted = self._events.emit(
                    schema_id=SCHEMA_ID, data=facts, timestamp_override=when
                )
            except Exception:  # noqa: BLE001 - listeners and modifiers are not ours
                self._log.exception("comm broker: an event could not be emitted")
                continue
            if emitted is None:
                # Nobody listens. Only the logger knows that.
                self._waiting.clear()
                self._dropped = 0


def _facts(change: KernelChange) -> dict[str, Any] | None:
    """Return the facts of a change about a comm, page or process; ``None`` of other changes."""
    if isinstance(change, CommOpened | CommClosed):
        record = change.record
        facts = {"comm_id": record.comm_id, "target_name": record.target_name}
        if record.model.name:
            facts["model_name"] = record.model.name
        if isinstance(change, CommOpened):
            return {"action": "opened", "by": record.opened_by.value, **facts}
        return {
            "action": "closed",
            "by": change.by.value,
            "reason": change.reason,
            **facts,
        }
    if isinstance(change, FrontendAttached):
        return {"action": "attached", "session_id": alias(change.session_id)}
    if isinstance(change, FrontendDetached):
        return {"action": "detached", "session_id": alias(change.session_id)}
    if isinstance(change, ProcessEnded):
        return {"action": f"kernel_{change.state}", "reason": change.reason}
    return None
