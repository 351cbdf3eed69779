"""What pages get in the end that read little or nothing, or that are away."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jupyter_comm_broker.testing.frontend import Frontend
from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.restore import restore
from jupyter_comm_broker.testing.server import Server

from .conftest import SUBJECT
from .flooded import (
    ANSWERED,
    CAP,
    LAST,
    cut_off,
    followed_by,
    is_mark,
    prepare,
    shows_the_last,
    small_server,
    told_of,
)
from .watch import Watch

GROWTH = 56
"""
MiB in a flood of 60 MB: 32 wait for the page that is behind, 4 are on their way to the others, and
some has not been looked at.
"""

PAD = "pad = 'x' * 20_000\n"
CUSTOM = "{'comm_id': label.comm.comm_id, 'data': {'method': 'custom', 'content': pad}}"
OUTPUT = "{'data': {'text/plain': pad}, 'metadata': {}, 'transient': {}}"
NEW = "\nnew = widgets.IntText(5)"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with small limits, of this module alone."""
    yield from small_server(tmp_path_factory.mktemp("slow") / "server", SUBJECT)


def has_new(page: Page) -> bool:
    """Whether a page has the widget that was made while it did not listen."""
    models = page.widgets.models.values()
    return [m.state["value"] for m in models if m.state["_model_name"] == "IntTextModel"] == [5]


def said(page: Page) -> str:
    """Return what the broker told a person in this page."""
    texts = [m.content["text"] for m in page.received if m.type == "stream"]
    return "".join(text for text in texts if "[jupyter_comm_broker]" in text)


@pytest.mark.parametrize("pace", [0, 1], ids=["nothing", "a byte a second"])
async def test_a_page_that_reads_too_slowly_is_cut_off_and_returns_to_the_truth(
    server: Server, kernel_id: str, pace: int
) -> None:
    """Stock keeps all of it in memory for as long as the socket is open."""
    async with Page(server, kernel_id) as other, Page(server, kernel_id) as page:
        ids = await prepare(page)
        await page.close()
        session_id = page.session_id
        async with (
            Watch(server) as watch,
            Frontend(server, kernel_id, session_id=session_id, pace=pace) as slow,
            followed_by(other),
        ):
            cell = await other.execute(
                f"{PAD}flood('comm_msg', ({CUSTOM} for i in range(3000))){LAST}{NEW}"
            )
            code, reason = await cut_off(server, kernel_id, slow)
            assert code == 1013
            assert f"CommBroker.outbox_cap_bytes = {CAP}" in reason
            await other.idle(cell, 60)
            await other.shows(lambda: shows_the_last(other, ids))
        assert watch.grown < GROWTH
        assert watch.slowest < ANSWERED
        await page.open()
        assert (await restore(page)).by == "control"
        await page.shows(lambda: shows_the_last(page, ids) and has_new(page))
        await page.shows(lambda: "CommBroker.outbox_cap_bytes" in said(page))
        assert await page.run("print(slider.value)") == "4711\n"


@pytest.mark.parametrize(
    ("kind", "content"),
    [("display_data", OUTPUT), ("comm_msg", CUSTOM)],
    ids=["output", "custom messages"],
)
async def test_past_its_budget_an_absent_page_loses_what_it_is_told_of_and_no_state(
    server: Server, kernel_id: str, kind: str, content: str
) -> None:
    """The page comes back under its session id."""
    async with Page(server, kernel_id) as other, Page(server, kernel_id) as page:
        ids = await prepare(page)
        await page.close()
        async with Watch(server) as watch, followed_by(other):
            cell = await other.execute(
                f"{PAD}flood({kind!r}, ({content} for i in range(3000))){LAST}{NEW}"
            )
            await other.idle(cell, 60)
        assert watch.grown < GROWTH
        told = await told_of(server, kernel_id, page.session_id)
        assert told["waiting_bytes"] < 1 << 20
        if kind == "display_data":
            assert told["dropped"] > 500
        await page.open()
        if kind == "comm_msg":
            # More was given up than output, so the page has to ask, as it does on each reconnect.
            await restore(page)
        await page.shows(lambda: shows_the_last(page, ids) and has_new(page))
        await page.shows(lambda: "CommBroker.absent_bytes" in said(page))
        assert len([m for m in page.received if m.type == kind and not is_mark(m)]) < 200
