"""One Hub for all scenarios that need nothing special. They are skipped where it cannot run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .hub import Hub, proxy

if proxy() is None:
    WHY = (
        "no configurable-http-proxy: npm install configurable-http-proxy, and put its command on "
        "the PATH or into JCB_HUB_PROXY, as scripts/test does"
    )
else:
    WHY = ""


@pytest.fixture(scope="package")
def proxied() -> None:
    """Skip what needs the Hub's proxy, where it is not installed."""
    pytest.importorskip("jupyterhub")
    if WHY:
        pytest.skip(WHY)


@pytest.fixture(scope="package")
def hub(proxied: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A Hub with the fleet page. Its users' servers are started by the tests."""
    with Hub(tmp_path_factory.mktemp("hub")) as running:
        yield running
