"""The page object: what a person sees on the dashboard, and what went wrong behind it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..patience import PATIENCE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Locator

    from ..server import Server

AXE = Path(__file__).parents[3] / "ui" / "node_modules" / "axe-core" / "axe.min.js"

WATCH = """
window.__violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.__violations.push(`${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`));
"""
"""Collects what the page's policy forbade."""

NOT_THERE = ("status of 404", "status of 410")
"""
What the browser logs when a page asks for a comm that was closed or whose kernel has ended.

A page asks again and again, and may ask in the moment of the end: the answer is right then.
"""

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
"""What axe holds the page against."""


class Board:
    """One page with the dashboard, in a browser window of its own."""

    def __init__(
        self, browser: Browser, server: Server, pictures: Path, *, dark: bool, phone: bool
    ) -> None:
        self._context = browser.new_context(
            viewport={"width": 390, "height": 844} if phone else {"width": 1280, "height": 860},
            color_scheme="dark" if dark else "light",
            device_scale_factor=2 if phone else 1,
        )
        self._context.grant_permissions(["clipboard-read", "clipboard-write"])
        self._server = server
        self._pictures = pictures
        self.page = self._context.new_page()
        self.page.add_init_script(WATCH)
        self._logged: list[str] = []
        self._forgiven: tuple[str, ...] = ()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self._logged.append(f"uncaught: {error}"))

    def open(self, query: str = "", *, live: bool = True) -> None:
        """Go to the dashboard, and wait until it is up to date."""
        origin = f"http://127.0.0.1:{self._server.port}{self._server.base_url}"
        self.page.goto(f"{origin}comm-broker?token={self._server.token}&{query}")
        if live:
            self.wait_until(lambda: self.connection == "live", 20, "the page is live")

    def close(self) -> None:
        """Close the window."""
        self._context.close()

    # -- what a person sees ------------------------------------------------------------------

    @property
    def connection(self) -> str | None:
        """The text of the mark in the header."""
        return self.page.locator("[data-connection]").get_attribute("data-connection")

    @property
    def said(self) -> str:
        """The text of the page."""
        return self.page.locator("body").inner_text()

    def kernel(self, kernel_id: str) -> Locator:
        """A kernel on the overview."""
        return self.page.locator(f'[data-kernel="{kernel_id}"]')

    def picture(self, name: str, *, whole: bool = False) -> None:
        """Keep a screenshot."""
        self.page.screenshot(path=self._pictures / f"{name}.png", full_page=whole)

    # -- what is wrong ------------------------------------------------------------------------

    @property
    def violations(self) -> list[str]:
        """The violations of the page's policy."""
        found: list[str] = self.page.evaluate("window.__violations")
        return found

    def complaints(self, within: str = "html") -> list[str]:
        """The faults that axe finds in the page, or in a part of it."""
        assert AXE.is_file(), f"no {AXE}: run python hatch_build.py"
        # Not a script of the page: its policy would rightly forbid it.
        self.page.evaluate(AXE.read_text())
        found: dict[str, Any] = self.page.evaluate(
            "([within, rules]) => axe.run(within, {runOnly: rules})", [within, RULES]
        )
        return [
            f"{each['id']}: {each['help']}: {[node['html'] for node in each['nodes']][:5]}"
            for each in found["violations"]
        ]

    @property
    def errors(self) -> list[str]:
        """The errors in the page that no case has excused."""
        return [each for each in self._logged if not any(text in each for text in self._forgiven)]

    def forgive(self, *texts: str) -> None:
        """Excuse the errors that a case causes on purpose, also those that are still to come."""
        self._forgiven += texts

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._logged.append(message.text)

    # -- time ---------------------------------------------------------------------------------

    def wait_until(self, done: Callable[[], Any], within: float, what: str) -> float:
        """Wait for a condition, and return for how long. A timeout says what the page shows."""
        begin = time.monotonic()
        while not done():
            if time.monotonic() - begin > PATIENCE * within:
                raise AssertionError(
                    f"not within {PATIENCE * within} s: {what}; the page:\n{self.said}"
                )
            self.page.wait_for_timeout(30)
        return time.monotonic() - begin
