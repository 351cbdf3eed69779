"""A Hub, a service with simulated servers, and people with a browser of their own."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.acceptance.hub.conftest import hub, proxied
from tests.acceptance.hub.hub import PASSWORD, Hub, free_ports

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

__all__ = ["hub", "proxied"]

ROOT = Path(__file__).parents[3]
SERVERS = 1_000
"""Simulated servers."""

LogIn = Callable[[str, str], "Page"]


@pytest.fixture(scope="package")
def pictures(artefacts: Path) -> Path:
    """Where screenshots are kept."""
    folder = artefacts.parent / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def people(chromium: Browser) -> Iterator[Callable[[], BrowserContext]]:
    """Give a person a browser without anybody's cookies."""
    contexts: list[BrowserContext] = []

    def person() -> BrowserContext:
        contexts.append(chromium.new_context(viewport={"width": 1400, "height": 800}))
        return contexts[-1]

    yield person
    for each in contexts:
        each.close()


@pytest.fixture
def logs_in(hub: Hub, people: Callable[[], BrowserContext]) -> LogIn:
    """Let a user go to an address of the Hub, and log in there when the Hub asks."""

    def log_in(user: str, path: str) -> Page:
        page = people().new_page()
        page.goto(f"http://127.0.0.1:{hub.port}{path}")
        page.get_by_label("Username").fill(user)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        return page

    return log_in


@pytest.fixture(scope="package")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a page with a thousand servers that report."""
    port = free_ports(1)
    with (tmp_path_factory.mktemp("simulated") / "log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own words
            [sys.executable, "-m", "tests.fleet.service.simulated", str(port), str(SERVERS)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        end = time.monotonic() + 60
        while not _all_there(port):
            assert time.monotonic() < end, "the simulated servers do not report"
            time.sleep(0.5)
        yield f"http://127.0.0.1:{port}/services/fleet/"
    finally:
        process.kill()
        process.wait(20)


def _all_there(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", "/services/fleet/")
        return connection.getresponse().read().count(b"data-name=") == SERVERS
    except OSError:
        return False
    finally:
        connection.close()
