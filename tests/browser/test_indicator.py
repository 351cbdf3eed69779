"""The busy indicator of a reloaded page says what the kernel does, from the first to the last."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import pytest

from .notebooks import main_job

if TYPE_CHECKING:
    from .desk import Desk
    from .server import Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def test_busy_indicator(desk: Desk, subject: Server, figures: dict[str, Any]) -> None:
    """Sampled five times a second: busy as soon as the page can know, idle after the cell."""
    notebook = desk.notebook(subject, main_job())
    lab = desk.page(subject)
    lab.begin(notebook, views=3, slider=1, bar=1, html=1)

    lab.reload()
    drawn = lab.drawn
    assert drawn is not None
    lab.pause(10)
    desk.picture(lab)
    lab.let_go(notebook)
    ended = notebook.ended_at
    assert ended is not None
    lab.wait_until(lambda: lab.status() == "idle", 10, "idle after the cell")
    lab.pause(2)

    samples = [(at - drawn, status) for at, status in lab.statuses()]
    figures["indicator"] = [
        [round(next(run)[0], 1), status] for status, run in groupby(samples, key=lambda s: s[1])
    ]
    during = [(at, status) for at, status in samples if at < ended - drawn]
    since = next((at for at, status in during if status == "busy"), None)
    assert since is not None, "never busy during the cell"
    # What it says before the socket is open is the page's own guess.
    known = [(at, status) for at, status in samples if at >= since]
    assert {status for at, status in known if at < ended - drawn} == {"busy"}
    assert [status for status, _ in groupby(status for _, status in known)] == ["busy", "idle"]
