"""``jupyter comms``: every command, on a real server with a real kernel, by people and programs."""

from __future__ import annotations

import asyncio
import json
import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.server import Server
from jupyter_comm_broker.testing.widgets import WIDGET

from .cli import comms, running, surroundings
from .conftest import StartServer
from .flooded import eventually
from .hold import Hold

CELL = """
import time
from pathlib import Path
import ipywidgets as widgets
from comm import create_comm, get_comm_manager

slider = widgets.IntSlider(7)
secret = widgets.Password(value="hunter2")
image = widgets.Image(value=b"old")
box = widgets.VBox([slider, secret, image])
seen = []

def echoing(comm, message):
    comm.on_msg(lambda m: comm.send({"echo": m["content"]["data"]}))

def failing(comm, message):
    raise ValueError("not today")

get_comm_manager().register_target("echoing", echoing)
get_comm_manager().register_target("failing", failing)
"""


@asynccontextmanager
async def notebook(server: Server, kernel_id: str) -> AsyncIterator[Page]:
    """Open a page with widgets, on a kernel that is known by its notebook."""
    named = {"path": f"work/{kernel_id[:8]} Sliders.ipynb", "type": "notebook", "name": ""}
    answer = await server.ask("POST", "/api/sessions", {**named, "kernel": {"id": kernel_id}})
    assert answer.status == 201, answer
    async with Page(server, kernel_id, targets=(WIDGET, "left")) as opened:
        await opened.kernel_info()
        await opened.run(CELL)
        yield opened


def slider_of(page: Page) -> str:
    return page.widgets.only("IntSliderModel").comm_id


async def test_the_server_that_runs_is_found_by_the_real_executable(
    server: Server, kernel_id: str
) -> None:
    async with notebook(server, kernel_id):
        found = {"JUPYTER_RUNTIME_DIR": str(server.folder / "runtime")}
        at_home = surroundings(None, **found)
        ended = await comms(
            None, "comms", "status", "--json", program="jupyter", environment=at_home
        )
        assert (ended.code, ended.json["in_path"]) == (0, True)
        assert kernel_id in [each["kernel_id"] for each in ended.json["kernels"]]


async def test_who_has_no_server_is_told_what_to_do(tmp_path: Path) -> None:
    nowhere = surroundings(None, JUPYTER_RUNTIME_DIR=str(tmp_path))
    ended = await comms(None, "list", environment=nowhere)
    ended.failed(3, "no Jupyter server is running here", "--url")
    ended = await comms(
        None, "list", "--url", "http://127.0.0.1:9/", "--token", "t", environment=nowhere
    )
    ended.failed(3, "cannot reach http://127.0.0.1:9/", "jupyter server list")


async def test_what_lives_is_listed_shown_and_drawn_as_a_tree(
    server: Server, kernel_id: str
) -> None:
    async with notebook(server, kernel_id) as page:
        slider = slider_of(page)
        name = f"{kernel_id[:8]} Sliders"
        listed = await comms(server, "list", "-k", name, "--model", "IntSliderModel", "--json")
        assert [each["comm_id"] for each in listed.json] == [slider]
        table = (await comms(server, "list", "-k", kernel_id[:13])).out
        assert slider[:8] in table
        assert "Sliders.ipynb" in table
        shown = await comms(server, "show", slider[:16], "--json")
        assert (shown.json["kernel_id"], shown.json["state"]["value"]) == (kernel_id, 7)
        assert '"value": 7' in (await comms(server, "show", slider, "-k", kernel_id)).out
        tree = await comms(server, "tree", "-k", kernel_id, "--json")
        ((kernel,), top) = tree.json, page.widgets.only("VBoxModel").comm_id
        (box,) = [each for each in kernel["comms"] if each["comm_id"] == top]
        models = [each["model"] for each in box["children"]]
        assert models == ["IntSliderModel", "PasswordModel", "ImageModel"]
        assert f"├── 7, IntSlider {slider[:8]}" in (await comms(server, "tree")).out


async def test_a_password_is_shown_to_who_asks_for_it(server: Server, kernel_id: str) -> None:
    async with notebook(server, kernel_id) as page:
        secret = page.widgets.only("PasswordModel").comm_id
        ended = await comms(server, "show", secret)
        assert "hunter2" not in ended.out
        assert "--reveal" in ended.out
        assert "hunter2" in (await comms(server, "show", secret, "--reveal")).out


