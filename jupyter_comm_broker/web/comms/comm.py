"""``/api/kernels/{kernel_id}/comms/{comm_id}`` and below: one comm, its state, its buffers."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from msgspec import Meta, Struct

from jupyter_comm_broker.core.broker import KernelBroker
from jupyter_comm_broker.core.state.known_comm import KnownComm
from jupyter_comm_broker.inspection import state_views
from jupyter_comm_broker.inspection.views import StateView, WholeCommView
from jupyter_comm_broker.protocol.media_type import UNKNOWN
from jupyter_comm_broker.web.comms.writer import TIMEOUT, Timeout
from jupyter_comm_broker.web.handler import CommBrokerHandler
from jupyter_comm_broker.web.operation import JSON, Answer, operation

TAG = {"ETag": "The same tag means the same answer, apart from ages."}
UNCHANGED = Answer(description="If-None-Match has the tag of this answer.", headers=TAG)
FAILURES = (404, 410)

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


class StateQuery(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """How to show a state."""

    reveal: Annotated[
        bool, Meta(description="Show secrets too. This needs the right to execute.")
    ] = False
    verify: Annotated[
        bool,
        Meta(
            description="Ask the kernel first. If it does not answer within the timeout, for "
            "example while it is busy, the known state is shown. checked_at says how old it is."
        ),
    ] = False
    timeout: Timeout = TIMEOUT


class CommQuery(StateQuery, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """How to show a comm."""

    buffers: Annotated[
        Literal["base64", "omit"], Meta(description="Whether to show the bytes of buffers.")
    ] = "base64"


class StateHandler(CommBrokerHandler):
    """A handler that shows one comm's state."""

    async def looked_at(
        self, query: StateQuery, kernel_id: str, comm_id: str
    ) -> tuple[KernelBroker, KnownComm]:
        """
        Return a kernel's broker and one of its comms, for an answer that shows its state.

        Args:
            query: with ``verify`` the kernel is asked first; ``reveal`` needs a right.
            kernel_id: the kernel.
            comm_id: the comm.

        Raises:
            Problem: a 403. The user asks for secrets, and may not see them.
            KernelNotFoundError: there is no such kernel.
            CommNotFoundError: there is no such comm.
            CommClosedError: the comm is closed, perhaps as the kernel said just now.
        """
        await self.may_see_secrets(query.reveal)
        found = self.comm(kernel_id, comm_id)
        if query.verify:
            await self.port.look(kernel_id, [comm_id], query.timeout)
            found = self.comm(kernel_id, comm_id)
        return found


class ShowComm(StateHandler):
    """``/api/kernels/{kernel_id}/comms/{comm_id}``: one comm."""

    @operation(
        "showComm",
        action="read",
        query=CommQuery,
        answers={200: Answer(media={JSON: WholeCommView}, headers=TAG), 304: UNCHANGED},
        errors=FAILURES,
    )
    async def get(self, query: CommQuery, kernel_id: str, comm_id: str) -> None:
        """
        Show a comm with its state and its buffers.

        Args:
            query: how to show the comm.
            kernel_id: the kernel.
            comm_id: the comm.
        """
        broker, record = await self.looked_at(query, kernel_id, comm_id)
        view = state_views.one(kernel_id, broker, record, self.port.now())
        variant = f"whole {query.buffers} {query.reveal}"
        # Weak: its ages change with time. The dates beside them say the same.
        if not self.is_known(state_views.whole_tag(broker, record, view, variant), weak=True):
            shown = state_views.whole(
                view, record, reveal=query.reveal, with_buffers=query.buffers == "base64"
            )
            self.answer(shown)


class ShowState(StateHandler):
    """``/api/kernels/{kernel_id}/comms/{comm_id}/state``: a comm's state alone."""

    @operation(
        "showState",
        action="read",
        query=StateQuery,
        answers={200: Answer(media={JSON: StateView}, headers=TAG), 304: UNCHANGED},
        errors=FAILURES,
    )
    async def get(self, query: StateQuery, kernel_id: str, comm_id: str) -> None:
        """
        Show a comm's state, and where its buffers belong.

        Args:
            query: how to show the state.
            kernel_id: the kernel.
            comm_id: the comm.
        """
        broker, record = await self.looked_at(query, kernel_id, comm_id)
        if not self.is_known(state_views.state_tag(broker, record, f"state {query.reveal}")):
            self.answer(state_views.alone(broker, record, reveal=query.reveal))


class ShowBuffer(StateHandler):
    """``/api/kernels/{kernel_id}/comms/{comm_id}/buffers/{index}``: the bytes of one buffer."""

    @operation(
        "showBuffer",
        action="read",
        query=StateQuery,
        answers={
            200: Answer(
                description=f"Its bytes. The widget says their media type; otherwise {UNKNOWN}.",
                media={"*/*": None},
                headers=TAG,
            ),
            304: UNCHANGED,
        },
        errors=FAILURES,
    )
    async def get(self, query: StateQuery, kernel_id: str, comm_id: str, index: int) -> None:
        """
        Show one buffer of a comm's state.

        Args:
            query: how to show the state.
            kernel_id: the kernel.
            comm_id: the comm.
            index: the buffer's index, from 0.
        """
        broker, record = await self.looked_at(query, kernel_id, comm_id)
        found = state_views.buffer(record, index, reveal=query.reveal)
        if self.is_known(state_views.state_tag(broker, record, f"buffer {index} {query.reveal}")):
            return
        # The bytes come from a kernel or a page. They must not run as code of the server.
        name = _UNSAFE.sub("_", f"{comm_id[:80]}-{index}")
        self.set_header("Content-Disposition", f'attachment; filename="{name}"')
        self.set_header("Content-Security-Policy", "default-src 'none'; sandbox")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.finish(bytes(found.data), set_content_type=found.media_type)
