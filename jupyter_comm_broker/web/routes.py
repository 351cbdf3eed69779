"""The table of all routes of the API. Handlers and document are made from it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from jupyter_comm_broker._version import __version__
from jupyter_comm_broker.web.broker import ListTargets, ShowBroker
from jupyter_comm_broker.web.comms.closing import CloseComm, CloseComms
from jupyter_comm_broker.web.comms.closings import CloseChosen
from jupyter_comm_broker.web.comms.comm import ShowBuffer, ShowComm, ShowState
from jupyter_comm_broker.web.comms.lists import ListComms, ListKernelComms
from jupyter_comm_broker.web.comms.opening import OpenComm
from jupyter_comm_broker.web.comms.sending import SendMessage
from jupyter_comm_broker.web.events.event_stream import StreamEvents
from jupyter_comm_broker.web.events.recordings import RecordComm, RecordTarget, ShowMessages
from jupyter_comm_broker.web.handler import CommBrokerHandler
from jupyter_comm_broker.web.openapi import document
from jupyter_comm_broker.web.operation import JSON, Answer, NoQuery, Route, operation
from jupyter_comm_broker.web.runs.lists import ListRequests
from jupyter_comm_broker.web.runs.run import ShowOutputs, ShowRequest


class ShowDocument(CommBrokerHandler):
    """``/api/comms/openapi.json``: the description of the API."""

    @operation("showDocument", action="read", answers={200: Answer(media={JSON: dict[str, Any]})})
    async def get(self, query: NoQuery) -> None:
        """Show this document."""
        self.answer(document(ROUTES, __version__, self.base_url))


KERNEL = "/api/kernels/{kernel_id}/comms"
COMM = KERNEL + "/{comm_id}"
RUNS = "/api/kernels/{kernel_id}/requests"

ROUTES = [
    Route("/api/comms", [ListComms]),
    Route("/api/comms/broker", [ShowBroker]),
    Route("/api/comms/events", [StreamEvents]),
    Route("/api/comms/openapi.json", [ShowDocument]),
    Route("/api/comms/targets", [ListTargets]),
    Route(KERNEL, [ListKernelComms, OpenComm, CloseComms]),
    Route(COMM, [ShowComm, CloseComm]),
    Route(COMM + "/messages", [ShowMessages, SendMessage]),
    Route(COMM + "/recording", [RecordComm]),
    Route(COMM + "/state", [ShowState]),
    Route(COMM + "/buffers/{index}", [ShowBuffer]),
    Route("/api/kernels/{kernel_id}/closings", [CloseChosen]),
    Route("/api/kernels/{kernel_id}/recordings/{target_name}", [RecordTarget]),
    Route(RUNS, [ListRequests]),
    Route(RUNS + "/{msg_id}", [ShowRequest]),
    Route(RUNS + "/{msg_id}/outputs", [ShowOutputs]),
]

ANOTHERS = {"jupyter_server_nbmodel": RUNS + "/{msg_id}"}
"""
Addresses that another extension has as well, by its name. Where it is on, it gets the requests.

jupyter-server-nbmodel runs cells itself, and its page asks there what became of them.
"""


def handlers_beside(extensions: Collection[str]) -> list[tuple[str, type[CommBrokerHandler]]]:
    """
    Return the routes as tornado takes them.

    Args:
        extensions: the names of the extensions that are on.
    """
    left = {path for name, path in ANOTHERS.items() if name in extensions}
    return [route.mounted() for route in ROUTES if route.path not in left]
