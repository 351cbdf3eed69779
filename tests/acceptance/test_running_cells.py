"""A page that comes during a cell of a real kernel, or after it, gets the cell (issue 12)."""

from __future__ import annotations

import asyncio
import os
import random
from contextlib import AsyncExitStack

import pytest

from jupyter_comm_broker.testing.kernel import Kernel
from jupyter_comm_broker.testing.server import Server
from tests.until import until

from .hold import Hold
from .notebook_page import NotebookPage

pytestmark = pytest.mark.acceptance

MEDLEY = """
import random, sys, time
from IPython.display import HTML, clear_output, display
import ipywidgets

chance = random.Random({seed})
shown = [display("first", display_id=True)]
out = ipywidgets.Output()
for step in range(60):
    time.sleep(chance.random() / 100)
    what = chance.randrange(9)
    if what == 0:
        print("to stderr", step, file=sys.stderr)
    elif what == 1:
        shown.append(display(HTML(f"<b>{{step}}</b>"), display_id=True))
    elif what == 2:
        chance.choice(shown).update(f"updated {{step}}")
    elif what == 3 and step > 30:
        clear_output(wait=chance.random() < 0.5)
    elif what == 4:
        for part in range(20):
            print(f"\\r{{part:3}} %", end="", flush=True)
        print()
    elif what == 5:
        with out:
            # In one write: a kernel may send what was written so far at any time.
            print(f"inside {{step}}\\n", end="")
            sys.stdout.flush()
    else:
        print("line", step)
    sys.stdout.flush()
{last}
"""
"""A cell that does everything that changes a cell's output."""


ASKING = """
from getpass import getpass
print("before")
name = input("Name?")
key = getpass("Key:")
print("hello", name, key)
"""

LONG = bool(os.environ.get("JCB_LONG"))
LINES = 1_000_000 if LONG else 200_000

MANY = f"""
for number in range({LINES}):
    print(number, "-" * 50)
"""


@pytest.fixture(params=[6, 7])
def any_kernel(server: Server, request: pytest.FixtureRequest) -> str:
    """A new kernel of the shared server, with each ipykernel that must work."""
    if request.param == 7:
        return server.start_kernel("python3")
    python = request.getfixturevalue("ipykernel6_python")
    return server.start_kernel(server.add_kernel("six", python=python))


@pytest.mark.parametrize("seed", range(10) if LONG else [0, 5])
@pytest.mark.parametrize("ends", ["", "1 / 0"], ids=["ends well", "raises"])
async def test_pages_that_come_at_any_moment_end_as_the_one_that_ran_it(
    server: Server, any_kernel: str, seed: int, ends: str
) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same moments each time
    async with AsyncExitStack() as open_pages, NotebookPage(server, any_kernel) as first:
        msg_id, always = await first.runs(MEDLEY.format(seed=seed, last=ends))
        later = []
        for _ in range(8):
            await asyncio.sleep(chance.random() / 4)
            page = await open_pages.enter_async_context(NotebookPage(server, any_kernel))
            later.append(await page.attaches(msg_id))
        await first.ended(msg_id, 60)
        await until(lambda: all(cell.reply is not None and cell.is_idle for cell in later))
        for cell in later:
            assert cell.shown == always.shown
            assert cell.reply == always.reply


async def test_input_is_answered_after_two_reloads_and_nothing_of_a_password_is_kept(
    server: Server, any_kernel: str
) -> None:
    async with NotebookPage(server, any_kernel) as first:
        msg_id, always = await first.runs(ASKING)
        await until(lambda: always.asks == "Name?")
    async with NotebookPage(server, any_kernel) as second:
        cell = await second.attaches(msg_id)
        await until(lambda: cell.asks == "Name?")
    async with NotebookPage(server, any_kernel) as third, NotebookPage(server, any_kernel) as other:
        cell, beside = await third.attaches(msg_id), await other.attaches(msg_id)
        await until(lambda: cell.asks == beside.asks == "Name?")
        await third.answers("Ada")
        await until(lambda: cell.asks == beside.asks == "Key:")
        await other.answers("secret")
        await third.ended(msg_id)
        await other.ended(msg_id)
        (run,) = await third.lists()
        again = await third.attaches(msg_id)
        await until(lambda: again.is_drawn and again.reply is not None)
    texts = [each["text"] for each in again.shown]
    assert texts == [
        "before\n",
        "Name? Ada\nKey: ········\n",
        "hello Ada secret\n",
    ]
    assert [each["text"] for each in beside.shown][:1] == ["before\n"]
    assert (run["state"], run["asks"]) == ("ended", False)


async def test_a_kernel_that_died_ends_the_cell_with_that_word(server: Server, hold: Hold) -> None:
    with Kernel(server) as kernel:
        async with NotebookPage(server, kernel.id) as first:
            # The kernel publishes in a thread, which its end would overtake.
            code = f"print('alive', flush=True)\n{hold.waits}\n__import__('os')._exit(1)"
            msg_id, cell = await first.runs(code)
            await until(lambda: cell.shown)
            hold.release()
            await first.until(lambda m: m.execution_state == "restarting", 30)
        async with NotebookPage(server, kernel.id) as later:
            await later.kernel_info()
            cell = await later.attaches(msg_id)
            await until(lambda: cell.is_idle)
    assert cell.shown[0]["text"] == "alive\n"
    assert cell.shown[-1]["ename"] == "DeadKernelError"
    assert cell.reply is not None
    assert cell.reply["status"] == "error"


async def test_queued_cells_that_are_given_up_after_an_error_are_aborted(
    server: Server, kernel_id: str, hold: Hold
) -> None:
    async with NotebookPage(server, kernel_id) as first:
        failing, _ = await first.runs(f"{hold.waits}\n1 / 0", cell_id="1", stop_on_error=True)
        queued, _ = await first.runs("print('never')", cell_id="2", stop_on_error=True)
        await first.until(lambda m: m.type == "execute_input")
    async with NotebookPage(server, kernel_id) as later:
        states = [each["state"] for each in await later.lists()]
        assert states == ["running", "queued"]
        cells = [await later.attaches(each) for each in (failing, queued)]
        hold.release()
        await later.ended(queued)
    assert [cell.reply and cell.reply["status"] for cell in cells] == ["error", "aborted"]
    assert cells[1].shown == []


@pytest.mark.timeout(300)
async def test_many_lines_are_kept_within_the_bound(server: Server, kernel_id: str) -> None:
    async with NotebookPage(server, kernel_id) as first:
        msg_id, _ = await first.runs(MANY)
        await first.ended(msg_id, 240)
    async with NotebookPage(server, kernel_id) as later:
        (run,) = await later.lists()
        cell = await later.attaches(msg_id)
        await until(lambda: cell.reply is not None)
    assert run["bytes"] <= 8 * 1024 * 1024
    assert sum(len(each["text"]) for each in cell.shown) <= 8 * 1024 * 1024
