"""``POST /api/kernels/{kernel_id}/comms/{comm_id}/messages``: send on a comm, and wait or not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, TypedDict

from msgspec import Meta, Struct

from jupyter_comm_broker.core.message_views import (
    BusyView,
    CommMessageView,
    ErrorView,
    StreamView,
    heard,
    queued_behind,
)
from jupyter_comm_broker.web.bodies import FORM, SentBody, SentForm, read_body
from jupyter_comm_broker.web.operation import JSON, Answer, operation
from jupyter_comm_broker.web.writer import SEND_FAILURES, TIMEOUT, Timeout, WritingHandler


class SendQuery(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """How long to wait, and for what."""

    wait: Annotated[
        Literal["none", "processed", "reply"],
        Meta(description="For nothing; until the kernel is done with it; and with its answers."),
    ] = "none"
    timeout: Timeout = TIMEOUT
    reveal: Annotated[
        bool, Meta(description="Show secrets in answers as well; takes the right to execute.")
    ] = False


class AcceptedView(TypedDict):
    """A message that is on its way to the kernel."""

    msg_id: str
    queued_behind: Annotated[
        BusyView | None, Meta(description="What the kernel runs first; null if it is idle.")
    ]


class _Processed(TypedDict):
    msg_id: str
    seconds: float


class ProcessedView(_Processed, total=False):
    """A message that the kernel is done with, with what answered it if that was asked for."""

    comm_messages: Annotated[
        list[CommMessageView], Meta(description="Those whose parent the message is.")
    ]
    errors: list[ErrorView]
    streams: list[StreamView]
    truncated: Annotated[bool, Meta(description="Whether there was more than is collected.")]


class SendMessage(WritingHandler):
    """``/api/kernels/{kernel_id}/comms/{comm_id}/messages``: send."""

    @operation(
        "sendMessage",
        action="write",
        query=SendQuery,
        body={JSON: SentBody, FORM: SentForm},
        answers={
            200: Answer(
                description="The kernel is done with it, as wait asks for.",
                media={JSON: ProcessedView},
            ),
            202: Answer(description="It is on its way: wait is none.", media={JSON: AcceptedView}),
        },
        errors=(*SEND_FAILURES, 504),
    )
    async def post(self, query: SendQuery, kernel_id: str, comm_id: str) -> None:
        """Send a message on a comm."""
        reveal = await self.may_see_secrets(query.reveal)
        self.check_body()
        body = read_body(self.request, SentBody)
        broker = self.live_kernel(kernel_id)
        _, record = self.comm(kernel_id, comm_id)
        content = self.content(
            {"comm_id": comm_id, "data": body.data}, record.is_widget, body.metadata, body.buffers
        )
        busy = queued_behind(broker, self.port.now())
        if query.wait == "none":
            msg_id = self.port.program(kernel_id).send(
                "comm_msg", content, body.metadata, body.buffers
            )
            self.set_status(202)
            self.answer(AcceptedView(msg_id=msg_id, queued_behind=busy))
            return
        await self._asked_for(query, kernel_id, content, body.metadata, body.buffers, reveal)

    async def _asked_for(
        self,
        query: SendQuery,
        kernel_id: str,
        content: bytes,
        metadata: object,
        buffers: Sequence[bytes],
        reveal: bool,
    ) -> None:
        began, broker = self.port.now(), self.kernel(kernel_id)
        with self.asking(kernel_id, "comm_msg", content, metadata, buffers) as asked:
            await self.until_done(asked, query.timeout)
            found: ProcessedView = {
                "msg_id": asked.msg_id,
                "seconds": self.port.now() - began,
            }
            if query.wait == "reply":
                answers = heard(broker, asked.heard, reveal=reveal)
                found["comm_messages"] = answers.comm_messages
                found["errors"] = answers.errors
                found["streams"] = answers.streams
                found["truncated"] = asked.truncated
        self.answer(found)
