"""Server CPU per delivered widget update with a buffer of 100 kB, as of images and arrays."""

from __future__ import annotations

from benchmarks.bursts import full_speed
from benchmarks.cells import SENDER, buffers
from benchmarks.crowd import crowd
from benchmarks.figures import Figure, Size
from benchmarks.target import Target

BYTES = 100_000
BURST = 5
"""Messages in a burst: few enough that no outbox merges updates."""


async def measure(target: Target, size: Size) -> list[Figure]:
    """Return the CPU per delivery, and the deliveries per second."""
    async with target.kernel() as kernel_id, crowd(target, kernel_id, size.few) as frontends:
        await frontends[0].run(SENDER)
        per_delivery, per_second = await full_speed(
            target,
            frontends,
            lambda first, count: buffers(first, count, BYTES),
            max(1, size.bursts * size.burst // (20 * BURST)),
            BURST,
        )
    return [
        Figure(
            "buffers.cpu",
            f"CPU per delivery, 100 kB buffer, {size.few} frontends",
            "us",
            (per_delivery * 1e6,),
            ratio_goal=1 / 3,
        ),
        Figure("buffers.rate", "deliveries, 100 kB buffer", "1/s", (per_second,)),
    ]
