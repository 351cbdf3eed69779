"""``/api/comms`` and ``/api/kernels/{kernel_id}/comms``: the open comms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from msgspec import Meta, UnsetType, structs

from jupyter_comm_broker.core.broker import KernelBroker
from jupyter_comm_broker.core.state.known_comm import KnownComm
from jupyter_comm_broker.errors import InvalidFieldError
from jupyter_comm_broker.inspection import snapshots, state_views
from jupyter_comm_broker.inspection.comm_list import KernelListQuery, ListQuery, Page, chosen, page
from jupyter_comm_broker.inspection.views import CommPage, CommView, KernelCommPage, WidgetDocument
from jupyter_comm_broker.web.accept import prefers
from jupyter_comm_broker.web.handler import CommBrokerHandler
from jupyter_comm_broker.web.operation import JSON, Answer, operation

DOCUMENT = "application/vnd.jupyter.widget-state+json"

Kernels = Iterable[tuple[str, KernelBroker]]


class KernelCommsQuery(KernelListQuery, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Chooses one kernel's comms, and how to show them."""

    reveal: Annotated[
        bool,
        Meta(
            description="Show secrets too, in a widget state document. This needs the right to "
            "execute."
        ),
    ] = False


class ListComms(CommBrokerHandler):
    """``/api/comms``: the open comms of all kernels."""

    @operation(
        "listComms",
        action="read",
        query=ListQuery,
        answers={200: Answer(media={JSON: CommPage})},
        errors=(410,),
    )
    async def get(self, query: ListQuery) -> None:
        """List the open comms of all kernels, page by page."""
        kernels = self.port.kernels()
        if not isinstance(query.kernel, UnsetType):
            kernels = [each for each in kernels if each[0] == query.kernel]
        now = self.port.now()
        found = page(kernels, query, self.port.cursors, now)
        self.answer(_shown(found, query, now))


class ListKernelComms(CommBrokerHandler):
    """``/api/kernels/{kernel_id}/comms``: one kernel's comms."""

    @operation(
        "listKernelComms",
        action="read",
        query=KernelCommsQuery,
        answers={
            200: Answer(
                description="A page of the list. If the Accept header prefers it, a widget state "
                "document of all widgets. The document takes no parameter but reveal.",
                media={JSON: KernelCommPage, DOCUMENT: WidgetDocument},
            )
        },
        errors=(404, 410),
    )
    async def get(self, query: KernelCommsQuery, kernel_id: str) -> None:
        """List a kernel's open comms, page by page, or show the states of its widgets."""
        reveal = await self.may_see_secrets(query.reveal)
        broker = self.kernel(kernel_id)
        self.set_header("Vary", "Accept")
        if prefers(self.request.headers.get("Accept", ""), DOCUMENT, JSON):
            self._document(broker, query, reveal)
            return
        now = self.port.now()
        found = page([(kernel_id, broker)], query, self.port.cursors, now)
        self.answer({"kernel_id": kernel_id, **_shown(found, query, now)})

    def _document(self, broker: KernelBroker, query: KernelCommsQuery, reveal: bool) -> None:
        for name, default in structs.asdict(KernelCommsQuery()).items():
            if name != "reveal" and getattr(query, name) != default:
                raise InvalidFieldError(name, f"a widget state document takes no {name}")
        broker.settle_outputs()
        shown = state_views.document(broker.known.comms(), reveal=reveal)
        self.set_header("Cache-Control", "private, no-store" if reveal else "private, no-cache")
        self.answer(shown, DOCUMENT)


def _shown(found: Page, query: KernelListQuery, now: float) -> dict[str, Any]:
    # The views of all comms of a kernel are made together.
    kernels: dict[str, tuple[KernelBroker, list[KnownComm]]] = {}
    for each in found.comms:
        kernels.setdefault(each.kernel_id, (each.broker, []))[1].append(each.record)
    captions = isinstance(query.fields, UnsetType) or "caption" in query.fields
    views: dict[tuple[str, str], CommView] = {
        (kernel_id, view["comm_id"]): view
        for kernel_id, (broker, records) in kernels.items()
        for view in snapshots.comms(kernel_id, broker, now, records, captions=captions)
    }
    return {
        "comms": [
            chosen(views[each.kernel_id, each.record.comm_id], query.fields) for each in found.comms
        ],
        "next": found.next,
        "total": found.total,
    }
