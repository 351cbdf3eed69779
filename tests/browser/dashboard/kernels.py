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


KERNEL = {"name": "python3"}


class Notebook:
    """One session and its kernel."""

    def __init__(self, server: Server, path: str) -> None:
        self._server = server
        self.path = path
        self._begin()
        if not self._is_heard(30.0):
            # The server chooses ports that are free, and another test may take one before the
            # kernel does. Such a kernel ends at once.
            self.shut_down()
            self._begin()
        assert self._is_heard(60.0), f"the link to {path} is {self._link()}"

    def _begin(self) -> None:
        named = {"path": self.path, "name": self.path, "type": "notebook"}
        session = self._server.rest("POST", "/api/sessions", {**named, "kernel": KERNEL})
        self.session_id: str = session["id"]
        self.kernel_id: str = session["kernel"]["id"]

    def _is_heard(self, within: float) -> bool:
        """Wait until the broker's link is proven. The broker makes only pages wait for that."""
        end = time.monotonic() + within
        while (link := self._link()) != "proven" and time.monotonic() < end:
            time.sleep(0.05)
        return link == "proven"

    def run(self, code: str, within: float = 60.0) -> None:
        """Run code, and wait for its end."""
        self.value(f"exec({code!r}, globals())", within)

    def value(self, expression: str, within: float = 60.0) -> str:
        """Return the ``repr`` of an expression, once the kernel is done with its work."""
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
        """Interrupt the running request."""
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
