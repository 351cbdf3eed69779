"""A Jupyter Kernel Gateway of its own on loopback, and how a server in front of it is told."""

from __future__ import annotations

import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from jupyter_comm_broker.testing.server import Server


def free_port() -> int:
    """Return a port that was free a moment ago. The gateway says nowhere which one it took."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


class Gateway(Server):
    """
    One gateway process.

    Args:
        folder: its own.
        options: more words for the command line.
        token: what lets servers in.
    """

    def __init__(
        self, folder: Path, options: Sequence[str] = (), *, token: str | None = None
    ) -> None:
        super().__init__(folder, options=options, token=token)
        self.port = free_port()

    def _command(self) -> list[str]:
        return [
            *(sys.executable, "-m", "kernel_gateway"),
            "--KernelGatewayApp.ip=127.0.0.1",
            f"--KernelGatewayApp.port={self.port}",
            "--KernelGatewayApp.port_retries=0",
            f"--KernelGatewayApp.auth_token={self.token}",
            *self._options,
        ]

    def _answers(self) -> bool:
        try:
            return self.request("GET", "/api").status == 200
        except OSError:
            return False

    def front(self, port: int | None = None) -> list[str]:
        """Return the options of a server in front, which reaches it through another ``port``."""
        return [
            f"--GatewayClient.url=http://127.0.0.1:{port or self.port}",
            f"--GatewayClient.auth_token={self.token}",
            "--GatewayClient.auth_scheme=token",
        ]
