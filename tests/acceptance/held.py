"""What a server's process holds: files, threads, and connections to a kernel."""

from __future__ import annotations

import json
from pathlib import Path

import psutil

from jupyter_comm_broker.testing.server import Server


def descriptors(server: Server) -> int:
    """Return how many files and sockets the server has open."""
    return sum(1 for _ in Path(f"/proc/{server.pid}/fd").iterdir())


def threads(server: Server) -> int:
    """Return how many threads the server runs."""
    return sum(1 for _ in Path(f"/proc/{server.pid}/task").iterdir())


def ports(server: Server, kernel_id: str) -> set[int]:
    """Return the address of a kernel."""
    info = json.loads(server.connection_file(kernel_id).read_text())
    return {value for name, value in info.items() if name.endswith("_port")}


def sockets_to(server: Server, kernel_id: str) -> int:
    """Return how many connections the server has to one kernel's ports."""
    known = ports(server, kernel_id)
    return sum(
        bool(each.raddr) and each.raddr.port in known
        for each in psutil.Process(server.pid).net_connections("tcp")
    )
