"""A new comm finds its manager, or is told how to."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.comms import current
from jupyter_comm_broker.comms.comm_manager import CommManager
from jupyter_comm_broker.errors import NoCommManagerError

from .fake_port import FakePort


def test_the_only_one_is_it_until_it_is_closed_or_its_kernel_gone() -> None:
    with pytest.raises(NoCommManagerError, match="0 comm managers"):
        current.current_manager()
    one = CommManager(FakePort())
    assert current.current_manager() is one
    other = CommManager(FakePort())
    with pytest.raises(NoCommManagerError, match="2 comm managers"):
        current.current_manager()
    other.kernel_gone("gone")
    assert current.current_manager() is one
    one.close()
    other.close()
    with pytest.raises(NoCommManagerError):
        current.current_manager()


def test_one_that_is_named_goes_first_and_only_there() -> None:
    one, other = CommManager(FakePort()), CommManager(FakePort())
    with one.current():
        with other.current():
            assert current.current_manager() is other
        assert current.current_manager() is one
    with pytest.raises(NoCommManagerError):
        current.current_manager()
    one.close()
    other.close()