async def test_a_document_is_exported(server: Server, kernel_id: str, tmp_path: Path) -> None:
    async with notebook(server, kernel_id) as page:
        path = tmp_path / "widgets.json"
        ended = await comms(server, "export", kernel_id, str(path), "--json")
        document = json.loads(path.read_text())
        assert ended.json["models"] == len(document["state"])
        assert document["state"][slider_of(page)]["state"]["value"] == 7


async def test_widgets_move_by_words_and_bytes(
    server: Server, kernel_id: str, tmp_path: Path
) -> None:
    async with notebook(server, kernel_id) as page:
        slider, image = slider_of(page), page.widgets.only("ImageModel").comm_id
        ended = await comms(server, "send", slider, "--set", "value=42", "--wait", "processed")
        assert ended.code == 0
        await page.shows(lambda: page.widgets[slider]["value"] == 42)
        (tmp_path / "new").write_bytes(bytes(range(256)))
        await comms(server, "send", image, "--set", f"value=@{tmp_path}/new", "--wait", "processed")
        told = await page.run("print(slider.value, image.value == bytes(range(256)))")
        assert told == "42 True\n"


async def test_a_comm_is_opened_used_and_closed(server: Server, kernel_id: str) -> None:
    async with notebook(server, kernel_id):
        opened = await comms(server, "open", kernel_id, "echoing", '{"a": 1}', "--json")
        comm_id = opened.json["comm_id"]
        reply = await comms(server, "send", comm_id, '{"b": 2}', "--wait", "reply", "--json")
        assert [each["data"] for each in reply.json["comm_messages"]] == [{"echo": {"b": 2}}]
        targets = (await comms(server, "targets", "-k", kernel_id, "--json")).json
        assert ("echoing", "known") in {(each["target_name"], each["status"]) for each in targets}
        assert (await comms(server, "close", comm_id)).out == f"closed {comm_id}\n"
        (await comms(server, "show", comm_id)).failed(5, comm_id, "gone")
        (await comms(server, "send", comm_id, "{}")).failed(5, "gone")


async def test_what_the_kernel_refuses_is_told_with_its_reason(
    server: Server, kernel_id: str
) -> None:
    async with notebook(server, kernel_id) as page:
        (await comms(server, "open", kernel_id, "failing")).failed(6, "ValueError: not today")
        (await comms(server, "open", kernel_id, "nobody")).failed(6, "target not registered")
        taken = ("open", kernel_id, "echoing", "--comm-id", slider_of(page))
        (await comms(server, *taken)).failed(6, "already")
        assert {
            each["target_name"]
            for each in (await comms(server, "list", "-k", kernel_id, "--json")).json
        } == {"jupyter.widget"}


async def test_a_busy_kernel_is_said_and_a_message_stands(
    server: Server, kernel_id: str, hold: Hold
) -> None:
    async with notebook(server, kernel_id) as page:
        slider = slider_of(page)
        cell = await page.execute(hold.waits)
        await page.until(lambda m: m.parent_id == cell and m.type == "execute_input")
        waited = await comms(
            server, "send", slider, "--set", "value=30", "--wait", "processed", "--timeout", "2"
        )
        assert (waited.code, waited.out) == (7, "")
        progress, error = waited.err.splitlines()
        assert progress.startswith("waiting for kernel ")
        assert progress.endswith("which is busy")
        assert "accepted and is not taken back" in error
        sent = await comms(server, "send", slider, "--set", "value=31")
        assert sent.code == 0
        assert "handles it after execute_request, which has run for" in sent.err
        behind = await comms(server, "send", slider, "--set", "value=32", "--json")
        assert behind.json["queued_behind"]["msg_type"] == "execute_request"
        hold.release()
        assert await page.run("print(slider.value)") == "32\n"


