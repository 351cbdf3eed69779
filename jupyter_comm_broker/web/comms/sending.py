"""``POST /api/kernels/{kernel_id}/comms/{comm_id}/messages``: send, and wait if asked to."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from msgspec import Meta, Struct

from jupyter_comm_broker.core.state.known_comm import KnownComm
from jupyter_comm_broker.errors import InvalidFieldError
from jupyter_comm_broker.inspection.health_views import BusyView
from jupyter_comm_broker.inspection.message_views import (
    CommMessageView,
    ErrorView,
    StreamView,
    heard,
    queued_behind,
)
from jupyter_comm_broker.web.bodies import FORM, Sent, SentBody, SentForm, read_sent
from jupyter_comm_broker.web.comms.writer import SEND_FAILURES, TIMEOUT, Timeout, WritingHandler
from jupyter_comm_broker.web.operation import JSON, Answer, operation
from jupyter_comm_broker.web.port import Outgoing


class SendQuery(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """What to wait for, and how long."""

    wait: Annotated[
        Literal["none", "processed", "reply"],
        Meta(
            description="none: do not wait; processed: wait until the kernel is done with the "
            "message; reply: wait, and show the kernel's answers too."
        ),
    ] = "none"
    timeout: Timeout = TIMEOUT
    reveal: Annotated[
        bool, Meta(description="Show secrets in answers too. This needs the right to execute.")
    ] = False


class _Accepted(TypedDict):
    msg_id: Annotated[
        str, Meta(description="The message's id; for several messages, that of the last.")
    ]
    queued_behind: Annotated[
        BusyView | None,
        Meta(description="The request that the kernel runs first; null if it is idle."),
    ]


class AcceptedView(_Accepted, total=False):
    """One or several messages that are on their way to the kernel."""

    msg_ids: Annotated[
        list[str], Meta(description="The ids of all messages, if the body is an array.")
    ]


class _Processed(TypedDict):
    msg_id: str
    seconds: float


class ProcessedView(_Processed, total=False):
    """A message that the kernel is done with, and the answers to it if they were asked for."""

    comm_messages: Annotated[
        list[CommMessageView], Meta(description="The comm messages that answer the message.")
    ]
    errors: list[ErrorView]
    streams: list[StreamView]
    truncated: Annotated[
        bool, Meta(description="Whether there were more answers than are collected.")
    ]


class SendMessage(WritingHandler):
    """``/api/kernels/{kernel_id}/comms/{comm_id}/messages``: send messages."""

    @operation(
        "sendMessage",
        action="write",
        query=SendQuery,
        body={JSON: Sent, FORM: SentForm},
        answers={
            200: Answer(
                description="The kernel is done with the message, if wait is not none.",
                media={JSON: ProcessedView},
            ),
            202: Answer(
                description="The message is on its way, if wait is none.",
                media={JSON: AcceptedView},
            ),
        },
        errors=(*SEND_FAILURES, 504),
    )
    async def post(self, query: SendQuery, kernel_id: str, comm_id: str) -> None:
        """
        Send one message on a comm, or several in order.

        Args:
            query: what to wait for, and how long.
            kernel_id: the kernel.
            comm_id: the comm.
        """
        reveal = await self.may_see_secrets(query.reveal)
        self.check_body()
        sent = read_sent(self.request)
        if isinstance(sent, list) and query.wait != "none":
            raise InvalidFieldError("wait", "wait takes only one message; send the last one alone")
        broker = self.live_kernel(kernel_id)
        _, record = self.comm(kernel_id, comm_id)
        # All are checked before the kernel gets any.
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

    def _message(self, body: SentBody, record: KnownComm, place: str = "") -> Outgoing:
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
