"""
Servers for the scenarios: one shared by those that need nothing special, others made to order.

``JCB_SUBJECT=stock`` plays every scenario against jupyter_server alone. Many fail then, which
shows that they can; what was measured is in their docstrings.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_comm_broker.testing.server import Server, Subject

SUBJECT: Subject = "stock" if os.environ.get("JCB_SUBJECT") == "stock" else "broker"

StartServer = Callable[..., Server]


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with nobody's settings, shared; each test starts kernels of its own."""
    running = Server(tmp_path_factory.mktemp("server") / "shared", SUBJECT)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[StartServer]:
    """Start servers made to order, which end with the test."""
    running: list[Server] = []

    def start(subject: Subject = SUBJECT, folder: Path = tmp_path, **how: Any) -> Server:
        made = Server(folder / f"server{len(running)}", subject, **how)
        running.append(made)
        made.start()
        return made

    yield start
    for each in running:
        each.stop()


@pytest.fixture
def kernel_id(server: Server) -> Iterator[str]:
    """A fresh kernel of the shared server."""
    started = server.start_kernel()
    yield started
    server.end_kernel(started)
