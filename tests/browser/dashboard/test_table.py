"""The table shows new comms at once, has links, orders, groups and a tree, and does not jump."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ..server import Server
from .conftest import Boards
from .kernels import Notebook
from .table import OPENED, Table

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

Notebooks = Callable[..., Notebook]


SEVERAL = (
    OPENED
    + """
import time
a = opened("AModel", "a" * 32)
b = opened("BModel", "b" * 32)
c = create_comm(target_name="plots.live", comm_id="c" * 32)
for _ in range(5):
    b.send({"method": "update", "state": {"value": 1}, "buffer_paths": []})
"""
)
A, B, C = "a" * 32, "b" * 32, "c" * 32


def test_a_comm_shows_at_once_and_goes_at_once(
    hub: Server, boards: Boards, notebooks: Notebooks, figures: dict[str, Any]
) -> None:
    notebook = notebooks("climate model.ipynb")
    table = Table(boards(hub))
    table.board.wait_until(
        lambda: "No comm is open on this server" in table.board.said, 20, "an empty table says so"
    )
    table.board.picture("table-empty")
    notebook.run("import ipywidgets as w; s = w.IntSlider()")
    seconds = table.wait_for(3)
    figures["seconds until an opened widget is in the table"] = seconds
    table.board.wait_until(lambda: "climate model.ipynb" in table.board.said, 10, "the name")
    assert set(table.names()) == {"IntSliderModel", "LayoutModel", "SliderStyleModel"}
    notebook.run("s.close()")
    table.wait_for(2)


def test_a_link_keeps_conditions_order_and_arrangement(
    hub: Server, boards: Boards, notebooks: Notebooks
) -> None:
    notebooks("links.ipynb").run(SEVERAL)
    table = Table(boards(hub), "target=plots.live")
    table.wait_for(1)
    assert table.ids() == [C]
    assert table.field("Target").input_value() == "plots.live"
    table.page.get_by_role("button", name="Clear filter").click()
    table.wait_for(3)
    table.field("Search").fill("bmod")
    table.wait_for(1)
    table.board.wait_until(lambda: "text=bmod" in table.page.url, 5, "the URL says so")
    table.field("Search").fill("")
    table.wait_for(3)
    assert "text" not in table.page.url
    table.field("Model").select_option("AModel")
    table.wait_for(1)
    table.page.go_back()
    table.wait_for(3)
    table.page.go_forward()
    table.wait_for(1)
    table.page.reload()
    table.wait_for(1)
    assert table.ids() == [A]
    table.field("Pages").select_option("yes")
    table.board.wait_until(
        lambda: "No comm meets these conditions" in table.board.said, 10, "nothing is left"
    )
    table.page.get_by_role("button", name="Show all comms").click()
    table.wait_for(3)


def test_a_click_on_a_column_sorts(hub: Server, boards: Boards, notebooks: Notebooks) -> None:
    notebooks("order.ipynb").run(SEVERAL)
    table = Table(boards(hub))
    table.wait_for(3)
    assert table.ids() == [C, B, A], "the newest first"
    table.page.get_by_role("button", name="Messages").click()
    table.board.wait_until(lambda: table.ids()[0] == B, 10, "the most messages first")
    head = table.page.get_by_role("columnheader", name="Messages")
    assert head.get_attribute("aria-sort") == "descending"
    table.page.get_by_role("button", name="Messages").click()
    table.board.wait_until(lambda: table.ids()[-1] == B, 10, "the other way round")
    assert "sort=messages" in table.page.url
    table.page.get_by_role("button", name="Model or target").click()
    table.board.wait_until(lambda: table.ids() == [A, B, C], 10, "by name")


def test_groups_fold(hub: Server, boards: Boards, notebooks: Notebooks) -> None:
    notebooks("one.ipynb").run(SEVERAL)
    notebooks("two.ipynb").run(OPENED + "x = opened('XModel')")
    table = Table(boards(hub))
    table.wait_for(4)
    table.field("Show").select_option("kernel")
    table.wait_for(6)
    table.board.wait_until(lambda: table.names()[0] == "two.ipynb", 10, "named by notebooks")
    assert table.grid.get_attribute("role") == "treegrid"
    table.press("ArrowDown", "ArrowLeft")
    table.wait_for(5)
    table.press("Space")
    assert "1 selected" in table.board.said, "a group that is folded is selected with all in it"
    table.press("ArrowRight")
    table.wait_for(6)
    table.page.get_by_role("button", name="Fold all", exact=True).click()
    table.wait_for(2)
    table.page.reload()
    table.wait_for(6)
    table.field("Show").select_option("target")
    table.board.wait_until(
        lambda: {"jupyter.widget", "plots.live"} <= set(table.names()), 10, "by target"
    )


CIRCLE = (
    OPENED
    + """
