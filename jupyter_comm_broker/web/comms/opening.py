"""``POST /api/kernels/{kernel_id}/comms``: open a comm, and answer whether the kernel took it."""

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
NOT_TAKEN = "not known to the kernel"

MOST_SAID = 20_000
"""The most characters that are told of what the kernel printed. The last ones are kept."""


class OpenQuery(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """How long to wait for the kernel."""

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
                description="The kernel took the comm.",
                media={JSON: CommView},
                headers={"Location": "The comm's URL."},
            )
        },
        errors=(*SEND_FAILURES, 409, 422, 504),
    )
    async def post(self, query: OpenQuery, kernel_id: str) -> None:
        """Open a comm, and wait until the kernel has taken or closed it."""
        self.check_body()
        body = read_body(self.request, OpenedBody)
        broker = self.live_kernel(kernel_id)
        comm_id = body.comm_id or uuid.uuid4().hex
        if broker.known.comm(comm_id) is not None:
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
        if broker.known.comm(comm_id) is not None and not self._was_seen(broker, comm_id):
            # Some kernels ignore a comm_open and say nothing about it.
            await self.port.look(kernel_id, [comm_id], query.timeout)
        if (record := broker.known.comm(comm_id)) is None:
            raise refusal(broker, comm_id, body.target_name, answers)
        if not self._was_seen(broker, comm_id):
            self.close_comm(kernel_id, comm_id)
            raise CommRefusedError(comm_id, body.target_name, NOT_TAKEN, "")
        self.set_status(201)
        base = f"{self.base_url}api/kernels/{quote(kernel_id, safe='')}"
        self.set_header("Location", f"{base}/comms/{quote(comm_id, safe='')}")
        self.answer(state_views.view(kernel_id, broker, record, self.port.now()))

    @staticmethod
    def _was_seen(broker: KernelBroker, comm_id: str) -> bool:
        """Return whether the kernel sent something on a comm, or named it when it was asked."""
        record = broker.known.comm(comm_id)
        return record is not None and (record.from_kernel > 0 or record.listed)


def refusal(
    broker: KernelBroker, comm_id: str, target_name: str, answers: Iterable[Message]
) -> CommRefusedError:
    """
    Return the error that says why the kernel closed a comm that was opened.

    Args:
        broker: the kernel's broker.
        comm_id: the comm.
        target_name: its target.
        answers: the kernel's answers to the ``comm_open``. What it printed and raised tells why.
    """
    said, failed = _said(answers)
    if failed or TRACEBACK in said:
        because = FAILED
        if (hidden := broker.known.policy.hide_tracebacks) is not None:
            said = hidden
    elif said and target_name not in said:
        # A registered target may print anything and close the comm.
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
