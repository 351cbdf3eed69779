"""The measures: one file each with one function; a new one is a file and a line in ``MEASURES``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from benchmarks.figures import Figure, Size
from benchmarks.measures import absent, connect, delivery, descriptors, echo, memory, restore
from benchmarks.target import Target

Measure = Callable[[Target, Size], Awaitable[list[Figure]]]

MEASURES: dict[str, Measure] = {
    # Memory first: later measures leave a server with freed but not returned pages.
    "memory": memory.measure,
    "connect": connect.measure,
    "descriptors": descriptors.measure,
    "echo": echo.measure,
    "delivery": delivery.measure,
    "restore": restore.measure,
    "absent": absent.measure,
}
