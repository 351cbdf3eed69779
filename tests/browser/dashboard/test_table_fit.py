"""The table of 10,000: only what is seen is drawn, and it is fit for everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ..server import Server
from .conftest import Boards
from .kernels import Notebook
from .table import OPENED, Table

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

MANY = 10_000
MODELS = '("IntSliderModel", "LayoutModel", "SliderStyleModel", "FloatProgressModel")'
FILL = f"{OPENED}\nmodels = {MODELS}\ncs = [opened(models[i % 4], value=i) for i in range({MANY})]"

SCROLL = """
([grid, step, frames]) => new Promise((done) => {
  const times = [];
  const frame = (now) => {
    times.push(now);
    if (times.length > frames) {
      const gaps = times.slice(1).map((each, index) => each - times[index]);
      const sorted = [...gaps].sort((one, other) => one - other);
      const at = (share) => sorted[Math.floor(share * (sorted.length - 1))];
      done({
        fps: 1000 * gaps.length / (times.at(-1) - times[0]),
        median: at(0.5), slow: at(0.95), slowest: at(1),
        rows: grid ? grid.querySelectorAll("[data-row]").length : 0,
      });
      return;
    }
    if (grid) grid.scrollTop += step;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})
"""

WIDER_THAN_SHOWN = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
def many(notebooks: Callable[..., Notebook]) -> Notebook:
    """A kernel with 10,000 comms."""
    notebook = notebooks("large simulation.ipynb")
    notebook.run(FILL)
    return notebook


def test_ten_thousand_scroll_smoothly(
    hub: Server, boards: Boards, many: Notebook, figures: dict[str, Any]
) -> None:
    table = Table(boards(hub))
    figures["seconds until 10,000 rows are there"] = table.wait_for(MANY, 60)
    table.board.picture("table-10000")
    grid = table.grid.element_handle()
    idle = table.page.evaluate(SCROLL, [None, 0, 60])
    # Pixels a frame: 60 are a quick wheel, 300 are a hand that pulls the scroll bar.
    for name, step in (("wheel", 60), ("fast", 300)):
        best: dict[str, float] = {"fps": 0.0}
        for _ in range(3):
            grid.evaluate("(grid) => { grid.scrollTop = 0 }")
            table.page.wait_for_timeout(500)
            found = table.page.evaluate(SCROLL, [grid, step, 180])
            best = max(best, found, key=lambda each: each["fps"])
        figures[f"scroll of 10,000, {name}"] = best
        figures["a page that does nothing"] = idle
        # Frames a second are the machine's, so they are only reported; this is what makes them.
        assert best["rows"] < 80, "not all rows are drawn"
    last = table.page.evaluate("(grid) => { grid.scrollTop = 1e9; return grid.scrollTop }", grid)
    assert last > 300_000
    table.board.wait_until(
        lambda: table.grid.locator(f'[aria-rowindex="{MANY + 1}"]').count(), 10, "the last row"
    )
    table.field("Search").fill("sliderstyle")
    seconds = table.wait_for(MANY // 4)
    figures["seconds until 10,000 are searched"] = seconds
    table.field("Show").select_option("tree")
    table.field("Search").fill("")
    table.wait_for(MANY)
    table.press("Control+a")
    assert "10,000 selected" in table.board.said


LIVELY = (
    OPENED
    + """
import ipywidgets as w, threading, time
tabs = w.Tab([w.VBox([w.IntSlider(description=str(i)) for i in range(4)]), w.HBox([w.Text()])])
bar = w.IntProgress(max=1000)
others = [create_comm(target_name=name) for name in ("plots.live", "my.target", "n" * 90)]
def move():
    for i in range(10000):
        bar.value = i % 1000
        time.sleep(0.1)
threading.Thread(target=move, daemon=True).start()
"""
)


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_it_is_fit_for_everybody(
    hub: Server, boards: Boards, notebooks: Callable[..., Notebook], dark: bool, phone: bool
) -> None:
    notebooks("analysis of a rather long name that goes on and on.ipynb").run(LIVELY)
    notebooks("training.ipynb").run("import ipywidgets as w; p = w.FloatProgress()")
    board = boards(hub, dark=dark, phone=phone)
    table = Table(board)
    board.wait_until(lambda: table.rows > 20, 20, "the rows")
    board.wait_until(lambda: "training.ipynb" in board.said, 10, "the names")
    look = f"{'dark' if dark else 'light'}{'-phone' if phone else ''}"
    assert board.complaints() == []
    assert not board.page.evaluate(WIDER_THAN_SHOWN), "the page is wider than its window"
    board.picture(f"table-{look}")
    table.press("ArrowDown", "Space", "Shift+ArrowDown", "Shift+ArrowDown")
    for group in ("kernel", "tree"):
        if phone:
            table.field("Show").scroll_into_view_if_needed()
        table.field("Show").select_option(group)
        board.page.wait_for_timeout(300)
        assert board.complaints() == []
        assert not board.page.evaluate(WIDER_THAN_SHOWN), "the page is wider than its window"
        board.picture(f"table-{group}-{look}")
    if phone:
        board.page.get_by_role("button", name="Filter and sort").click()
        assert board.complaints() == []
        board.picture(f"table-filters-{look}")
