"""The way to the dashboard: from the Help menu of JupyterLab and Notebook 7, and from the log."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ..server import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

EXTENSION = Path(__file__).parents[3] / "labextension"
COMMAND = "jupyter_comm_broker:open-dashboard"


@pytest.fixture
def linked(chromium: Browser, tmp_path: Path) -> Iterator[Server]:
    """A server below a base_url that finds the extension as the checkout has it."""
    server = Server(tmp_path / "server", "broker", "/user/anna/")
    shutil.copytree(EXTENSION, server.folder / "data" / "labextensions" / "jupyter_comm_broker")
    with server:
        yield server


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """An empty page."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("app", ["lab", "tree"])
def test_the_help_menu_opens_the_dashboard(
    linked: Server, page: Page, app: str, pictures: Path
) -> None:
    page.goto(f"http://127.0.0.1:{linked.port}{linked.base_url}{app}?token={linked.token}")
    page.locator(".lm-MenuBar-itemLabel", has_text="Help").click(timeout=60_000)
    entry = page.locator(f'.lm-Menu-item[data-command="{COMMAND}"]')
    entry.wait_for(timeout=20_000)
    assert "Comm Broker Dashboard" in entry.inner_text()
    page.screenshot(path=pictures / f"help-menu-{app}.png")
    with page.context.expect_page() as opened:
        entry.click()
    dashboard = opened.value
    dashboard.locator('[data-connection="live"]').wait_for(timeout=30_000)
    assert dashboard.url.endswith("/user/anna/comm-broker")


def test_the_log_names_the_address_without_a_token(linked: Server) -> None:
    log = linked.log_path.read_text()
    address = f"http://127.0.0.1:{linked.port}/user/anna/comm-broker"
    (line,) = (each for each in log.splitlines() if "Comm broker dashboard:" in each)
    assert line.endswith(f"Comm broker dashboard: {address}")
    assert linked.token not in line
