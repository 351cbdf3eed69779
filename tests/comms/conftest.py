"""A manager over a port that a test drives, and servers for those that need a real one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jupyter_comm_broker.comms.comm_manager import CommManager
from jupyter_comm_broker.comms.remote.address import Address
from tests.fakes.server import Desk

from .fake_port import FakePort


@pytest.fixture
def port() -> FakePort:
    return FakePort()


@pytest.fixture
def manager(port: FakePort) -> Iterator[CommManager]:
    manager = CommManager(port)
    yield manager
    manager.close()


@pytest.fixture
def address(desk: Desk) -> Address:
    return Address.of(desk.app.connection_url, desk.app.identity_provider.token)
