"""
A gateway of its own on loopback, and how a server in front of it is told.

It is a Jupyter Kernel Gateway. With ``JCB_ENTERPRISE_GATEWAY=PYTHON`` it is the Jupyter Enterprise
Gateway of that environment, with kernels of its own on this machine.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from jupyter_comm_broker.testing.server import Server

ENTERPRISE = os.environ.get("JCB_ENTERPRISE_GATEWAY", "")
"""The Python of an environment with an Enterprise Gateway; empty for a Kernel Gateway."""


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
        module = "enterprise_gateway" if ENTERPRISE else "kernel_gateway"
        app = "EnterpriseGatewayApp" if ENTERPRISE else "KernelGatewayApp"
        return [
            *(ENTERPRISE or sys.executable, "-m", module),
            f"--{app}.ip=127.0.0.1",
            f"--{app}.port={self.port}",
            f"--{app}.port_retries=0",
            f"--{app}.auth_token={self.token}",
            # By default root may have no kernels there.
            *(["--EnterpriseGatewayApp.unauthorized_users=nobody"] if ENTERPRISE else []),
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
