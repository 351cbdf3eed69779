"""Waits for a condition up to a limit. Tests use it in place of sleeping."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def until(condition: Callable[[], T | None], seconds: float = 30.0) -> T:
    """Return the result of ``condition`` as soon as it is true."""
    give_up = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > give_up:
            raise AssertionError(f"not so within {seconds} s, but {value!r}")
        await asyncio.sleep(0.002)
    return value
