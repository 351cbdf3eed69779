"""
Keeping the garbage collector's long pauses out of the server.

A full collection looks at every object there is. A Jupyter server has some 400,000 that live as
long as it does: looking at them holds up everybody for 40 to 110 ms (measured beside a flood,
every few seconds). Frozen once, after start, they are looked at no more.
"""

from __future__ import annotations

import gc


def freeze_once() -> bool:
    """
    Put all that lives now out of the collector's way; only the first call of a process does.

    Returns whether this one did. Objects that are frozen are freed as ever when their last
    reference goes; only rings among them are not, and what is garbage now is collected first.
    """
    if gc.get_freeze_count():
        return False
    gc.collect()
    gc.freeze()
    return True
