"""The sockets of one kernel's pages and programs. Writes to each what the core has for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from jupyter_comm_broker.core.broker import KernelBroker
from jupyter_comm_broker.core.outboxes.outbox import Outbox
from jupyter_comm_broker.core.pages.effects import Effects
from jupyter_comm_broker.core.pages.shared_outbox import SharedBatch
from jupyter_comm_broker.protocol.alias import alias

Note = Callable[[str, str, BaseException], None]
"""Writes a line to the log. Takes its level, its text and the error."""


class FrontendPort(Protocol):
    """What a driver needs of a frontend connection."""

    def flush(self, outbox: Outbox) -> None:
        """Write as much of the outbox as the socket takes."""

    def offer(self, batch: SharedBatch, wire: dict[str, bytes], outbox: Outbox) -> bool:
        """
        Write a batch that all pages get, unless something else must be written first.

        Args:
            batch: the messages.
            wire: their frames by subprotocol. The first page that needs a frame adds it.
            outbox: the page's outbox, which is written next.

        Returns:
            Whether the batch was written, or handed to the socket's stream.
        """

    @property
    def ready(self) -> bool:
        """Whether the socket takes more."""

    @property
    def page_closed(self) -> bool:
        """Whether the page itself was closed or loaded again, and will not come back."""

    def close(self, reason: str) -> None:
        """Close the socket and say why."""


class PagePorts:
    """
    The sockets that are open, by session id.

    Args:
        broker: the kernel's broker, which has the outboxes.
        note: logs a page that could not be written to.
    """

    def __init__(self, broker: KernelBroker, note: Note) -> None:
        self._broker = broker
        self._note = note
        self._ports: dict[str, FrontendPort] = {}

    def __contains__(self, session_id: str) -> bool:
        return session_id in self._ports

    def __len__(self) -> int:
        return len(self._ports)

    def get(self, session_id: str) -> FrontendPort | None:
        """Return the socket of a page or program, or ``None``."""
        return self._ports.get(session_id)

    def put(self, session_id: str, port: FrontendPort) -> FrontendPort | None:
        """Note a socket. Returns the older socket that it replaces, or ``None``."""
        stale = self._ports.get(session_id)
        self._ports[session_id] = port
        return stale

    def remove(self, session_id: str) -> FrontendPort | None:
        """Forget a socket. Returns the socket, or ``None``."""
        return self._ports.pop(session_id, None)

    def clear(self) -> None:
        """Forget all sockets."""
        self._ports.clear()

    def write(self, effects: Effects) -> None:
        """Write what the core has for pages. A page that fails does not affect the others."""
        touched = effects.touched
        if effects.shared is not None:
            touched |= self._share(effects.shared)
        for session_id in touched:
            self._flush(session_id)

    def close(self, cut_off: Iterable[tuple[str, str]]) -> None:
        """Close the sockets of pages that the core gave up, each with its reason."""
        for session_id, reason in cut_off:
            if (port := self._ports.get(session_id)) is not None:
                port.close(reason)

    def _share(self, batch: SharedBatch) -> set[str]:
        """Write one batch to all pages that keep up. Returns those that did not take it."""
        wire: dict[str, bytes] = {}
        behind = set()
        for frontend in batch.frontends:
            port, taken = self._ports.get(frontend.session_id), False
            try:
                taken = port is not None and port.offer(batch, wire, frontend.outbox)
            except Exception as fault:  # noqa: BLE001 - one page must not cost others theirs
                self._failed(frontend.session_id, fault)
            if not taken:
                self._broker.batch_refused(frontend.session_id, batch)
                behind.add(frontend.session_id)
        return behind

    def _flush(self, session_id: str) -> None:
        port, outbox = self._ports.get(session_id), self._broker.outbox(session_id)
        if port is None or outbox is None:
            return
        try:
            port.flush(outbox)
            if port.ready:
                self._broker.frontend_caught_up(session_id)
        except Exception as fault:  # noqa: BLE001 - one page must not cost others theirs
            self._failed(session_id, fault)

    def _failed(self, session_id: str, fault: Exception) -> None:
        self._note("error", f"cannot write to session {alias(session_id)}", fault)
