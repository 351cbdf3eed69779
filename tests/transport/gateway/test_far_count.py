"""Our own link is not one of the connections that a gateway's kernel has."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_comm_broker.transport.gateway.far_count import leave_out


class Kernels:
    """What is touched of the server's kernel manager."""

    def __init__(self) -> None:
        self._kernel_connections: dict[str, int] = {}


class Manager:
    """What is touched of a kernel's manager."""

    kernel_id = "k"

    def __init__(self, connections: int | None) -> None:
        self.parent = Kernels()
        self.connections = connections

    async def refresh_model(self, model: Any = None) -> Any:
        return None if self.connections is None else {"connections": self.connections}


class Link:
    """A link, or none."""

    def __init__(self, *, is_open: bool) -> None:
        self.is_open = is_open


@pytest.mark.parametrize(
    ("told", "is_open", "pages", "shown"),
    [(1, True, 0, 0), (1, True, 3, 3), (2, True, 1, 2), (1, False, 0, 1), (0, True, 2, 2)],
)
async def test_pages_count_in_the_place_of_the_link(
    told: int, is_open: bool, pages: int, shown: int
) -> None:
    manager = Manager(told)
    leave_out(Link(is_open=is_open), manager, lambda: pages)
    model = await manager.refresh_model()
    assert model == {"connections": shown}
    assert manager.parent._kernel_connections == {"k": shown}


async def test_a_kernel_that_is_not_there_has_no_count() -> None:
    manager = Manager(None)
    leave_out(Link(is_open=True), manager, lambda: 1)
    assert await manager.refresh_model() is None
    assert manager.parent._kernel_connections == {}
