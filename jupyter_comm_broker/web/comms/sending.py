"""``POST /api/kernels/{kernel_id}/comms/{comm_id}/messages``: send on a comm, and wait or not."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from msgspec import Meta, Struct

from jupyter_comm_broker.core.state.comm_record import CommRecord
from jupyter_comm_broker.errors import InvalidFieldError
from jupyter_comm_broker.inspection.message_views import (
    CommMessageView,
    ErrorView,
    StreamView,
    heard,
    queued_behind,
)
from jupyter_comm_broker.inspection.views import BusyView
from jupyter_comm_broker.web.bodies import FORM, Sent, SentBody, SentForm, read_sent
from jupyter_comm_broker.web.comms.writer import SEND_FAILURES, TIMEOUT, Timeout, WritingHandler
from jupyter_comm_broker.web.operation import JSON, Answer, operation
from jupyter_comm_broker.web.port import Outgoing


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


class _Accepted(TypedDict):
    msg_id: Annotated[str, Meta(description="The message's; of several, the last one's.")]
    queued_behind: Annotated[
        BusyView | None, Meta(description="What the kernel runs first; null if it is idle.")
    ]


class AcceptedView(_Accepted, total=False):
    """A message that is on its way to the kernel, or several."""

    msg_ids: Annotated[list[str], Meta(description="Of each, where the body is an array.")]


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
        body={JSON: Sent, FORM: SentForm},
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
        """Send a message on a comm, or several in their order."""
        reveal = await self.may_see_secrets(query.reveal)
        self.check_body()
        sent = read_sent(self.request)
        if isinstance(sent, list) and query.wait != "none":
            raise InvalidFieldError("wait", "only one message is waited for: send the last alone")
        broker = self.live_kernel(kernel_id)
        _, record = self.comm(kernel_id, comm_id)
        # All are looked at before the kernel gets any.
        messages = (
            [self._message(body, record, f"[{index}]") for index, body in enumerate(sent)]
            if isinstance(sent, list)
            else [self._message(sent, record)]
        )
        if query.wait != "none":
            await self._asked_for(query, kernel_id, messages[0], reveal)
            return
        busy = queued_behind(broker, self.port.now())
        msg_ids = self.port.program(kernel_id).send_all("comm_msg", messages)
        accepted: AcceptedView = {"msg_id": msg_ids[-1], "queued_behind": busy}
        if isinstance(sent, list):
            accepted["msg_ids"] = msg_ids
        self.set_status(202)
        self.answer(accepted)

    def _message(self, body: SentBody, record: CommRecord, place: str = "") -> Outgoing:
        content = {"comm_id": record.comm_id, "data": body.data}
        try:
            text = self.content(content, record.is_widget, body.metadata, body.buffers)
        except InvalidFieldError as error:
            field = f"{place}.{error.field}" if place else error.field
            raise InvalidFieldError(field, str(error)) from error
        return Outgoing(text, body.metadata, body.buffers)

    async def _asked_for(
        self, query: SendQuery, kernel_id: str, message: Outgoing, reveal: bool
    ) -> None:
        began, broker = self.port.now(), self.kernel(kernel_id)
        with self.asking(kernel_id, "comm_msg", *message) as asked:
            await self.until_done(broker, asked, query.timeout)
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
