"""``/api/kernels/{kernel_id}/comms/{comm_id}`` and below: one comm, its state, its buffers."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from msgspec import Meta, Struct

from jupyter_comm_broker.inspection import state_views
from jupyter_comm_broker.inspection.views import StateView, WholeCommView
from jupyter_comm_broker.protocol.media_type import UNKNOWN
from jupyter_comm_broker.web.handler import CommBrokerHandler
from jupyter_comm_broker.web.operation import JSON, Answer, operation

TAG = {"ETag": "The same tag means the same answer, but for ages."}
UNCHANGED = Answer(description="If-None-Match has the tag of what would be shown.", headers=TAG)
FAILURES = (404, 410)

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


class StateQuery(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """What may be asked of a state."""

    reveal: Annotated[
        bool, Meta(description="Show secrets as well; takes the right to execute.")
    ] = False


class CommQuery(StateQuery, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """What may be asked of a comm."""

    buffers: Annotated[
        Literal["base64", "omit"], Meta(description="Whether buffers come with their bytes.")
    ] = "base64"


class ShowComm(CommBrokerHandler):
    """``/api/kernels/{kernel_id}/comms/{comm_id}``: one comm."""

    @operation(
        "showComm",
        action="read",
        query=CommQuery,
        answers={200: Answer(media={JSON: WholeCommView}, headers=TAG), 304: UNCHANGED},
        errors=FAILURES,
    )
    async def get(self, query: CommQuery, kernel_id: str, comm_id: str) -> None:
        """Show a comm with its state and buffers."""
        reveal = await self.may_see_secrets(query.reveal)
        broker, record = self.comm(kernel_id, comm_id)
        view = state_views.view(kernel_id, broker, record, self.port.now())
        variant = f"whole {query.buffers} {reveal}"
        # Weak: the ages in it pass by themselves, and the dates beside them say the same.
        if not self.is_known(state_views.whole_tag(broker, record, view, variant), weak=True):
            with_buffers = query.buffers == "base64"
            self.answer(state_views.whole(view, record, reveal=reveal, with_buffers=with_buffers))


class ShowState(CommBrokerHandler):
    """``/api/kernels/{kernel_id}/comms/{comm_id}/state``: a comm's state alone."""

    @operation(
        "showState",
        action="read",
        query=StateQuery,
        answers={200: Answer(media={JSON: StateView}, headers=TAG), 304: UNCHANGED},
        errors=FAILURES,
    )
    async def get(self, query: StateQuery, kernel_id: str, comm_id: str) -> None:
        """Show a comm's state and where its buffers belong."""
        reveal = await self.may_see_secrets(query.reveal)
        broker, record = self.comm(kernel_id, comm_id)
        if not self.is_known(state_views.state_tag(broker, record, f"state {reveal}")):
            self.answer(state_views.alone(record, reveal=reveal))


class ShowBuffer(CommBrokerHandler):
    """``/api/kernels/{kernel_id}/comms/{comm_id}/buffers/{index}``: one buffer, as it is."""

    @operation(
        "showBuffer",
        action="read",
        query=StateQuery,
        answers={
            200: Answer(
                description=f"Its bytes, as the widget says what they are, else {UNKNOWN}.",
                media={"*/*": None},
                headers=TAG,
            ),
            304: UNCHANGED,
        },
        errors=FAILURES,
    )
    async def get(self, query: StateQuery, kernel_id: str, comm_id: str, index: int) -> None:
        """Show one buffer of a comm's state."""
        reveal = await self.may_see_secrets(query.reveal)
        broker, record = self.comm(kernel_id, comm_id)
        found = state_views.buffer(record, index, reveal=reveal)
        if self.is_known(state_views.state_tag(broker, record, f"buffer {index} {reveal}")):
            return
        # Whatever a kernel or a page put there, it must not run in the server's name.
        name = _UNSAFE.sub("_", f"{comm_id[:80]}-{index}")
        self.set_header("Content-Disposition", f'attachment; filename="{name}"')
        self.set_header("Content-Security-Policy", "default-src 'none'; sandbox")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.finish(bytes(found.data), set_content_type=found.media_type)
