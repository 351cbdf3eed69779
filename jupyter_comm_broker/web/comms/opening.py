"""``POST /api/kernels/{kernel_id}/comms``: open a comm, and say whether the kernel took it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from urllib.parse import quote

from msgspec import Struct

from jupyter_comm_broker.core.broker import KernelBroker
from jupyter_comm_broker.errors import CommExistsError, CommRefusedError
from jupyter_comm_broker.inspection import state_views
from jupyter_comm_broker.inspection.message_views import TRACEBACK, printed, raised
from jupyter_comm_broker.inspection.views import CommView
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.widget import WIDGET_TARGET
from jupyter_comm_broker.web.bodies import FORM, OpenedBody, OpenedForm, read_body
from jupyter_comm_broker.web.comms.writer import SEND_FAILURES, TIMEOUT, Timeout, WritingHandler
from jupyter_comm_broker.web.operation import JSON, Answer, operation

NOT_REGISTERED = "target not registered"
FAILED = "the target's callback failed"
CLOSED = "closed by the kernel"

MOST_SAID = 20_000
"""Characters of what the kernel printed about a comm that it closed again; the last ones."""


class OpenQuery(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """How long to wait."""

    timeout: Timeout = TIMEOUT


class OpenComm(WritingHandler):
    """``/api/kernels/{kernel_id}/comms``: open a comm."""

    @operation(
        "openComm",
        action="execute",
        query=OpenQuery,
        body={JSON: OpenedBody, FORM: OpenedForm},
        answers={
            201: Answer(
                description="The kernel took it.",
                media={JSON: CommView},
                headers={"Location": "Where the comm is."},
            )
        },
        errors=(*SEND_FAILURES, 409, 422, 504),
    )
    async def post(self, query: OpenQuery, kernel_id: str) -> None:
        """Open a comm, and wait until the kernel took it or closed it again."""
        self.check_body()
        body = read_body(self.request, OpenedBody)
        broker = self.live_kernel(kernel_id)
        comm_id = body.comm_id or uuid.uuid4().hex
        if comm_id in broker.context.registry:
            raise CommExistsError(kernel_id, comm_id)
        content = self.content(
            {"comm_id": comm_id, "target_name": body.target_name, "data": body.data},
            body.target_name == WIDGET_TARGET,
            body.metadata,
            body.buffers,
        )
        with self.asking(kernel_id, "comm_open", content, body.metadata, body.buffers) as asked:
            await self.until_done(broker, asked, query.timeout)
            answers = list(asked.heard)
        if (record := broker.context.registry.get(comm_id)) is None:
            raise refusal(broker, comm_id, body.target_name, answers)
        self.set_status(201)
        base = f"{self.base_url}api/kernels/{quote(kernel_id, safe='')}"
        self.set_header("Location", f"{base}/comms/{quote(comm_id, safe='')}")
        self.answer(state_views.view(kernel_id, broker, record, self.port.now()))


def refusal(
    broker: KernelBroker, comm_id: str, target_name: str, answers: Iterable[Message]
) -> CommRefusedError:
    """Return why the kernel closed a comm again, by what it printed and raised about it."""
    said, failed = _said(answers)
    if failed or TRACEBACK in said:
        because = FAILED
        if (hidden := broker.context.policy.hide_tracebacks) is not None:
            said = hidden
    elif said and target_name not in said:
        # A target that is known may print what it likes, and close the comm.
        because = CLOSED
    else:
        because = NOT_REGISTERED
    return CommRefusedError(comm_id, target_name, because, said[-MOST_SAID:])


def _said(answers: Iterable[Message]) -> tuple[str, bool]:
    said, failed = [], False
    for message in answers:
        if message.header.msg_type == "stream":
            said.append(printed(message))
        elif message.header.msg_type == "error":
            failed = True
            said += [f"{line}\n" for line in raised(message)["traceback"]]
    return "".join(said), failed
