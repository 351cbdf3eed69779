"""JupyterLab of somebody who may only see: a slider that is moved springs back, and follows on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .notebooks import SLIDER
from .server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

RULES = """
from jupyter_server.auth import Authorizer


class Rules(Authorizer):
    def is_authorized(self, handler, user, action, resource):
        browser = "Chrome" in handler.request.headers.get("User-Agent", "")
        return not (browser and resource == "comms" and action != "read")


c.ServerApp.authorizer_class = Rules
"""


@pytest.fixture
def ruled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on which who comes with a browser may only see comms."""
    server = Server(tmp_path_factory.mktemp("ruled") / "server", "broker", config=RULES)
    with server:
        yield server


def test_a_slider_that_may_not_be_moved(ruled: Server, desk: Desk) -> None:
    """It is back where it was, and goes where others move it; the kernel saw nothing."""
    notebook = desk.notebook(ruled, ["import ipywidgets as widgets", SLIDER])
    lab = desk.page(ruled)
    lab.open_notebook(notebook)
    lab.run_all()
    lab.wait_until(lambda: lab.page.locator(".widget-slider").count() == 1, 60, "a slider")
    kernel = f"/api/kernels/{ruled.kernel_of(notebook.path)}/comms"
    (slider,) = ruled.rest("GET", f"{kernel}?model=IntSliderModel")["comms"]
    send = f"{kernel}/{slider['comm_id']}/messages"

    def move(value: int) -> None:
        state = {"method": "update", "state": {"value": value}, "buffer_paths": []}
        ruled.rest("POST", send, {"data": state})
        lab.wait_until(lambda: lab.slider() == value, 10, "the page follows who may move it")

    move(4)
    for _ in range(2):
        lab.press_on_slider("ArrowRight", 3)
        lab.wait_until(lambda: lab.slider() == 4, 10, "the slider springs back")
        lab.pause(0.5)
        assert lab.slider() == 4
    assert ruled.evaluate(notebook.path, "slider.value") == "4"
    move(9)
    desk.picture(lab)
    check = ruled.self_check()
    assert check is not None
    assert check["counters"]["refused_unauthorized"] >= 2
