"""A socket that drops and comes back: the same page gets what it missed, in order."""

from pathlib import Path

from jupyter_comm_broker.protocol.alias import alias
from jupyter_comm_broker.testing.frontend import Frontend
from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.restore import restore
from jupyter_comm_broker.testing.server import Server

COUNT = """
import ipywidgets as widgets, os, time
bar = widgets.IntProgress(max=100)
label = widgets.Label()
"""


async def test_the_same_page_gets_all_it_missed_in_order(
    server: Server, kernel_id: str, tmp_path: Path
) -> None:
    """Stock: with another page on the kernel nothing is kept, and the cell never ends."""
    left = tmp_path / "left"
    async with Page(server, kernel_id) as page, Page(server, kernel_id) as other:
        await page.kernel_info()
        await page.run(COUNT)
        cell = await page.execute(
            "for i in range(1, 41):\n"
            "    bar.value = i\n"
            "    print(i, flush=True)\n"
            # Of what is on its way at the very moment of a good-bye nobody can know.
            f"    while i == 10 and not os.path.exists({str(left)!r}): time.sleep(0.01)\n"
            "label.close()\n"
            "late = widgets.IntText(5)"
        )
        await page.until(lambda m: m.type == "stream" and m.content["text"].endswith("10\n"))
        await page.close()
        left.touch()
        await other.until(lambda m: m.ends(cell))
        since = len(page.received)
        await page.open()
        await page.ended(cell)
        missed = page.received[since:]
        printed = "".join(m.content["text"] for m in page.of(cell) if m.type == "stream")
        assert printed == "".join(f"{i}\n" for i in range(1, 41))
        assert page.widgets.only("IntProgressModel").state["value"] == 40
        assert not page.widgets.only("LabelModel").live
        assert page.widgets.only("IntTextModel").state["value"] == 5
        # The end of the cell is the last that it is told of the cell.
        ends = next(index for index, m in enumerate(missed) if m.ends(cell))
        assert not [m for m in missed[ends + 1 :] if m.parent_id == cell and m.channel == "iopub"]
        assert (await restore(page)).by == "control"


async def test_another_session_id_gets_state_and_no_backlog(server: Server, kernel_id: str) -> None:
    async with Page(server, kernel_id) as other:
        async with Page(server, kernel_id) as old:
            await old.kernel_info()
            await old.run(COUNT)
            counting = "for i in range(1, 41):\n    bar.value = i\n    time.sleep(0.02)"
            cell = await old.execute(counting)
        await other.idle(cell)
    async with Page(server, kernel_id) as page:
        assert (await restore(page)).by == "control"
        assert page.widgets.only("IntProgressModel").state["value"] == 40
        assert not [m for m in page.received if m.method == "update"]


async def test_a_newer_socket_of_the_same_session_replaces_the_stale_one(
    server: Server, kernel_id: str
) -> None:
    async with Page(server, kernel_id) as stale:
        await stale.kernel_info()
        await stale.run(COUNT)
        async with Page(server, kernel_id, session_id=stale.session_id) as page:
            await stale.disconnected()
            assert await page.run("print('here')") == "here\n"
            frontends = (await server.link(kernel_id))["frontends"]
            assert [f["session_id"] for f in frontends if f["attached"]] == [alias(page.session_id)]


async def test_a_reply_finds_its_page_after_a_drop(server: Server, kernel_id: str) -> None:
    page = Page(server, kernel_id)
    async with page:
        await page.kernel_info()
        cell = await page.execute("import time; time.sleep(1); 6 * 7")
        await page.until(lambda m: m.execution_state == "busy" and m.parent_id == cell)
    async with page:
        reply = await page.ended(cell)
        assert reply.content["status"] == "ok"
        assert [
            m.content["data"]["text/plain"] for m in page.of(cell) if m.type == "execute_result"
        ]


SCENE = """
import ipywidgets as widgets
from ipykernel.comm import Comm
bar, label, box = widgets.IntProgress(max=100), widgets.Label(), widgets.Text()
talk = Comm(target_name="talk")
"""

MEANWHILE = """
for i in range(1, 21):
    bar.value = i
    talk.send({"n": i})
    box.value = f"letter {i}"
    box.value = ""
    print(i, flush=True)
label.close()
late = widgets.IntText(5)
"""


async def test_what_goes_into_a_connection_that_is_dead_comes_when_the_page_is_back(
    server: Server, kernel_id: str
) -> None:
    """Stock: it is written to the socket, and that is the end of it."""
    async with Page(server, kernel_id) as other, Page(server, kernel_id) as page:
        await page.kernel_info()
        await page.run(SCENE)
        await page.close()
        # From now on the page has a connection at the end of which nobody reads or answers.
        async with Frontend(server, kernel_id, session_id=page.session_id, pace=0):
            cell = await other.execute(MEANWHILE)
            await other.ended(cell)
            since = len(page.received)
            await page.open()
            await page.until(lambda m: m.ends(cell), since=since)
        missed = page.received[since:]
        assert [m.content["text"] for m in missed if m.type == "stream"] == [
            f"{i}\n" for i in range(1, 21)
        ]
        said = [m.content["data"] for m in missed if m.type == "comm_msg"]
        assert [data["n"] for data in said if "n" in data] == list(range(1, 21))
        letters = [data["state"]["value"] for data in said if "letter" in str(data.get("state"))]
        assert letters == [f"letter {i}" for i in range(1, 21)]
        assert page.widgets.only("IntProgressModel").state["value"] == 20
        assert not page.widgets.only("LabelModel").live
        assert page.widgets.only("IntTextModel").state["value"] == 5
