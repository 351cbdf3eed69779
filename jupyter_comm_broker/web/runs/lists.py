"""``/api/kernels/{kernel_id}/requests``: the runs of a kernel's cells."""

from __future__ import annotations

from jupyter_comm_broker.inspection.runs import run_list, run_views
from jupyter_comm_broker.inspection.runs.run_list import RunListQuery
from jupyter_comm_broker.inspection.runs.run_views import RunPage
from jupyter_comm_broker.web.handler import CommBrokerHandler
from jupyter_comm_broker.web.operation import JSON, Answer, operation
from jupyter_comm_broker.web.runs.run import RESOURCE, TAG, UNCHANGED


class ListRequests(CommBrokerHandler):
    """``/api/kernels/{kernel_id}/requests``: one kernel's runs."""

    auth_resource = RESOURCE

    @operation(
        "listRequests",
        action="read",
        resource=RESOURCE,
        query=RunListQuery,
        answers={200: Answer(media={JSON: RunPage}, headers=TAG), 304: UNCHANGED},
        errors=(404, 410),
    )
    async def get(self, query: RunListQuery, kernel_id: str) -> None:
        """List the cells that a kernel runs, will run and ran, page by page."""
        known = self.kernel(kernel_id).known
        page = run_list.page(known, query)
        tag = run_views.tag(known, page.runs, str(query), page.next, page.total)
        # Weak: for how long a run goes on changes with time. The dates beside it say the same.
        if not self.is_known(tag, weak=True):
            self.answer(run_list.shown(kernel_id, known, query, page, self.port.now()))
