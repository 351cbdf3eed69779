"""The page of one comm is fit for everybody: axe finds nothing, nothing is cut off."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ..server import Server
from .conftest import Boards
from .kernels import Notebook
from .one_comm import OneComm, model_id
from .test_fit import WIDER_THAN_SHOWN

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

LIVELY = """
import base64, ipywidgets as w, threading, time
i = w.Image(value=b"GIF89a" + bytes(300), format="gif")
s = w.IntSlider(description="a rather long description " * 4)
box = w.VBox([s, i])
def move():
    for value in range(10000):
        s.value = value % 100
        time.sleep(0.2)
threading.Thread(target=move, daemon=True).start()
"""


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_one_comm(
    hub: Server, notebooks: Callable[..., Notebook], boards: Boards, dark: bool, phone: bool
) -> None:
    notebook = notebooks("analysis of a rather long name that goes on and on.ipynb")
    notebook.run(LIVELY)
    one = OneComm(
        boards(hub, dark=dark, phone=phone), notebook, model_id(hub, notebook, "IntSliderModel")
    )
    one.open()
    one.board.wait_until(lambda: one.row("value").count(), 20, "the state")
    one.button("Record").click()
    one.row("description").click()
    rows = one.part("Messages").locator("li[data-side]")
    one.board.wait_until(lambda: rows.count() > 5, 20, "messages")
    rows.first.get_by_role("button").click()
    one.button("Pause").click()
    one.type('{"a": }')
    # Colours that fade are judged when they have.
    one.page.emulate_media(reduced_motion="reduce", color_scheme="dark" if dark else "light")
    one.page.wait_for_timeout(2500)
    assert one.board.complaints() == []
    assert not one.page.evaluate(WIDER_THAN_SHOWN), "the page is wider than its window"
    one.page.evaluate("scrollTo(0, 0)")
    name = f"one-comm-{'dark' if dark else 'light'}{'-phone' if phone else ''}"
    one.board.picture(name, whole=True)
    one.button("Stop recording").click()


def test_buffers_on_a_phone(
    hub: Server, notebooks: Callable[..., Notebook], boards: Boards
) -> None:
    notebook = notebooks("picture.ipynb")
    notebook.run(LIVELY)
    one = OneComm(boards(hub, phone=True), notebook, model_id(hub, notebook, "ImageModel"))
    one.open()
    one.board.wait_until(lambda: one.button("Show buffer 0").count(), 20, "the buffer")
    one.button("Show buffer 0").click()
    one.board.wait_until(lambda: one.button("Hex").count(), 20, "its bytes")
    one.button("Hex").click()
    assert one.board.complaints() == []
    assert not one.page.evaluate(WIDER_THAN_SHOWN), "the page is wider than its window"
    one.board.forgive("blob:")
