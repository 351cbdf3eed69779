"""A comm with pictures, junk, scripts, secrets or megabytes: nothing in it runs."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from ..server import Server
from .conftest import Boards
from .kernels import Notebook
from .one_comm import OneComm, model_id

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

PICTURE = """
import base64, ipywidgets as w
png = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYPhfDwAChAGA60e6kgAAAABJRU5E"
    "rkJggg=="
)
"""
PNG = PICTURE + "i = w.Image(value=png, format='png')"
SVG_TEXT = (
    '<svg xmlns="http://www.w3.org/2000/svg" onload="window.__ran=1">'
    "<script>window.__ran=1</script></svg>"
)
SVG = PICTURE + f"i = w.Image(value={SVG_TEXT.encode()!r}, format='svg+xml')"
JUNK = PICTURE + "i = w.Image(value=bytes(range(256)) * 40, format='svg+xml')"
BROKEN = PICTURE + "i = w.Image(value=png[:20] + bytes(500), format='png')"

Open = Callable[[str, str], OneComm]


@pytest.fixture
def opened(hub: Server, notebooks: Callable[..., Notebook], boards: Boards) -> Open:
    """Run code, and open the page of the widget of a model."""

    def run(code: str, model: str) -> OneComm:
        notebook = notebooks("contents.ipynb")
        notebook.run(code)
        one = OneComm(boards(hub), notebook, model_id(hub, notebook, model))
        one.open()
        one.board.wait_until(lambda: one.row("value").count(), 30, "the state")
        return one

    return run


def show(one: OneComm) -> str:
    """Look into the first buffer."""
    one.button("Show buffer 0").click()
    buffers = one.part("Buffers")
    one.board.wait_until(lambda: "SHA-256 " in buffers.inner_text().replace("\n", " "), 20, "it")
    one.page.wait_for_timeout(500)
    return buffers.inner_text()


def test_a_picture_is_drawn_with_its_hash(opened: Open) -> None:
    one = opened(PNG, "ImageModel")
    text = show(one)
    assert "PNG picture" in text
    image = one.part("Buffers").locator("img")
    assert image.evaluate("(it) => it.naturalWidth") == 1
    assert (image.get_attribute("src") or "").startswith("blob:")
    one.button("Hex").click()
    one.board.wait_until(lambda: "89 50 4e 47" in one.part("Buffers").inner_text(), 10, "the hex")
    assert one.board.complaints() == []


def test_the_hash_needs_no_secure_context(opened: Open) -> None:
    one = opened(PNG, "ImageModel")
    by_browser = show(one).partition("SHA-256")[2].split()[0]
    assert len(by_browser) == 64
    one.page.add_init_script(
        "Object.defineProperty(Crypto.prototype, 'subtle', {value: undefined})"
    )
    one.open()
    one.board.wait_until(lambda: one.row("value").count(), 30, "the state")
    assert one.page.evaluate("crypto.subtle === undefined")
    assert show(one).partition("SHA-256")[2].split()[0] == by_browser


def test_an_svg_is_text_and_runs_nothing(opened: Open) -> None:
    one = opened(SVG, "ImageModel")
    text = show(one)
    assert "never drawn" in text
    assert 'onload="window.__ran=1"' in text
    assert one.part("Buffers").locator("img, svg, iframe, object").count() == 0
    assert "SVG can hold scripts" in one.why_off("Picture")
    assert one.page.evaluate("window.__ran") is None


@pytest.mark.parametrize("code", [JUNK, BROKEN], ids=["junk", "broken"])
def test_junk_is_hex(opened: Open, code: str) -> None:
    one = opened(code, "ImageModel")
    show(one)
    buffers = one.part("Buffers")
    one.board.wait_until(lambda: "00000000" in buffers.inner_text(), 10, "the hex")
    assert buffers.locator("img").count() == 0
    one.button("Next").click() if code is JUNK else None
    one.board.wait_until(
        lambda: ("00000200" if code is JUNK else "00000010") in buffers.inner_text(), 10, "more"
    )
    one.board.forgive("blob:")


def test_text_of_others_is_inert(opened: Open) -> None:
    nasty = (
        r"<img src=x onerror='window.__ran=1'><script>window.__ran=1</script>\u202egnp.exe\u200b"
    )
    one = opened(
        f'import ipywidgets as w; t = w.Text("{nasty}"); '
        "t.add_class('<b>x</b>'); t.description = '\\x00\\x1b[31m'",
        "TextModel",
    )
    value = one.value("value")
    assert "<script>window.__ran=1</script>" in value
    assert "U+202E" in value
    assert "U+200B" in value
    one.row("value").click()
    assert "\u202e" not in one.board.said
    written = one.page.get_by_label("Data (JSON)").input_value()
    assert "\u202e" not in written
    assert "\\u202e" in written
    assert one.page.locator("main img, main script").count() == 0
    assert one.page.evaluate("window.__ran") is None
    assert one.board.violations == []


def test_a_secret_is_named_and_not_shown(opened: Open) -> None:
    one = opened("import ipywidgets as w; p = w.Password(value='hunter2')", "PasswordModel")
    assert "a password is never shown" in one.value("value")
    one.row("value").click()
    assert "Passwords and uploaded files stay out" in one.part("Chosen value").inner_text()
    assert "hunter2" not in one.page.content()
    assert "redacted" not in one.page.get_by_label("Data (JSON)").input_value()


def test_megabytes_and_depth_do_not_freeze_the_page(opened: Open) -> None:
    one = opened(
        "import ipywidgets as w; from comm import create_comm\n"
        "state = {'_model_name': 'BigModel', '_model_module': 'x', '_model_module_version': '1',"
        "'value': 'A' * 10_000_000, 'rows': list(range(300_000)), 'me': 'IPY_MODEL_big'}\n"
        "deep = state['deep'] = {}\n"
        "for _ in range(60):\n    deep['in'] = {}; deep = deep['in']\n"
        "c = create_comm(target_name='jupyter.widget', comm_id='big', data={'state': state},"
        " metadata={'version': '2.1.0'})",
        "BigModel",
    )
    begin = time.monotonic()
    one.row("value").click()
    one.button("Show more (9,999,400 characters)").click()
    one.button("Last").click()
    one.row("rows").click()
    one.board.wait_until(lambda: "show more (299,900" in one.board.said, 20, "a portion")
    one.page.get_by_label("Search names and values").fill("299999")
    one.board.wait_until(
        lambda: "the first" in one.board.said or one.row("rows", 299_999).count(), 20, "a search"
    )
    assert time.monotonic() - begin < 20
    one.page.get_by_label("Search names and values").fill("")
    one.row("deep").click()
    for _ in range(20):
        one.page.keyboard.press("ArrowRight")
        one.page.keyboard.press("ArrowRight")
    one.board.wait_until(lambda: one.row("deep", *["in"] * 10).count(), 10, "what lies deep")
    related = one.part("Related widgets")
    related.get_by_role("link").first.click()
    assert "comm=big" in one.page.url, "it refers to itself"
