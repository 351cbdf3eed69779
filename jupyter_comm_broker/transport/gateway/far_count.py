"""
Leaves our own link out of the number of connections that a gateway tells of a kernel.

The server in front shows that number, and ends idle kernels that have none. Its own pages count
instead, as they do for kernels of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol


class Link(Protocol):
    """What is asked of the link."""

    is_open: bool


def leave_out(link: Link, kernel_manager: Any, pages: Callable[[], int]) -> None:
    """
    Count the pages of this server in the place of its link, whenever the kernel's model is new.

    Args:
        link: the link.
        kernel_manager: jupyter_server's manager of the kernel behind the gateway.
        pages: returns how many pages of this server are connected to the kernel.
    """
    refresh = kernel_manager.refresh_model

    async def refresh_model(model: dict[str, Any] | None = None) -> dict[str, Any] | None:
        kernels, kernel_id = kernel_manager.parent, kernel_manager.kernel_id
        counts: dict[str, int] | None = getattr(kernels, "_kernel_connections", None)
        model = await refresh(model)
        if model and counts is not None:
            others = max(0, int(model["connections"]) - int(link.is_open))
            model["connections"] = counts[kernel_id] = others + pages()
        return model

    kernel_manager.refresh_model = refresh_model