box = opened("BoxModel", "box", children=["IPY_MODEL_left", "IPY_MODEL_right"])
left = opened("LeftModel", "left", layout="IPY_MODEL_layout")
right = opened("RightModel", "right", layout="IPY_MODEL_layout")
layout = opened("LayoutModel", "layout")
one = opened("OneModel", "one", other="IPY_MODEL_two")
two = opened("TwoModel", "two", other="IPY_MODEL_one")
"""
)


def test_the_tree_has_widgets_under_their_parents_and_ends_in_circles(
    hub: Server, boards: Boards, notebooks: Notebooks
) -> None:
    notebooks("tree.ipynb").run(CIRCLE)
    table = Table(boards(hub), "group=tree&sort=id")
    table.wait_for(8)

    def levels() -> list[tuple[str, str]]:
        found = table.grid.locator("[data-row]").evaluate_all(
            """(rows) => rows
                 .sort((one, other) => one.ariaRowIndex - other.ariaRowIndex)
                 .map((row) => [row.dataset.comm, row.ariaLevel])"""
        )
        return [(name, level) for name, level in found]

    tree = [("box", "1"), ("left", "2"), ("layout", "3"), ("right", "2"), ("layout", "3")]
    table.board.wait_until(lambda: levels()[:5] == tree, 10, "the tree")
    assert levels()[5:] == [("one", "1"), ("two", "2"), ("one", "3")]
    table.board.picture("table-tree")
    table.press("ArrowDown", "ArrowDown", "ArrowLeft")
    table.wait_for(7)
    table.press("ArrowLeft")
    assert table.cursor == "box"
    table.press("ArrowLeft")
    table.wait_for(4)
    table.press("ArrowRight")
    table.wait_for(7)
    table.field("Search").fill("layout")
    table.wait_for(4)
    assert table.page.get_by_role("checkbox", name="Select LayoutModel").count() == 1
    assert table.page.get_by_role("checkbox", name="Select BoxModel").count() == 0


def test_keys_select(hub: Server, boards: Boards, notebooks: Notebooks) -> None:
    notebooks("keys.ipynb").run(
        OPENED + "cs = [opened(f'M{i % 2}Model', f'c{i:02}') for i in range(40)]"
    )
    table = Table(boards(hub), "sort=id")
    table.wait_for(40)
    table.press("ArrowDown", "Space", "ArrowDown", "ArrowDown", "Shift+ArrowDown")
    assert (table.selected(), table.cursor) == (["c00", "c02", "c03"], "c03")
    table.press("Shift+ArrowUp", "Shift+ArrowUp")
    assert table.selected() == ["c00", "c01", "c02"]
    table.press("End")
    assert table.cursor == "c39"
    assert table.row("c39").is_visible()
    table.press("Home", "Control+a")
    assert "40 selected" in table.board.said
    table.field("Search").fill("m1model")
    table.wait_for(20)
    assert "20 selected" in table.board.said, "what is not seen is not selected"
    table.field("Search").fill("")
    table.wait_for(40)
    assert "20 selected" in table.board.said
    table.press("Escape")
    assert "selected" not in table.board.said
    table.press("Control+a", "Escape", "Home", "Enter")
    table.board.wait_until(lambda: "comm=c00" in table.page.url, 5, "Enter opens")
    table.page.go_back()
    table.wait_for(40)
    assert table.cursor == "c00", "and back is where one was"


def test_it_holds_still_while_comms_come_and_go(
    hub: Server, boards: Boards, notebooks: Notebooks
) -> None:
    notebook = notebooks("alive.ipynb")
    notebook.run(OPENED + "cs = [opened('OldModel', f'old{i:03}') for i in range(200)]")
    table = Table(boards(hub))
    table.wait_for(200)
    table.press("ArrowDown", *["PageDown"] * 5, "Space", "ArrowDown")
    cursor = table.cursor
    assert cursor is not None

    def place() -> float:
        box = table.row(cursor).bounding_box()
        assert box is not None
        return box["y"]

    before = place()
    for _ in range(3):
        notebook.run("news = [opened('NewModel') for _ in range(40)]")
        notebook.run("for each in news[:20]: each.close()")
    table.wait_for(260)
    table.board.page.wait_for_timeout(2500)
    assert abs(place() - before) < 2, "the row is where it was"
    assert (table.cursor, table.has_focus) == (cursor, True)
    assert "1 selected" in table.board.said
    # The comm under the cursor goes: it is seen to be closed, then a neighbour has the cursor.
    at = int(cursor.removeprefix("old"))
    notebook.run(f"cs[{at}].close()")
    table.board.wait_until(
        lambda: "Closed" in table.row(cursor).inner_text(), 5, "it is seen to be closed"
    )
    table.board.picture("table-closed-under-cursor")
    table.board.wait_until(lambda: not table.row(cursor).count(), 10, "it is gone")
    table.board.wait_until(lambda: table.cursor == f"old{at - 1:03}", 5, "the next has the cursor")
    assert table.has_focus


NASTY = (
    OPENED
    + """
