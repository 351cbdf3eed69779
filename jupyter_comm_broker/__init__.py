"""
Jupyter comms that survive.

A Jupyter Server extension between browser WebSockets and kernel ZeroMQ channels. It mirrors
every comm, so that widgets are back at once after a reload, also while a cell runs.
"""

from __future__ import annotations

from typing import Any

from jupyter_comm_broker._version import __version__

__all__ = ["__version__"]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    from jupyter_comm_broker.extension import CommBroker

    return [{"module": "jupyter_comm_broker", "app": CommBroker}]
