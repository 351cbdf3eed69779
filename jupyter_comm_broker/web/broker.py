"""``/api/comms/broker`` and ``/api/comms/targets``: the self-check, and the known targets."""

from __future__ import annotations

from collections import Counter

from jupyter_comm_broker.inspection import kernel_views, snapshots
from jupyter_comm_broker.inspection.health_views import BrokerView, LinkedKernelView
from jupyter_comm_broker.inspection.views import TargetList
from jupyter_comm_broker.web.handler import CommBrokerHandler
from jupyter_comm_broker.web.operation import JSON, Answer, NoQuery, operation


class ListTargets(CommBrokerHandler):
    """``/api/comms/targets``: the target names that are known."""

    @operation("listTargets", action="read", answers={200: Answer(media={JSON: TargetList})})
    async def get(self, query: NoQuery) -> None:
        """List the known target names, with the side that knows each and the evidence."""
        found: TargetList = {"targets": []}
        for kernel_id, broker in self.port.kernels():
            found["targets"] += snapshots.targets(kernel_id, broker)
        self.answer(found)


class ShowBroker(CommBrokerHandler):
    """``/api/comms/broker``: the self-check."""

    @operation("showBroker", action="read", answers={200: Answer(media={JSON: BrokerView})})
    async def get(self, query: NoQuery) -> None:
        """Show whether the broker is in the path, and the health of each kernel's link."""
        totals: Counter[str] = Counter()
        kernels: list[LinkedKernelView] = []
        now = self.port.now()
        for kernel_id, broker in self.port.kernels():
            shown = kernel_views.kernel(kernel_id, broker, now)
            totals.update(shown["counters"])
            kernels.append({**shown, "transport": self.port.transport(kernel_id)})
        found: BrokerView = {**self.port.self_check(), "kernels": kernels, "counters": totals}
        self.answer(found)
