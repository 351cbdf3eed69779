"""The two servers that all scripts are played against."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jupyter_comm_broker.testing.server import Server


@pytest.fixture(scope="package")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Server]]:
    """Stock and broker."""
    folder = tmp_path_factory.mktemp("differential")
    with Server(folder / "stock", "stock") as stock, Server(folder / "broker", "broker") as broker:
        yield stock, broker
