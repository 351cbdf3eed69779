"""Real kernel managers for a kernel that somebody else has started, and a real kernel."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
import zmq
import zmq.asyncio
from jupyter_client.manager import AsyncKernelManager, KernelManager
from jupyter_server.services.kernels.kernelmanager import ServerKernelManager

NEEDS_CURVE = pytest.mark.skipif(
    not hasattr(KernelManager, "curve_publickey"),
    reason="this jupyter_client does not encrypt: 8.9 is the first that does",
)


def manager_of(info: Mapping[str, Any], kind: type[Any] = ServerKernelManager) -> Any:
    """Return a manager that connects to the kernel with this connection info."""
    # Of this process and never closed: one context for all, as the server's managers have it.
    context = zmq.asyncio.Context if issubclass(kind, AsyncKernelManager) else zmq.Context
    manager = kind(kernel_id=str(uuid.uuid4()), context=context.instance())
    manager.load_connection_info(dict(info))
    return manager


def told_of(manager: Any, info: Mapping[str, Any]) -> None:
    """Tell a manager that its kernel is now another one, as after a restart on other ports."""
    for name in ("shell", "control", "stdin", "iopub", "hb"):
        setattr(manager, f"{name}_port", info[f"{name}_port"])


@contextmanager
def ipykernel() -> Iterator[Mapping[str, Any]]:
    """Run a real ipykernel in a process of its own. Yields its connection info."""
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel()
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        client.stop_channels()
        yield manager.get_connection_info()
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.context.term()
