"""The messages of a page, as pairs of type and content."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def set_to(comm_id: str, state: Mapping[str, Any], method: str = "update") -> tuple[str, Any]:
    """Return what a page gets of an update."""
    data = {"method": method, "state": dict(state), "buffer_paths": []}
    return "comm_msg", {"comm_id": comm_id, "data": data}


def custom(comm_id: str, content: Any) -> tuple[str, Any]:
    """Return what a page gets of a custom message."""
    return "comm_msg", {"comm_id": comm_id, "data": {"method": "custom", "content": content}}


def closed(comm_id: str) -> tuple[str, Any]:
    """Return what a page gets when a comm ends."""
    return "comm_close", {"comm_id": comm_id, "data": {}}


def status(state: str) -> tuple[str, Any]:
    """Return what a page gets of the kernel's execution state."""
    return "status", {"execution_state": state}
