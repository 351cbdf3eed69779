"""What the broker tells about itself over REST: its limits, and what waits for each page."""

from __future__ import annotations

from typing import Any

from benchmarks.target import BROKER, Target


async def self_check(target: Target) -> dict[str, Any] | None:
    """Return the broker's self-check; ``None`` on stock."""
    if target.side != BROKER:
        return None
    _, answer = await target.rest("GET", "/api/comms/broker")
    return dict(answer)


def frontend(check: dict[str, Any], session_id: str) -> dict[str, Any] | None:
    """Return what a self-check says about one page; ``None`` if the broker does not know it."""
    found = (each for kernel in check["kernels"] for each in kernel["frontends"])
    return next((dict(each) for each in found if each["session_id"] == session_id), None)