async def test_left_over_comms_are_closed_after_a_look(server: Server, kernel_id: str) -> None:
    async with notebook(server, kernel_id) as page:
        await page.run(
            "left = [create_comm(target_name='left', comm_id=f'l{n}') for n in range(27)]"
        )
        choice = ("close", "-k", kernel_id, "--target", "left")
        looked = await comms(server, *choice, "--dry-run")
        assert "would close 27 comms" in looked.err
        unsaid = await comms(server, *choice)
        assert (unsaid.code, unsaid.out) == (2, "")
        assert "--yes" in unsaid.err
        assert len((await comms(server, "list", "-t", "left", "--json")).json) == 27
        done = await comms(server, *choice, "--yes", "--json")
        assert len(done.json["closed"]) == 27
        assert (await comms(server, "list", "-t", "left", "--json")).json == []
        alive = "print(sum(each.comm_id in get_comm_manager().comms for each in left))"
        assert await page.run(alive) == "0\n"
        assert (await comms(server, "show", slider_of(page))).code == 0


async def test_messages_are_told_as_they_pass(server: Server, kernel_id: str) -> None:
    async with notebook(server, kernel_id) as page:
        slider = slider_of(page)
        async with running(server, "tail", slider, "--json", "-n", "1") as process:
            # However long the command takes to begin, the next value is another one.
            told = await heard(process, page, "slider.value = (slider.value + 1) % slider.max")
            assert await asyncio.wait_for(process.wait(), 20) == 0
        assert (told["type"], told["comm_id"], told["direction"]) == (
            "message",
            slider,
            "from_kernel",
        )
        assert told["data"]["state"].keys() == {"value"}


async def test_comms_are_watched_until_ctrl_c(server: Server, kernel_id: str) -> None:
    async with (
        notebook(server, kernel_id) as page,
        running(server, "watch", "-k", kernel_id, "-t", "seen", "--json") as process,
    ):
        # All are kept: of one that is replaced, the end might be told first.
        told = await heard(process, page, "seen.append(create_comm(target_name='seen'))")
        assert (told["type"], told["kernel_id"], told["target_name"]) == (
            "opened",
            kernel_id,
            "seen",
        )
        process.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(process.wait(), 20) == 130


async def test_a_watch_ends_with_its_kernel(server: Server, kernel_id: str) -> None:
    async def readers() -> int:
        metrics = await server.ask("GET", "/metrics", accept="text/plain")
        (line,) = re.findall(r"^jupyter_comm_broker_event_readers (\S+)$", metrics.body, re.M)
        return int(float(line))

    async def nobody_reads() -> bool:
        return await readers() == 0

    async def it_reads() -> bool:
        return await readers() == 1

    async with notebook(server, kernel_id):
        # A reader before may only just have ended.
        await eventually(nobody_reads)
        async with running(server, "watch", "-k", kernel_id) as process:
            # Only from then on is it told of the end.
            await eventually(it_reads)
            server.end_kernel(kernel_id)
            out, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0
    assert "the kernel is gone" in " ".join(out.decode().split())


async def heard(process: asyncio.subprocess.Process, page: Page, code: str) -> Any:
    """Run code again and again until the command, which takes its time to begin, tells of it."""
    assert process.stdout is not None
    line = asyncio.ensure_future(process.stdout.readline())
    while not line.done():
        await page.run(code)
        await asyncio.wait([line], timeout=0.3)
    return json.loads(line.result())


async def test_who_is_not_let_in_or_names_what_is_not_there_is_told(
    server: Server, kernel_id: str
) -> None:
    (await comms(server, "list", "--token", "wrong")).failed(4, "--token or JUPYTER_TOKEN")
    (await comms(server, "list", "-k", "no.ipynb")).failed(5, "no.ipynb", kernel_id[:8])
    (await comms(server, "show", "no-comm")).failed(5, "no-comm", "jupyter comms list")
    (await comms(server, "list", "--limit", "many")).failed(2, "'many'", "--help")


async def test_a_server_without_the_broker_is_said_to_be_one(start_server: StartServer) -> None:
    stock = start_server("stock")
    (await comms(stock, "list")).failed(5, "jupyter_comm_broker is not on there")


async def test_a_server_on_a_socket_file_without_a_token_is_used(
    start_server: StartServer, tmp_path: Path
) -> None:
    path = tmp_path / "S.sock"
    made = start_server(unix_socket=path, token="")
    at_home = surroundings(None, JUPYTER_RUNTIME_DIR=str(made.folder / "runtime"))
    # It gets past the guard against other sites' pages, as far as there is a kernel.
    ended = await comms(None, "open", "no-kernel", "nobody", environment=at_home)
    ended.failed(5, "no kernel 'no-kernel'")
