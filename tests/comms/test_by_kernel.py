"""One manager for each kernel, made on demand, gone with its kernel."""

from __future__ import annotations

import logging

import pytest

from jupyter_comm_broker.comms.by_kernel import CommManagers
from jupyter_comm_broker.errors import KernelNotFoundError

from .fake_port import FakePort

LOG = logging.getLogger("managers")


class Ports:
    def __init__(self) -> None:
        self.made: list[FakePort] = []

    def __call__(self, kernel_id: str) -> FakePort:
        if kernel_id == "none":
            raise KernelNotFoundError(kernel_id)
        self.made.append(FakePort(kernel_id=kernel_id))
        return self.made[-1]


def test_a_manager_is_made_once_and_only_for_kernels_that_run() -> None:
    ports = Ports()
    managers = CommManagers(ports, LOG)
    assert ("a" in managers, list(managers), len(managers)) == (False, [], 0)
    manager = managers["a"]
    assert managers["a"] is manager
    assert (manager.kernel.kernel_id, "a" in managers, list(managers)) == ("a", True, ["a"])
    with pytest.raises(KeyError, match="no kernel"):
        managers["none"]
    assert managers.get("none") is None
    managers.close()
    managers.close()
    assert [port.closed for port in ports.made] == [True]


def test_one_whose_kernel_is_gone_makes_room_for_the_next() -> None:
    ports = Ports()
    managers = CommManagers(ports, LOG)
    first = managers["a"]
    first.kernel_gone("gone")
    assert (list(managers), ports.made[0].closed) == ([], True)
    assert managers["a"] is not first
    managers.close()


def test_one_that_somebody_closed_is_made_anew() -> None:
    managers = CommManagers(Ports(), LOG)
    managers["a"].close()
    assert managers["a"].is_open
    managers.close()
