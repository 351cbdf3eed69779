"""``/api/kernels/{kernel_id}/requests/{msg_id}`` and below: one run, and its output."""

from __future__ import annotations

from jupyter_comm_broker.inspection.runs import run_views
from jupyter_comm_broker.inspection.runs.run_list import RunQuery
from jupyter_comm_broker.inspection.runs.run_views import RunOutputsView, RunView
from jupyter_comm_broker.web.handler import CommBrokerHandler
from jupyter_comm_broker.web.operation import JSON, Answer, NoQuery, operation

RESOURCE = "kernels"
"""What a user needs the right to read, as for jupyter_server's own answers about a kernel."""

TAG = {"ETag": "The same tag means the same answer, apart from for how long a run goes on."}
UNCHANGED = Answer(description="If-None-Match has the tag of this answer.", headers=TAG)


class ShowRequest(CommBrokerHandler):
    """``/api/kernels/{kernel_id}/requests/{msg_id}``: one run."""

    auth_resource = RESOURCE

    @operation(
        "showRequest",
        action="read",
        resource=RESOURCE,
        query=RunQuery,
        answers={200: Answer(media={JSON: RunView}, headers=TAG), 304: UNCHANGED},
        errors=(404,),
    )
    async def get(self, query: RunQuery, kernel_id: str, msg_id: str) -> None:
        """
        Show how far a run is.

        Args:
            query: how to show it.
            kernel_id: the kernel.
            msg_id: the request.
        """
        known = self.kernel(kernel_id).known
        run = run_views.found(kernel_id, known, msg_id)
        if not self.is_known(run_views.tag(known, [run], str(query)), weak=True):
            self.answer(
                run_views.view(
                    kernel_id, known, run, self.port.now(), code=query.code, lines=query.lines
                )
            )


class ShowOutputs(CommBrokerHandler):
    """``/api/kernels/{kernel_id}/requests/{msg_id}/outputs``: the output of one run."""

    auth_resource = RESOURCE

    @operation(
        "showOutputs",
        action="read",
        resource=RESOURCE,
        query=NoQuery,
        answers={200: Answer(media={JSON: RunOutputsView}, headers=TAG), 304: UNCHANGED},
        errors=(404,),
    )
    async def get(self, query: NoQuery, kernel_id: str, msg_id: str) -> None:
        """
        Show the output of a run as a notebook holds it.

        Args:
            query: no parameters.
            kernel_id: the kernel.
            msg_id: the request.
        """
        known = self.kernel(kernel_id).known
        run = run_views.found(kernel_id, known, msg_id)
        if not self.is_known(run_views.tag(known, [run], "outputs")):
            self.answer(run_views.outputs(kernel_id, known, run))
