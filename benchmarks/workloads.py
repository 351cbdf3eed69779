"""Fixed pieces of work for ``instructions``: each handles the number of messages it is given."""

from __future__ import annotations

from benchmarks.framing import decode, encode


def reference(number: int) -> None:
    """Frame and read with the benchmark's own code: changes only when the interpreter does."""
    for sequence in range(number):
        _, frame = encode(
            "0" * 32, "shell", "comm_msg", {"comm_id": "c", "data": {"value": sequence}}
        )
        decode(frame, 0.0)
