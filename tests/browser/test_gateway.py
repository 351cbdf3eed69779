"""
A reload during a cell of a kernel behind a gateway shows the widgets at once, and they live.

So they do after a restart of the server in front. The cell goes on, and so does its `input()`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.acceptance.gateway.gateway import Gateway

from .notebooks import main_job
from .reloading import LONG, reload_while_it_counts, run
from .server import NOTIFICATIONS, Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from .desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

WIDGETS = {"slider": 1, "bar": 1, "html": 1}


@pytest.fixture
def in_front(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server in front of a gateway. The notebooks lie where the gateway's kernels begin."""
    folder = tmp_path_factory.mktemp("gateway")
    (folder / "front" / "root").mkdir(parents=True)
    (folder / "gateway").mkdir()
    (folder / "gateway" / "root").symlink_to(folder / "front" / "root")
    # By default a gateway lists no kernels, and JupyterLab's list of them then says 403.
    listing = ["--JupyterWebsocketPersonality.list_kernels=True"]
    with Gateway(folder / "gateway", listing) as gateway:
        words = (option.removeprefix("--").split("=", 1) for option in gateway.front())
        config = "\n".join(f"c.{name} = {value!r}" for name, value in words)
        config += "\nc.CommBroker.leave_kernels = True"
        with Server(folder / "front", "broker", config=config) as server:
            server.configure(NOTIFICATIONS, {"fetchNews": "false", "checkForUpdates": False})
            yield server


def test_reload_during_a_cell_behind_a_gateway(
    in_front: Server, desk: Desk, figures: dict[str, Any]
) -> None:
    notebook = desk.notebook(in_front, main_job())
    lab = desk.page(in_front)
    lab.begin(notebook, views=3, **WIDGETS)
    took: list[float] = []
    figures["busy"] = took
    for _ in range(3):
        lab.reload()
        took.append(lab.widgets_drawn(20, **WIDGETS))
        lab.wait_until(lambda: lab.status() == "busy", 5, "the indicator says busy")
        assert notebook.running, "the cell was over before the widgets were back"
    stood = lab.bar()
    lab.wait_until(lambda: lab.bar() > stood, 10, "the bar moves")
    desk.picture(lab)
    lab.let_go(notebook)
    lab.wait_until(lambda: lab.status() == "idle", 10, "the indicator says idle")
    assert lab.errors == []


def test_a_cell_and_its_input_go_on_behind_a_gateway(in_front: Server, desk: Desk) -> None:
    asks = f"{LONG}\nname = input('Who?')\nprint('hello', name)"
    lab, cells, notebook = run(desk, in_front, [asks, "print('line 1')"])
    reload_while_it_counts(lab, cells, 1)
    cells.show_prompts("[1]", "[*]", "[*]")
    lab.let_go(notebook)
    for _ in range(2):
        cells.ask()
        lab.reload()
    cells.answer("Ada")
    cells.show_prompts("[1]", "[2]", "[3]")
    cells.show_text(1, "hello Ada")
    numbers = cells.numbers(1)
    assert numbers == list(range(len(numbers)))
    assert numbers
    assert lab.errors == []


def test_a_restart_of_the_server_during_a_cell(
    in_front: Server, desk: Desk, figures: dict[str, Any]
) -> None:
    notebook = desk.notebook(in_front, main_job())
    lab = desk.page(in_front)
    lab.begin(notebook, views=3, **WIDGETS)
    in_front.stop()
    in_front.start()
    # The same page, which nobody touches.
    stood, since = lab.bar(), time.monotonic()
    lab.wait_until(lambda: lab.bar() > stood, 35, "the bar moves again")
    figures["untouched"] = time.monotonic() - since
    assert notebook.running, "the cell was over before the bar moved"
    desk.picture(lab)
    # A page that is reloaded right after the start.
    in_front.stop()
    in_front.start()
    since = time.monotonic()
    lab.reload()
    lab.widgets_drawn(20, **WIDGETS)
    figures["reloaded"] = time.monotonic() - since
    stood = lab.bar()
    lab.wait_until(lambda: lab.bar() > stood, 10, "the bar moves")
    lab.let_go(notebook)
    lab.wait_until(lambda: lab.status() == "idle", 10, "the indicator says idle")