cs = [create_comm(target_name=name) for name in (
    "<img src=x onerror='window.__ran=1'><script>window.__ran=1</script>",
    "invoice\\u202egpj.exe\\u200b\\u2066", "x" * 1_000_000, "line\\nbreak\\u2028\\u0000end")]
cs += [opened("<b>Model</b>\\u202e" + "y" * 100_000)]
cs += [create_comm(target_name="t", comm_id="</div>' \\" <i>" + "z" * 2000)]
"""
)


def test_what_kernels_choose_is_shown_and_does_nothing(
    hub: Server, boards: Boards, notebooks: Notebooks
) -> None:
    notebooks("<b>nasty.ipynb").run(NASTY)
    table = Table(boards(hub))
    table.wait_for(6)
    table.board.wait_until(lambda: "<b>nasty" in table.board.said, 10, "the name as text")
    assert "U+202E" in table.board.said
    assert "<img src=x" in table.board.said
    assert len(table.grid.inner_text()) < 5000
    assert table.grid.locator("img, script, b, i").count() == 0
    heights = table.grid.locator("[data-row]").evaluate_all("(r) => r.map((e) => e.offsetHeight)")
    assert set(heights) == {38}
    table.board.picture("table-hostile-names")
    for group in ("target", "model", "tree", "kernel"):
        table.field("Show").select_option(group)
        table.page.wait_for_timeout(200)
    assert table.grid.locator("img, script, b, i").count() == 0
    table.press("Control+a")
    table.page.get_by_role("button", name="Close 6 comms…").click()
    table.board.wait_until(lambda: "Close 6 comms?" in table.board.said, 20, "the question")
    assert table.page.locator("dialog img, dialog b").count() == 0
    table.page.get_by_role("dialog").get_by_role("button", name="Close 6 comms").click()
    table.board.wait_until(
        lambda: "No comm is open on this server" in table.board.said, 20, "all are closed"
    )
    assert table.page.evaluate("window.__ran") is None
