"""A manager over a port that a test drives."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jupyter_comm_broker.comms.comm_manager import CommManager

from .fake_port import FakePort


@pytest.fixture
def port() -> FakePort:
    return FakePort()


@pytest.fixture
def manager(port: FakePort) -> Iterator[CommManager]:
    manager = CommManager(port)
    yield manager
    manager.close()
