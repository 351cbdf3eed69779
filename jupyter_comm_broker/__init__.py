"""
Jupyter comms that survive.

A Jupyter Server extension between browser WebSockets and kernel ZeroMQ channels. It mirrors
every comm, so widgets are back at once after a reload, even while a cell runs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from jupyter_comm_broker._version import __version__

__all__ = ["Comm", "CommManager", "__version__", "connect", "connect_async"]

_FROM_COMMS = ("Comm", "CommManager", "connect", "connect_async")

if TYPE_CHECKING:
    from jupyter_comm_broker.comms import Comm, CommManager, connect, connect_async


def __getattr__(name: str) -> Any:
    # Imported on first use, so that the server extension alone does not pay for them.
    if name in _FROM_COMMS:
        return getattr(import_module("jupyter_comm_broker.comms"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    try:
        from jupyter_comm_broker.extension import CommBroker
    except Exception as error:
        from jupyter_comm_broker.requirements import advice

        # The server logs this text, and goes on without the broker. Of an ImportError it would say
        # that the package is not there.
        raise RuntimeError(advice(error)) from error

    return [{"module": "jupyter_comm_broker", "app": CommBroker}]
