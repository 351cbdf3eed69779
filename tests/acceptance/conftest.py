"""
Servers for the scenarios: one shared by those that need nothing special, others made to order.

``JCB_SUBJECT=stock`` plays every scenario against jupyter_server alone. Many fail then, which
shows that they can; what was measured is in their docstrings.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from jupyter_comm_broker.testing.kernel import Kernel
from jupyter_comm_broker.testing.server import Server, Subject

from .hold import Hold

# The command schemathesis loads it. Its newer versions are for Python 3.11 and later.
collect_ignore = [] if find_spec("schemathesis") else ["api_checks.py", "test_api_fuzz.py"]

SUBJECT: Subject = "stock" if os.environ.get("JCB_SUBJECT") == "stock" else "broker"

StartServer = Callable[..., Server]


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A shared server without anybody's settings. Each test starts its own kernels."""
    with Server(tmp_path_factory.mktemp("server") / "shared", SUBJECT) as running:
        yield running


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[StartServer]:
    """Start servers with special options. They end with the test."""
    numbers = count()
    with ExitStack() as running:

        def start(subject: Subject = SUBJECT, folder: Path = tmp_path, **how: Any) -> Server:
            made = Server(folder / f"server{next(numbers)}", subject, **how)
            return running.enter_context(made)

        yield start


@pytest.fixture
def hold(tmp_path: Path) -> Hold:
    """The release that a cell of the test waits for."""
    return Hold(tmp_path / "released")


@pytest.fixture
def kernel_id(server: Server) -> Iterator[str]:
    """A new kernel of the shared server."""
    with Kernel(server) as kernel:
        yield kernel.id
