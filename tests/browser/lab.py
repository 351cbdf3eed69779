"""The page object: what a person does in JupyterLab or Notebook 7, and what they see."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from .patience import PATIENCE
from .wire import Wire

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Locator, Page

    from .notebooks import Notebook
    from .proxy import Proxy

App = Literal["lab", "notebooks"]

PROBE = (Path(__file__).parent / "probe.js").read_text()

INDICATOR = ".jp-Notebook-ExecutionIndicator"
HANDLE = ".jp-OutputArea-output .widget-slider .noUi-handle"
TRACK = ".jp-OutputArea-output .widget-slider .noUi-target"
UNSAVED = ".lm-TabBar-tab.jp-mod-dirty"
BAR = ".jp-OutputArea-output .widget-hprogress .progress-bar"


class Lab:
    """One page with one notebook."""

    def __init__(self, page: Page, origin: str, token: str, app: App = "lab") -> None:
        self.page = page
        self.wire = Wire(page)
        self.errors: list[str] = []
        self._origin = origin
        self._token = token
        self._app = app
        page.add_init_script(PROBE)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(f"uncaught: {error}"))
        # Answers "Leave the page?" with yes.
        page.on("dialog", lambda dialog: dialog.accept())

    # -- what a person does ------------------------------------------------------------------

    def open_notebook(self, notebook: Notebook, workspace: str = "") -> None:
        """Go to the notebook's address and wait until its cells are there."""
        tree = f"lab/workspaces/{workspace or notebook.name}/tree"
        place = tree if self._app == "lab" else "notebooks"
        self.page.goto(f"{self._origin}/{place}/{notebook.path}?token={self._token}")
        self.wait_until(lambda: self.drawn is not None, 60, "the notebook is drawn")

    def run_all(self) -> None:
        """Wait for the kernel, and choose Run, Run All Cells."""
        # The indicator says idle before there is a kernel. A run would then end in a dialog.
        self.wait_until(self._knows_kernel, 60, "the page knows its kernel")
        self.wait_until(lambda: self.status() == "idle", 60, "the kernel is idle")
        self.choose("Run", "Run All Cells")

    def begin(self, notebook: Notebook, views: int, **kinds: int) -> None:
        """Open and run the notebook. Save it once its long cell runs and all widgets are drawn."""
        self.open_notebook(notebook)
        self.run_all()
        self.wait_until(lambda: notebook.running, 60, "the long cell runs")
        self.widgets_drawn(30, **kinds)
        self.save(notebook, views)

    def restart_and_run_all(self, notebook: Notebook) -> None:
        """Restart the kernel in the middle of its cell, and run all again."""
        self.choose("Kernel", "Restart Kernel and Run All Cells…")
        notebook.forget()
        self.page.locator(".jp-Dialog-button.jp-mod-accept").click()
        self.wait_until(lambda: notebook.running, 60, "the long cell runs again")

    def let_go(self, notebook: Notebook) -> None:
        """End the long cell while it runs, and wait until it has ended."""
        assert notebook.running, "the long cell was over before the test was"
        notebook.let_go()
        self.wait_until(lambda: notebook.ended_at is not None, 30, "the long cell is over")

    def save(self, notebook: Notebook, views: int) -> None:
        """Save, and wait until the file is written anew with ``views`` widget views."""
        # The views of an earlier save may be those of another kernel.
        before = notebook.saved_at
        self.page.keyboard.press("Control+s")
        self.wait_until(
            lambda: notebook.saved_at != before and notebook.saved_views == views,
            30,
            f"{views} views are saved",
        )

    def reload(self) -> None:
        """Reload the page and wait until the notebook's cells are drawn again."""
        # A page behind another one draws a frame a second.
        self.page.bring_to_front()
        self.page.reload(wait_until="commit")
        self.wait_until(lambda: self.drawn is not None, 60, "the notebook is drawn")

    def press_on_slider(self, key: str, times: int) -> None:
        """Move the first slider by keyboard."""
        handle = self.page.locator(HANDLE).first
        handle.focus()
        for _ in range(times):
            handle.press(key)

    def click_on_slider(self, fraction: float) -> None:
        """Move the first slider by mouse, as Notebook 7 keeps the arrow keys for itself."""
        track = self.page.locator(TRACK).first
        box = track.bounding_box()
        assert box is not None
        track.click(position={"x": box["width"] * fraction, "y": box["height"] / 2})

    # -- what a person sees ------------------------------------------------------------------

    @property
    def drawn(self) -> float | None:
        """When the notebook's first cell was drawn, in seconds of the page's clock."""
        try:
            at = self.page.evaluate("window.__probe?.drawn ?? null")
        except Exception as error:
            # The page is between two documents. The caller asks again.
            if "context was destroyed" in str(error):
                return None
            raise
        return None if at is None else at / 1000

    def widgets_drawn(self, within: float, **kinds: int) -> float:
        """
        Seconds from the notebook being drawn to this many widgets of each kind being drawn.

        By the page's own clock, to the frame: waiting and asking are not part of it.
        """
        self.wait_until(lambda: self._since_drawn(kinds) is not None, within, f"drawn: {kinds}")
        seconds = self._since_drawn(kinds)
        assert seconds is not None
        return seconds

    def _since_drawn(self, kinds: dict[str, int]) -> float | None:
        for at, counts in self.page.evaluate("window.__probe.counts"):
            if all(counts[kind] >= number for kind, number in kinds.items()):
                drawn = self.drawn
                assert drawn is not None
                return max(0.0, float(at / 1000 - drawn))
        return None

    def status(self) -> str:
        """The text of the busy indicator."""
        found = self.page.query_selector(INDICATOR)
        return "none" if found is None else found.get_attribute("data-status") or "none"

    def statuses(self) -> list[tuple[float, str]]:
        """The indicator's text every 200 ms since the page was loaded, with ``time.time()``."""
        samples: list[list[Any]] = self.page.evaluate("window.__probe.statuses")
        return [(at / 1000, status) for at, status in samples]

    def bar(self) -> float:
        """The value of the first bar, in percent."""
        style = self.page.locator(BAR).first.evaluate("bar => bar.style.width")
        return float(style.removesuffix("%"))

    @property
    def is_saved(self) -> bool:
        """Whether the notebook has no changes that are not saved. Notebook 7 does not say so."""
        return self._app == "lab" and self.page.locator(UNSAVED).count() == 0

    def slider(self) -> int:
        """The value of the first slider."""
        return int(float(self.page.locator(HANDLE).first.get_attribute("aria-valuenow") or "nan"))

    def html(self) -> list[str]:
        """The text of each HTML widget."""
        return self.page.locator(".widget-html .widget-html-content").all_inner_texts()

    def lines(self, place: str) -> list[str]:
        """The lines printed below ``place``."""
        outputs = self.page.locator(f"{place} .jp-RenderedText pre").all_inner_texts()
        return "".join(outputs).splitlines()

    # -- waiting -----------------------------------------------------------------------------

    def wait_until(
        self,
        true: Callable[[], bool],
        within: float,
        what: str,
        shown: Callable[[], object] | None = None,
    ) -> None:
        """Check a condition repeatedly. If it does not come true, fail with what is ``shown``."""
        end = time.monotonic() + PATIENCE * within
        while not true():
            if time.monotonic() > end:
                instead = "" if shown is None else f"; the page shows {shown()!r}"
                msg = f"not within {PATIENCE * within} s: {what}{instead}"
                raise AssertionError(msg)
            # Not time.sleep: console and WebSocket events come in only while Playwright waits.
            self.page.wait_for_timeout(30)

    def back_behind(self, proxy: Proxy) -> None:
        """
        Wait until the page has its socket again.

        The page tries again after times of its own choice: at random up to 1, 3, 7, 15 s and so
        on, and after up to 30 s more where it could not ask for its kernel meanwhile.
        """
        self.wait_until(lambda: proxy.open_sockets > 0, 60, "the page's socket is back")

    def pause(self, seconds: float) -> None:
        """Let the page go on for a while."""
        self.page.wait_for_timeout(seconds * 1000)

    def _knows_kernel(self) -> bool:
        return any(passed.msg_type == "kernel_info_reply" for passed in self.wire.messages)

    def choose(self, menu: str, entry: str) -> None:
        """Choose an entry of a menu."""
        bar: Locator = self.page.locator(".lm-MenuBar-itemLabel").get_by_text(menu, exact=True)
        bar.click()
        self.page.locator(".lm-Menu-itemLabel").get_by_text(entry, exact=True).click()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)
