"""
Pages, kernels and servers for the tests of people who write extensions.

A :class:`Server` is a real Jupyter server in a process of its own. A :class:`Kernel` is one of its
kernels. A :class:`Page` does on the kernel's WebSocket what JupyterLab does. pytest has fixtures
for all three: see :mod:`jupyter_comm_broker.testing.plugin`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

_MODULE_OF = {
    "Address": "address",
    "BlockingPage": "blocking_page",
    "CellFailedError": "failures",
    "EventReader": "event_reader",
    "Frontend": "frontend",
    "GoneError": "failures",
    "Kernel": "kernel",
    "Message": "message",
    "Page": "page",
    "Server": "server",
    "ServerNotStartedError": "failures",
}

__all__ = [
    "Address",
    "BlockingPage",
    "CellFailedError",
    "EventReader",
    "Frontend",
    "GoneError",
    "Kernel",
    "Message",
    "Page",
    "Server",
    "ServerNotStartedError",
]

if TYPE_CHECKING:
    from jupyter_comm_broker.testing.address import Address
    from jupyter_comm_broker.testing.blocking_page import BlockingPage
    from jupyter_comm_broker.testing.event_reader import EventReader
    from jupyter_comm_broker.testing.failures import (
        CellFailedError,
        GoneError,
        ServerNotStartedError,
    )
    from jupyter_comm_broker.testing.frontend import Frontend
    from jupyter_comm_broker.testing.kernel import Kernel
    from jupyter_comm_broker.testing.message import Message
    from jupyter_comm_broker.testing.page import Page
    from jupyter_comm_broker.testing.server import Server


def __getattr__(name: str) -> Any:
    # Pytest loads the plug-in of this folder in every run. Only its users pay for the imports.
    if name in _MODULE_OF:
        return getattr(import_module(f"jupyter_comm_broker.testing.{_MODULE_OF[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
