"""Events as the server writes them."""

from __future__ import annotations

import json
from typing import Any

from .counter import KERNEL

AT = "2026-01-02T03:04:05.678901+00:00"


def stream(*events: tuple[str, dict[str, Any]], begin: int = 1) -> bytes:
    """Return a stream of events, numbered."""
    text = b"retry: 1000\nid: life-%d\n\n" % (begin - 1)
    for number, (kind, data) in enumerate(events, begin):
        written = json.dumps(data).encode()
        text += b"id: life-%d\nevent: %s\ndata: %s\n\n" % (number, kind.encode(), written)
    return text


def message(**other: Any) -> tuple[str, dict[str, Any]]:
    """Return a message that passed."""
    return "message", {
        "at": AT,
        "kernel_id": KERNEL,
        "comm_id": "c1",
        "target_name": "jupyter.widget",
        "direction": "from_kernel",
        "session_id": None,
        "msg_id": "m",
        "msg_type": "comm_msg",
        "method": "update",
        "size": 2048,
        "buffers": [],
        "data": {"method": "update", "state": {"value": 7}},
        "cut": None,
        "redacted": [],
        **other,
    }


def gone() -> tuple[str, dict[str, Any]]:
    """Return the end of a kernel."""
    facts = {"at": AT, "kernel_id": KERNEL, "state": "gone", "reason": "the kernel was shut down"}
    return "kernel", facts


def closed() -> tuple[str, dict[str, Any]]:
    """Return the end of a comm."""
    return "closed", {
        "at": AT,
        "kernel_id": KERNEL,
        "comm_id": "c1",
        "target_name": "t",
        "by": "kernel",
        "reason": "closed by the kernel",
    }
