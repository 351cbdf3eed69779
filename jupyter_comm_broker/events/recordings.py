"""
Recordings: the latest messages of a comm, or of all comms of a target.

A recording runs only after somebody has switched it on. Secrets are removed before a message is
kept. Of each message only as much is kept as was asked for.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Annotated, Any, Literal, TypedDict

import msgspec
from msgspec import Meta

from jupyter_comm_broker.core.broker import KernelBroker
from jupyter_comm_broker.core.state.changes import CommClosed, KernelChange, MessagePassed
from jupyter_comm_broker.core.state.comm_record import Side
from jupyter_comm_broker.core.state.known_comm import KnownComm
from jupyter_comm_broker.errors import MalformedMessageError, TooManyRecordingsError
from jupyter_comm_broker.inspection import redaction
from jupyter_comm_broker.inspection.views import Count, Date
from jupyter_comm_broker.protocol.alias import alias, shown_msg_id
from jupyter_comm_broker.protocol.json_text import dumps_strictly, loads, loads_shallow
from jupyter_comm_broker.protocol.message import Message

UNREADABLE = b'"[unreadable]"'
"""Shown for data that are nested too deeply."""

MOST_RECORDINGS = 20
"""
The most recordings of a kernel.

With the most messages and the largest payloads they take 320 MiB.
"""

Subject = tuple[Literal["comm", "target"], str]
"""What is recorded: a comm by its id, or a target by its name."""


class RecordingWish(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Whether messages are kept, how many, and how much of each."""

    on: bool
    messages: Annotated[
        int, Meta(ge=1, le=1000, description="How many are kept. Older ones are dropped.")
    ] = 200
    payload_bytes: Annotated[
        int,
        Meta(ge=0, le=16384, description="Bytes kept of each message's data. The rest is cut off."),
    ] = 4096


class RecordingView(TypedDict):
    """The settings and the counters of a recording."""

    on: bool
    since: Date | None
    messages: Count
    payload_bytes: Count
    recorded: Annotated[Count, Meta(description="Messages since it began.")]
    dropped: Annotated[Count, Meta(description="Those of them that are no longer kept.")]


class RecordedMessage(TypedDict):
    """One message of a recording."""

    number: Annotated[int, Meta(description="Counts the messages of the recording from 1.")]
    at: Date
    side: Side
    session_id: Annotated[
        str,
        Meta(description="The alias of the page or program that sent it; empty for the kernel."),
    ]
    msg_id: str
    parent_msg_id: str
    msg_type: str
    comm_id: str
    target_name: str
    bytes: Annotated[
        Count | None, Meta(description="The message's size; null if it holds a secret.")
    ]
    data: Annotated[Any, Meta(description="The message's data; null if they were cut.")]
    text: Annotated[str | None, Meta(description="The beginning of the data's JSON, if cut.")]
    buffers: Annotated[
        list[Count | None], Meta(description="The lengths of its buffers; null for a secret.")
    ]
    redacted: bool


class Recording:
    """The latest messages of one subject."""

    def __init__(self, wish: RecordingWish, since: str) -> None:
        self.wish = wish
        self.since = since
        self.recorded = 0
        self._kept: deque[tuple[RecordedMessage, bytes]] = deque(maxlen=wish.messages)

    def add(self, passed: MessagePassed, at: str) -> None:
        """Keep a message, and drop the oldest if there are too many."""
        self.recorded += 1
        message, record = passed.message, passed.record
        text, secret = _shown(message, record)
        most = self.wish.payload_bytes
        cut = len(text) > most
        shown: RecordedMessage = {
            "number": self.recorded,
            "at": at,
            "side": passed.side,
            "session_id": alias(passed.session_id),
            "msg_id": shown_msg_id(message.header),
            "parent_msg_id": shown_msg_id(message.parent),
            "msg_type": message.header.msg_type,
            "comm_id": record.comm_id,
            "target_name": record.target_name,
            "bytes": None if secret.paths else message.size,
            "data": None,
            "text": text[:most].decode("utf-8", "ignore") if cut else None,
            "buffers": [
                None if index in secret.hidden else len(buffer)
                for index, buffer in enumerate(message.buffers)
            ],
            "redacted": bool(secret.paths),
        }
        # As text the data take a tenth of the memory, and most of them are never read.
        self._kept.append((shown, b"null" if cut else text))

    def view(self) -> RecordingView:
        """Return the recording's settings and counters."""
        return {
            "on": True,
            "since": self.since,
            "messages": self.wish.messages,
            "payload_bytes": self.wish.payload_bytes,
            "recorded": self.recorded,
            "dropped": self.recorded - len(self._kept),
        }

    def read(self, after: int, most: int) -> list[RecordedMessage]:
        """Return the first ``most`` messages with a number above ``after``, in order."""
        wanted = [each for each in self._kept if each[0]["number"] > after][:most]
        return [{**shown, "data": loads(text)} for shown, text in wanted]


