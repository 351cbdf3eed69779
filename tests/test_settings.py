"""The settings can be set by the extension's name, and fill in the limits."""

from __future__ import annotations

import pytest
from traitlets.config import Config

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.settings import Settings


def test_unset_they_are_the_cores_own() -> None:
    assert Settings().limits() == Limits()


def test_what_is_set_reaches_the_limits() -> None:
    config = Config({"Settings": {"run_text_bytes": 5}})
    assert Settings(config=config).limits().run_text_bytes == 5


def test_the_fleets_url_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_COMM_FLEET_URL", "https://hub/services/comms")
    assert Settings().fleet_url == "https://hub/services/comms"
