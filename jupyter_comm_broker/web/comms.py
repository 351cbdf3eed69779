"""``/api/comms`` and what is below a kernel: which comms live, and one of them whole."""

from __future__ import annotations

from tornado import web

from jupyter_comm_broker.core import snapshots
from jupyter_comm_broker.errors import CommNotFoundError
from jupyter_comm_broker.web.handler import COMM_ID, KERNEL_ID, CommBrokerHandler, allowed


class AllCommsHandler(CommBrokerHandler):
    """``/api/comms``: every live comm on the server."""

    @web.authenticated
    @allowed("read")
    async def get(self) -> None:
        """List them kernel by kernel, in the order in which they were opened."""
        now = self.port.now()
        found = []
        for kernel_id, broker in self.port.kernels():
            found += snapshots.comms(kernel_id, broker, now)
        self.answer({"comms": found})


class KernelCommsHandler(CommBrokerHandler):
    """``/api/kernels/{kernel_id}/comms``: one kernel's comms."""

    @web.authenticated
    @allowed("read")
    async def get(self, kernel_id: str) -> None:
        """List them in the order in which they were opened. 404 if there is no such kernel."""
        broker = self.kernel(kernel_id)
        found = snapshots.comms(kernel_id, broker, self.port.now())
        self.answer({"kernel_id": kernel_id, "comms": found})


class CommHandler(CommBrokerHandler):
    """``/api/kernels/{kernel_id}/comms/{comm_id}``: one comm."""

    @web.authenticated
    @allowed("read")
    async def get(self, kernel_id: str, comm_id: str) -> None:
        """Show it with its state. 404 if it is not open, with the reason if it was."""
        broker = self.kernel(kernel_id)
        record = broker.context.registry.get(comm_id)
        if record is None:
            closing = broker.context.registry.closing(comm_id)
            raise CommNotFoundError(kernel_id, comm_id, closing.reason if closing else None)
        self.answer(snapshots.comm(kernel_id, broker, record, self.port.now()))


class TargetsHandler(CommBrokerHandler):
    """``/api/comms/targets``: which target names are known."""

    @web.authenticated
    @allowed("read")
    async def get(self) -> None:
        """List them with their side and evidence."""
        found = []
        for kernel_id, broker in self.port.kernels():
            found += snapshots.targets(kernel_id, broker)
        self.answer({"targets": found})


class BrokerHandler(CommBrokerHandler):
    """``/api/comms/broker``: the self-check."""

    @web.authenticated
    @allowed("read")
    async def get(self) -> None:
        """Say whether the broker is in the path, and how each kernel's link does."""
        check = self.port.self_check()
        kernels = [
            {
                **snapshots.kernel(kernel_id, broker),
                "transport": self.port.transport(kernel_id),
            }
            for kernel_id, broker in self.port.kernels()
        ]
        totals: dict[str, int] = {}
        for each in kernels:
            for name, count in each["counters"].items():
                totals[name] = totals.get(name, 0) + count
        self.answer({**check, "kernels": kernels, "counters": totals})


default_handlers = [
    (r"/api/comms", AllCommsHandler),
    (r"/api/comms/broker", BrokerHandler),
    (r"/api/comms/targets", TargetsHandler),
    (rf"/api/kernels/{KERNEL_ID}/comms", KernelCommsHandler),
    (rf"/api/kernels/{KERNEL_ID}/comms/{COMM_ID}", CommHandler),
]
