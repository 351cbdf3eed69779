"""`input()` after a reload, and in two pages at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .cells import BOX, Cells, document, save
from .reloading import prompts, run

if TYPE_CHECKING:
    from .desk import Desk
    from .server import Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

ASK = """\
print("line 0", flush=True)
name = input("Who?")
print("hello", name)"""

ASK_FOR_PASSWORD = """\
import getpass
word = getpass.getpass("Word?")
print("length", len(word))"""


def test_input_is_asked_again_after_each_reload(desk: Desk, subject: Server) -> None:
    """Two reloads while the box waits, then one while the next cell asks for a password."""
    sources = [ASK, ASK_FOR_PASSWORD]
    lab, cells, notebook = run(desk, subject, sources)
    cells.ask()
    for _ in range(2):
        lab.reload()
        cells.ask()
        cells.show_prompts("[1]", "[*]", "[*]")
    cells.answer("Ada")
    cells.show_text(1, "hello Ada")
    cells.ask()
    lab.reload()
    cells.ask()
    assert lab.page.locator(BOX).last.get_attribute("type") == "password"
    desk.picture(lab)
    cells.answer("secret")
    cells.show_prompts(*prompts(sources))
    save(lab, notebook)
    outputs = [cell["outputs"] for cell in document(subject, notebook)["cells"]]
    texts = [[output["text"] for output in each] for each in outputs]
    assert [["".join(text) for text in each] for each in texts[1:]] == [
        ["line 0\n", "Who? Ada\n", "hello Ada\n"],
        ["Word? ········\n", "length 6\n"],
    ]
    assert lab.errors == []


def test_an_answer_in_one_page_closes_the_box_of_the_other(desk: Desk, subject: Server) -> None:
    """Both pages are asked. The page that sent the cell can run others afterwards."""
    sources = [ASK, "print('line 1')"]
    first, of_first, notebook = run(desk, subject, sources)
    of_first.ask()
    second = desk.page(subject)
    of_second = Cells(second)
    second.open_notebook(notebook, workspace=f"{notebook.name}-second")
    of_second.answer("Ada")
    for cells in (of_first, of_second):
        cells.ask_nothing()
        cells.show_prompts(*prompts(sources))
        cells.show_text(1, "Who? Ada")
        assert cells.text(1).count("Ada") == 2
    # JupyterLab keeps a box for half a second after its answer.
    first.wait_until(lambda: of_first.texts == of_second.texts, 5, "both show the same")

    # The first page again, answered by itself. The second page has never heard of this run.
    first.page.bring_to_front()
    of_first.choose(1)
    first.page.keyboard.press("Control+Enter")
    of_first.answer("Bob")
    of_first.show_text(1, "hello Bob")
    of_first.show_prompts("[1]", "[4]", "[3]")
    assert first.errors == []
    assert second.errors == []