OFF: RecordingView = {
    "on": False,
    "since": None,
    "messages": 0,
    "payload_bytes": 0,
    "recorded": 0,
    "dropped": 0,
}


class Recordings:
    """All recordings of a server."""

    def __init__(self) -> None:
        self._by_kernel: dict[str, dict[Subject, Recording]] = {}

    def set(
        self,
        kernel_id: str,
        broker: KernelBroker,
        subject: Subject,
        wish: RecordingWish,
        now: float,
    ) -> None:
        """
        Switch a recording on or off. A running one begins again if its settings change.

        Args:
            kernel_id: the kernel.
            broker: the kernel's broker.
            subject: the comm or the target that is recorded.
            wish: the settings.
            now: the time in seconds, by the core's clock.

        Raises:
            TooManyRecordingsError: the kernel has as many recordings as it may have.
        """
        running = self._by_kernel.setdefault(kernel_id, {})
        before = running.get(subject)
        if not wish.on:
            self._drop(kernel_id, broker, subject)
        elif before is None or before.wish != wish:
            if before is None and len(running) >= MOST_RECORDINGS:
                raise TooManyRecordingsError(MOST_RECORDINGS)
            if not running:
                broker.want_traffic()
            running[subject] = Recording(wish, broker.known.date(now))

    def get(self, kernel_id: str, subject: Subject) -> Recording | None:
        """Return the recording of a subject, if one runs."""
        return self._by_kernel.get(kernel_id, {}).get(subject)

    def happened(
        self, kernel_id: str, broker: KernelBroker, changes: Iterable[KernelChange], now: float
    ) -> None:
        """
        Record the messages among a batch of changes. End the recordings of closed comms.

        Args:
            kernel_id: the kernel.
            broker: the kernel's broker.
            changes: what happened, in order.
            now: the time in seconds, by the core's clock.
        """
        running = self._by_kernel.get(kernel_id)
        if not running:
            return
        at = broker.known.date(now)
        for each in changes:
            if isinstance(each, MessagePassed):
                record = each.record
                for subject in (("comm", record.comm_id), ("target", record.target_name)):
                    if (recording := running.get(subject)) is not None:
                        recording.add(each, at)
            elif isinstance(each, CommClosed):
                self._drop(kernel_id, broker, ("comm", each.record.comm_id))

    def kernel_gone(self, kernel_id: str) -> None:
        """Drop all recordings of a kernel that was removed."""
        self._by_kernel.pop(kernel_id, None)

    def _drop(self, kernel_id: str, broker: KernelBroker, subject: Subject) -> None:
        running = self._by_kernel.get(kernel_id, {})
        if running.pop(subject, None) is not None and not running:
            broker.release_traffic()
        if not running:
            self._by_kernel.pop(kernel_id, None)


def _shown(message: Message, record: KnownComm) -> tuple[bytes, redaction.Shown]:
    """Return a message's data as JSON without secrets, and where the secrets were."""
    data, models = bytes(message.comm.data), redaction.models_of(record)
    try:
        value = loads_shallow(data)
    except MalformedMessageError:
        hidden = frozenset(range(len(message.buffers)) if models else ())
        return UNREADABLE, redaction.Shown(None, [[]] if models else [], hidden)
    if not record.is_widget:
        return data, redaction.Shown(None, [], frozenset())
    shown = redaction.redacted_data(models, value)
    return dumps_strictly(shown.state) if shown.paths else data, shown
