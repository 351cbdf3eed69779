"""The real thing that the fakes are held to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.fakes.managers import ipykernel


@pytest.fixture(scope="session")
def real_kernel(nobodys_settings: None) -> Iterator[Mapping[str, Any]]:
    with ipykernel() as info:
        yield info
