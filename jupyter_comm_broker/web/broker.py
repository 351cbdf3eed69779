"""``/api/comms/broker`` and ``/api/comms/targets``: the broker itself, and what it learned."""

from __future__ import annotations

from collections import Counter

from jupyter_comm_broker.inspection import kernel_views, snapshots
from jupyter_comm_broker.inspection.views import BrokerView, LinkedKernelView, TargetList
from jupyter_comm_broker.web.handler import CommBrokerHandler
from jupyter_comm_broker.web.operation import JSON, Answer, NoQuery, operation


class ListTargets(CommBrokerHandler):
    """``/api/comms/targets``: which target names are known."""

    @operation("listTargets", action="read", answers={200: Answer(media={JSON: TargetList})})
    async def get(self, query: NoQuery) -> None:
        """List the known target names with their side and evidence."""
        found: TargetList = {"targets": []}
        for kernel_id, broker in self.port.kernels():
            found["targets"] += snapshots.targets(kernel_id, broker)
        self.answer(found)


class ShowBroker(CommBrokerHandler):
    """``/api/comms/broker``: the self-check."""

    @operation("showBroker", action="read", answers={200: Answer(media={JSON: BrokerView})})
    async def get(self, query: NoQuery) -> None:
        """Say whether the broker is in the path, and how each kernel's link does."""
        totals: Counter[str] = Counter()
        kernels: list[LinkedKernelView] = []
        now = self.port.now()
        for kernel_id, broker in self.port.kernels():
            shown = kernel_views.kernel(kernel_id, broker, now)
            totals.update(shown["counters"])
            kernels.append({**shown, "transport": self.port.transport(kernel_id)})
        found: BrokerView = {**self.port.self_check(), "kernels": kernels, "counters": totals}
        self.answer(found)
