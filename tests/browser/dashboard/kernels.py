"""Notebooks without a page: kernels that a case drives, each with a session under a name."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import zmq
from jupyter_client.session import Session

from ..kernel import evaluate

if TYPE_CHECKING:
    from ..server import Server


class Notebook:
    """One session and its kernel."""

    def __init__(self, server: Server, path: str) -> None:
        self._server = server
        named = {"path": path, "name": path, "type": "notebook", "kernel": {"name": "python3"}}
        session = server.rest("POST", "/api/sessions", named)
        self.path = path
        self.session_id: str = session["id"]
        self.kernel_id: str = session["kernel"]["id"]
        # A page is kept waiting until the broker hears the kernel; who goes past it is not.
        end = time.monotonic() + 30
        while self._link() != "proven":
            assert time.monotonic() < end, f"the link to {path} is {self._link()}"
            time.sleep(0.05)

    def run(self, code: str, within: float = 60.0) -> None:
        """Run code to its end."""
        self.value(f"exec({code!r}, globals())", within)

    def value(self, expression: str, within: float = 60.0) -> str:
        """The ``repr`` of an expression, when the kernel is done with what it does now."""
        return evaluate(self._connection, expression, within)

    def begin(self, code: str) -> None:
        """Let the kernel run code, without waiting for it."""
        info = json.loads(self._connection.read_text())
        signer = Session(key=info["key"].encode(), signature_scheme=info["signature_scheme"])
        context = zmq.Context()
        try:
            shell = context.socket(zmq.DEALER)
            shell.connect(f"{info['transport']}://{info['ip']}:{info['shell_port']}")
            signer.send(shell, "execute_request", {"code": code, "silent": False})
            shell.close(linger=2000)
        finally:
            context.term()

    def interrupt(self) -> None:
        """Interrupt what runs."""
        self._server.rest("POST", f"/api/kernels/{self.kernel_id}/interrupt", {})

    def kill(self) -> None:
        """Kill the kernel's process, as the system does when memory is short."""
        os.kill(int(self.value("__import__('os').getpid()")), signal.SIGKILL)

    def shut_down(self) -> None:
        """End the session and its kernel."""
        self._server.rest("DELETE", f"/api/sessions/{self.session_id}")

    def _link(self) -> str | None:
        kernels = self._server.rest("GET", "/api/comms/broker")["kernels"]
        links = {each["kernel_id"]: each["link"] for each in kernels}
        return links.get(self.kernel_id)

    @property
    def _connection(self) -> Path:
        return self._server.connection_file(self.kernel_id)
