"""Measures a server during a test: its memory, and how soon it answers."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from types import TracebackType

from jupyter_comm_broker.testing.server import Server

KIBI_IN_MEBI = 1024
EVERY = 0.02


class Watch:
    """
    Looks at a server from a thread of its own, which the test's own work does not hold up.

    ``async with`` it around what is to be watched; the figures stand afterwards.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._files = Path(f"/proc/{server.pid}")
        self._over = threading.Event()
        self._fault: Exception | None = None
        self._thread = threading.Thread(target=self._look, name="watch", daemon=True)
        self._begin = 0.0
        self.grown = 0.0
        """By how many MiB the server was larger than at the start, at its largest."""
        self.slowest = 0.0
        """The longest that the server took to answer, in seconds."""

    async def __aenter__(self) -> Watch:
        # From now on, Linux's peak is the peak since now (proc(5), clear_refs).
        (self._files / "clear_refs").write_text("5")
        self._begin = self._memory("VmRSS")
        self._thread.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join(60)
        self.grown = self._memory("VmHWM") - self._begin
        if self._fault is not None:
            raise self._fault

    def _memory(self, name: str) -> float:
        """Return a size that Linux keeps for the process, in MiB."""
        for line in (self._files / "status").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) / KIBI_IN_MEBI
        raise LookupError(name)

    def _look(self) -> None:
        try:
            while not self._over.wait(EVERY):
                begun = time.monotonic()
                answer = self._server.request("GET", "/api/comms/broker")
                self.slowest = max(self.slowest, time.monotonic() - begun)
                assert answer.status == 200
        except Exception as fault:  # noqa: BLE001 - the test's own thread raises it
            self._fault = fault
