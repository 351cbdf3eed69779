"""
Avoids long pauses of the garbage collector.

A full collection visits every object. A Jupyter server has some 400,000 objects that live as long
as the server. Visiting them holds up the server for 40 to 110 ms, every few seconds beside a flood
(measured). Frozen objects are not visited any more. Most are frozen before the server answers its
first request. What the first pages bring is frozen a little later, and that takes a few ms.
"""

from __future__ import annotations

import gc


def freeze_once() -> bool:
    """
    Exempt all objects that live now from garbage collection, once in a process.

    Garbage is collected first. A frozen object is still freed with its last reference. Only
    cycles of frozen objects are not.

    Returns:
        Whether this call did it.
    """
    if gc.get_freeze_count():
        return False
    freeze_more()
    return True


def freeze_more() -> None:
    """Exempt what became alive since the last time."""
    gc.collect()
    gc.freeze()
