"""What a page hears, as pairs of type and content."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def set_to(comm_id: str, state: Mapping[str, Any], method: str = "update") -> tuple[str, Any]:
    """Return what a page hears of an update."""
    data = {"method": method, "state": dict(state), "buffer_paths": []}
    return "comm_msg", {"comm_id": comm_id, "data": data}


def custom(comm_id: str, content: Any) -> tuple[str, Any]:
    """Return what a page hears of a custom message."""
    return "comm_msg", {"comm_id": comm_id, "data": {"method": "custom", "content": content}}


def closed(comm_id: str) -> tuple[str, Any]:
    """Return what a page hears of a comm that ended."""
    return "comm_close", {"comm_id": comm_id, "data": {}}


def status(state: str) -> tuple[str, Any]:
    """Return what a page hears of the kernel's state."""
    return "status", {"execution_state": state}
