"""The broker as REST sees it: readers only."""

from __future__ import annotations

from typing import Protocol

from jupyter_comm_broker.core.broker import KernelBroker
from jupyter_comm_broker.core.list_walks import ListWalks
from jupyter_comm_broker.core.views import SelfCheck


class BrokerPort(Protocol):
    """What a handler may ask. The extension implements it."""

    @property
    def walks(self) -> ListWalks:
        """The lists that readers are walking through."""

    def kernels(self) -> list[tuple[str, KernelBroker]]:
        """Return every linked kernel's id and broker."""

    def kernel(self, kernel_id: str) -> KernelBroker:
        """Return one kernel's broker. Raises KernelNotFoundError."""

    def transport(self, kernel_id: str) -> str:
        """Return what the link to a kernel runs over. Raises KernelNotFoundError."""

    def self_check(self) -> SelfCheck:
        """Return version, whether the broker is in the path or why not, and its limits."""

    def now(self) -> float:
        """Return the time by the core's clock."""
