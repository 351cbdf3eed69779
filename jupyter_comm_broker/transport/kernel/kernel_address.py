"""
Where a kernel listens and how its messages are signed: all that a link needs to know.

A restart may change any of it. While a kernel is started or removed, its manager may know none of
it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jupyter_comm_broker.errors import LinkNotOpenedError
from jupyter_comm_broker.protocol.message import CHANNELS

HIGHEST_PORT = 65_535
"""The highest TCP port."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelAddress:
    """An address. If any part of a kernel's address changes, a new link is needed."""

    transport: str | None
    ip: str | None
    ports: tuple[int | None, ...]
    """The ports of a link's four channels. The heartbeat's port does not matter."""
    key: bytes
    signature_scheme: str
    curve_keys: tuple[bytes | None, bytes | None]

    @classmethod
    def of(cls, manager: Any) -> KernelAddress:
        """
        Return the address that a kernel manager knows now.

        Raises:
            LinkNotOpenedError: it knows none, for example while a kernel is started or removed.
        """
        try:
            session = manager.session
            found = cls(
                transport=getattr(manager, "transport", None),
                ip=getattr(manager, "ip", None),
                ports=tuple(getattr(manager, f"{name}_port", None) for name in CHANNELS),
                key=session.key,
                signature_scheme=session.signature_scheme,
                curve_keys=(
                    getattr(manager, "curve_publickey", None),
                    getattr(manager, "curve_secretkey", None),
                ),
            )
        except Exception as error:
            raise LinkNotOpenedError(
                manager.kernel_id, f"its manager does not say where it listens: {error!r}"
            ) from error
        if found.transport == "tcp" and any((port or 0) > HIGHEST_PORT for port in found.ports):
            # ZeroMQ would connect to another port.
            raise LinkNotOpenedError(manager.kernel_id, f"its ports {found.ports} are not valid")
        # A manager that chooses new ports forgets the old ones first.
        if any(port is not None and port <= 0 for port in found.ports):
            why = "it has no ports yet; it is being started"
            raise LinkNotOpenedError(manager.kernel_id, why, soon=True)
        return found
