"""JupyterLab asks for its widgets. Those that it is offered besides are not there twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .notebooks import SLIDER
from .server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.fixture
def offering(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that offers widgets as soon as a socket opens, so before a page can ask."""
    config = "c.CommBroker.offer_widgets_after = 0.01"
    with Server(tmp_path_factory.mktemp("offering") / "server", "broker", config=config) as server:
        yield server


def test_a_page_that_asks_sees_nothing_twice(offering: Server, desk: Desk) -> None:
    notebook = desk.notebook(offering, ["import ipywidgets as widgets", SLIDER])
    lab = desk.page(offering)
    lab.open_notebook(notebook)
    lab.run_all()
    lab.widgets_drawn(60, slider=1)
    lab.save(notebook, views=1)
    for value in (1, 2):
        lab.reload()
        lab.widgets_drawn(30, slider=1)
        lab.press_on_slider("ArrowRight", 1)
        lab.wait_until(
            lambda value=value: offering.evaluate(notebook.path, "slider.value") == str(value),  # type: ignore[misc]
            10,
            "the kernel has the new value",
        )
        assert lab.page.locator(".widget-slider").count() == 1
    assert lab.errors == []
    check = offering.self_check()
    assert check is not None
    # The slider, its layout and its style, at each load.
    assert check["counters"]["offered_comms"] >= 6
