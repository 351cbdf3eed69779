"""Recordings of messages: switch them on and off for a comm or a target, and read them."""

from __future__ import annotations

from typing import Annotated, TypedDict

from msgspec import Meta, Struct

from jupyter_comm_broker.events.recordings import (
    OFF,
    RecordedMessage,
    RecordingView,
    RecordingWish,
    Subject,
)
from jupyter_comm_broker.web.bodies import read_body
from jupyter_comm_broker.web.handler import CommBrokerHandler
from jupyter_comm_broker.web.operation import JSON, Answer, NoQuery, operation

SWITCHED = {200: Answer(media={JSON: RecordingView})}


class TailQuery(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Chooses a part of a recording."""

    after: Annotated[
        int, Meta(ge=0, le=2**53, description="Only messages with higher numbers.")
    ] = 0
    limit: Annotated[int, Meta(ge=1, le=1000, description="Most messages to show.")] = 100


class TailView(TypedDict):
    """A recording and its latest messages."""

    recording: RecordingView
    messages: list[RecordedMessage]


READ = {200: Answer(media={JSON: TailView})}


class RecordingHandler(CommBrokerHandler):
    """What the handlers of both kinds of recordings share."""

    def switch(self, kernel_id: str, subject: Subject) -> None:
        """Switch a recording on or off, as the body says. Answer its settings and counters."""
        wish = read_body(self.request, RecordingWish, form=False)
        broker, recordings = self.kernel(kernel_id), self.port.recordings
        recordings.set(kernel_id, broker, subject, wish, self.port.now())
        found = recordings.get(kernel_id, subject)
        self.answer(found.view() if found is not None else OFF)

    def show(self, kernel_id: str, subject: Subject, query: TailQuery) -> None:
        """
        Answer the messages of a recording.

        Args:
            kernel_id: the kernel.
            subject: the comm or the target that is recorded.
            query: the part of the recording.
        """
        found = self.port.recordings.get(kernel_id, subject)
        shown: TailView = {"recording": OFF, "messages": []}
        if found is not None:
            shown = {"recording": found.view(), "messages": found.read(query.after, query.limit)}
        self.answer(shown)


class RecordComm(RecordingHandler):
    """``/api/kernels/{kernel_id}/comms/{comm_id}/recording``: record a comm."""

    @operation(
        "recordComm",
        action="write",
        body={JSON: RecordingWish},
        answers=SWITCHED,
        errors=(404, 409, 410, 415),
    )
    async def put(self, query: NoQuery, kernel_id: str, comm_id: str) -> None:
        """
        Start or stop recording the latest messages of a comm.

        Args:
            query: none.
            kernel_id: the kernel.
            comm_id: the comm.
        """
        self.comm(kernel_id, comm_id)
        self.switch(kernel_id, ("comm", comm_id))


class ShowMessages(RecordingHandler):
    """``/api/kernels/{kernel_id}/comms/{comm_id}/messages``: read the recording of a comm."""

    @operation("listMessages", action="read", query=TailQuery, answers=READ, errors=(404, 410))
    async def get(self, query: TailQuery, kernel_id: str, comm_id: str) -> None:
        """
        List the recorded messages of a comm, oldest first.

        Args:
            query: the part of the recording.
            kernel_id: the kernel.
            comm_id: the comm.
        """
        self.comm(kernel_id, comm_id)
        self.show(kernel_id, ("comm", comm_id), query)


class RecordTarget(RecordingHandler):
    """``/api/kernels/{kernel_id}/recordings/{target_name}``: the recording of a target."""

    @operation(
        "recordTarget",
        action="write",
        body={JSON: RecordingWish},
        answers=SWITCHED,
        errors=(404, 409, 415),
    )
    async def put(self, query: NoQuery, kernel_id: str, target_name: str) -> None:
        """
        Start or stop recording the latest messages of all comms of a target.

        Args:
            query: none.
            kernel_id: the kernel.
            target_name: the target.
        """
        self.switch(kernel_id, ("target", target_name))

    @operation("listTargetMessages", action="read", query=TailQuery, answers=READ, errors=(404,))
    async def get(self, query: TailQuery, kernel_id: str, target_name: str) -> None:
        """
        List the recorded messages of a target's comms, oldest first.

        Args:
            query: the part of the recording.
            kernel_id: the kernel.
            target_name: the target.
        """
        self.kernel(kernel_id)
        self.show(kernel_id, ("target", target_name), query)
