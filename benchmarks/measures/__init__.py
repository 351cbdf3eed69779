"""The measures, one function in a file each. A new one is a file and a line in ``MEASURES``."""

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
    everyday,
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
    "everyday": everyday.measure,
    "delivery": delivery.measure,
    "buffers": buffers.measure,
    "restore": restore.measure,
    "many": many.measure,
    "kernels": kernels.measure,
    "storm": storm.measure,
}

ONCE = frozenset({"absent", "kernels", "many", "stopped", "storm"})
"""These run in the first round only. They take long, and have many events or seconds each."""

ALONE = frozenset({"absent", "comms", "memory"})
"""These need a server of their own. After others, freed memory would hide growth."""

AS_SHIPPED = frozenset({"storm"})
"""These need the rate limits that every user has. The others run without limits."""
