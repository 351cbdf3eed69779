"""The measures: one file each with one function; a new one is a file and a line in ``MEASURES``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from benchmarks.figures import Figure, Size
from benchmarks.measures import (
    absent,
    beside,
    buffers,
    comms,
    connect,
    delivery,
    descriptors,
    echo,
    kernels,
    many,
    memory,
    rest,
    restore,
    stopped,
    storm,
)
from benchmarks.target import Target

Measure = Callable[[Target, Size], Awaitable[list[Figure]]]

MEASURES: dict[str, Measure] = {
    "memory": memory.measure,
    "comms": comms.measure,
    "absent": absent.measure,
    "connect": connect.measure,
    "descriptors": descriptors.measure,
    "echo": echo.measure,
    "rest": rest.measure,
    "beside": beside.measure,
    "stopped": stopped.measure,
    "delivery": delivery.measure,
    "buffers": buffers.measure,
    "restore": restore.measure,
    "many": many.measure,
    "kernels": kernels.measure,
    "storm": storm.measure,
}

ONCE = frozenset({"absent", "kernels", "many", "stopped", "storm"})
"""These take long, and hold many events or seconds in themselves: in the first round only."""

ALONE = frozenset({"absent", "comms", "memory"})
"""These need a server of their own: others leave it with freed memory that hides growth."""

AS_SHIPPED = frozenset({"storm"})
"""These need the rate limits that every user has; the others run without."""
