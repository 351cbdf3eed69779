"""A page whose connection breaks or sleeps while its cells run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .cells import Cells, save
from .reloading import LONG, reload_while_it_counts

if TYPE_CHECKING:
    from .desk import Desk
    from .lab import Lab
    from .notebooks import Notebook
    from .proxy import Proxy
    from .server import Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

ASLEEP = 300.0
"""Seconds for which a laptop sleeps."""

GROWING = """\
shown = display("first", display_id=True)
for n in ticks(90):
    print(f"line {n}", flush=True)
    if signalled("away"):
        shown.update({"application/x-large": "x" * 1_000_000, "text/plain": f"{n}"}, raw=True)
print("over")"""
"""Displays so much while its page is away that not all of it is kept for the page."""


def open_behind(proxy: Proxy, desk: Desk, server: Server, cell: str) -> tuple[Lab, Cells, Notebook]:
    """Open a notebook behind the proxy, and run all."""
    notebook = desk.notebook(server, [cell])
    lab = desk.page(server, port=proxy.port)
    cells = Cells(lab)
    lab.open_notebook(notebook)
    lab.run_all()
    return lab, cells, notebook


def has_all_lines(cells: Cells, server: Server, notebook: Notebook, *, once: bool = True) -> bool:
    """Whether the cell shows all that was printed."""
    last = int(server.evaluate(notebook.path, "n"))
    shown = cells.numbers(1) if once else sorted(set(cells.numbers(1)))
    return shown == list(range(last + 1))


@pytest.mark.long
def test_a_dropped_socket_after_a_reload(desk: Desk, subject: Server, proxy: Proxy) -> None:
    """The page that attached keeps its run over an outage, as the one that sent it."""
    lab, cells, notebook = open_behind(proxy, desk, subject, LONG)
    reload_while_it_counts(lab, cells, 1)
    assert proxy.cut() > 0
    lab.pause(1)
    proxy.mend()
    lab.back_behind(proxy)
    shown = len(cells.numbers(1))
    lab.wait_until(lambda: len(cells.numbers(1)) > shown, 20, "the lines go on")
    lab.let_go(notebook)
    cells.show_prompts("[1]", "[2]")
    # What was on its way when the connection broke may come again.
    assert has_all_lines(cells, subject, notebook, once=False)
    assert lab.errors == [each for each in lab.errors if "WebSocket" in each]


@pytest.mark.long
@pytest.mark.parametrize("is_reloaded", [False, True])
def test_a_page_that_missed_more_than_is_kept_for_it(
    desk: Desk, subject: Server, proxy: Proxy, is_reloaded: bool
) -> None:
    """Its cell attaches anew and has all lines, whether the page sent it or was reloaded."""
    lab, cells, notebook = open_behind(proxy, desk, subject, GROWING)
    lab.wait_until(lambda: bool(cells.numbers(1)), 60, "the cell counts")
    if is_reloaded:
        reload_while_it_counts(lab, cells, 1)
    assert proxy.cut() > 0
    notebook.signal("away")
    lab.pause(6)
    proxy.mend()
    lab.back_behind(proxy)
    lab.wait_until(lambda: bool(cells.numbers(1)), 20, "the cell is back")
    shown = len(cells.numbers(1))
    lab.wait_until(lambda: len(cells.numbers(1)) > shown, 20, "the lines go on")
    lab.let_go(notebook)
    cells.show_prompts("[1]", "[2]")
    cells.show_text(1, "over")
    assert has_all_lines(cells, subject, notebook)
    assert lab.errors == [each for each in lab.errors if "WebSocket" in each]


@pytest.mark.long
def test_a_page_that_missed_more_than_is_kept_and_the_end(
    desk: Desk, subject: Server, proxy: Proxy
) -> None:
    """It hears of the end first, and then gets all that came before."""
    lab, cells, notebook = open_behind(proxy, desk, subject, GROWING)
    lab.wait_until(lambda: bool(cells.numbers(1)), 60, "the cell counts")
    assert proxy.cut() > 0
    notebook.signal("away")
    lab.pause(6)
    lab.let_go(notebook)
    proxy.mend()
    lab.back_behind(proxy)
    cells.show_prompts("[1]", "[2]")
    cells.show_text(1, "over")
    assert has_all_lines(cells, subject, notebook)
    assert lab.errors == [each for each in lab.errors if "WebSocket" in each]


@pytest.mark.long
@pytest.mark.timeout(ASLEEP + 300)
def test_a_laptop_that_sleeps(desk: Desk, subject: Server, proxy: Proxy) -> None:
    """For minutes nothing passes, and nobody is told. Then the page has all that was printed."""
    lab, cells, notebook = open_behind(proxy, desk, subject, LONG.replace("90", "900"))
    reload_while_it_counts(lab, cells, 1)
    freezer = lab.page.context.new_cdp_session(lab.page)
    proxy.hold()
    freezer.send("Page.setWebLifecycleState", {"state": "frozen"})
    lab.pause(ASLEEP)
    shown = len(cells.numbers(1))
    freezer.send("Page.setWebLifecycleState", {"state": "active"})
    # Meanwhile the server has given the connection up, as nobody answered its pings.
    proxy.mend()
    lab.wait_until(lambda: len(cells.numbers(1)) > shown + 10 * ASLEEP, 60, "all lines")
    lab.let_go(notebook)
    cells.show_prompts("[1]", "[2]")
    assert has_all_lines(cells, subject, notebook, once=False)
    assert lab.errors == [each for each in lab.errors if "WebSocket" in each]


@pytest.mark.long
def test_cells_that_were_not_sent_are_told_of(desk: Desk, subject: Server, proxy: Proxy) -> None:
    """The connection was down when they were run. After the reload they can be run at once."""
    notebook = desk.notebook(subject, ["print('line 1')", "print('line 2')"])
    lab = desk.page(subject, port=proxy.port)
    cells = Cells(lab)
    lab.open_notebook(notebook)
    lab.run_all()
    cells.show_prompts("[1]", "[2]", "[3]")
    save(lab, notebook)
    assert proxy.cut() > 0
    for index in (1, 2):
        cells.choose(index)
        lab.page.keyboard.press("Control+Enter")
    cells.show_prompts("[1]", "[*]", "[*]")
    proxy.mend()
    lab.reload()
    lab.page.get_by_text("2 cells were not sent").wait_for(timeout=20_000)
    desk.picture(lab)
    assert cells.prompts == ["[1]", "[2]", "[3]"]
    lab.page.get_by_text("Run them").click()
    cells.show_prompts("[1]", "[4]", "[5]")
