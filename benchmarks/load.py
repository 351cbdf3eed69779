"""
The client process. It holds the frontends, whose CPU no server then pays, and runs one measure.

``python -m benchmarks.load MEASURE SIZE TARGET`` prints the figures as one line of JSON.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys

from benchmarks.figures import SIZES
from benchmarks.measures import MEASURES
from benchmarks.servers import raise_descriptor_limit
from benchmarks.target import Target


async def run(measure: str, size: str, target: Target) -> str:
    """
    Run one measure.

    Args:
        measure: the measure's name.
        size: how much work it does, as a key of ``SIZES``.
        target: the server.

    Returns:
        Its figures as JSON.
    """
    await target.check_side()
    # A garbage collection over thousands of frontends would look like a slow server.
    gc.disable()
    figures = await MEASURES[measure](target, SIZES[size])
    return json.dumps([each.dump() for each in figures])


def main(arguments: list[str]) -> None:
    """Run the measure in the arguments, and print its figures."""
    measure, size, target = arguments
    raise_descriptor_limit()
    sys.stdout.write(asyncio.run(run(measure, size, Target.load(target))) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
