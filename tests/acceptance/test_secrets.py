"""Passwords and uploaded files: on no way out, unless asked for by who may execute."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from jupyter_comm_broker.testing.event_reader import EventReader
from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.server import Server
from tests.until import until

from .cli import comms, running
from .conftest import StartServer

TYPED = "typed-by-a-person"
SET = "set-by-the-kernel"
SENT = "sent-over-rest"
UPLOADED = b"uploaded-by-a-person"
FILES = b"a-file-of-the-kernel"

WORDS = [*(word.encode() for word in (TYPED, SET, SENT)), UPLOADED, FILES]
FORMS = [form.decode() for word in WORDS for form in (word, base64.b64encode(word).rstrip(b"="))]
"""What is looked for: as it is, and as base64 would have it."""

PASSWORD, UPLOAD = "the-password", "the-upload"

WIDGETS = f"""
import ipywidgets as widgets
password = widgets.Password(model_id="{PASSWORD}")
upload = widgets.FileUpload(model_id="{UPLOAD}")
box = widgets.VBox([password, upload])
"""
SETS = f"""
password.value = "{SET}"
upload.value = [dict(name="k.txt", type="text/plain", size={len(FILES)},
                     last_modified=__import__("datetime").datetime.now(),
                     content=memoryview({FILES!r}))]
"""
LOGGED = """
import logging
c.ServerApp.log_level = "DEBUG"
c.EventLogger.handlers = [logging.FileHandler({path!r})]
"""
ALL_EVENTS = "opened,message,state,closed,attached,detached,kernel"


def update(state: dict[str, Any], *paths: list[Any]) -> dict[str, Any]:
    return {"method": "update", "state": state, "buffer_paths": [*paths]}


async def upload(page: Page, content: bytes) -> None:
    """Choose a file, as ipywidgets tells the kernel of it."""
    file = {"name": "p.txt", "type": "text/plain", "size": len(content), "last_modified": 0}
    data = update({"value": [{**file, "content": None}]}, ["value", 0, "content"])
    told = {"comm_id": UPLOAD, "data": data}
    await page.idle(await page.send("comm_msg", told, buffers=[content]))


@asynccontextmanager
async def everything_happened(
    server: Server, kernel_id: str, folder: Path
) -> AsyncIterator[dict[str, str]]:
    """Let every secret pass while all who watch are watching; yields what they saw so far."""
    kernel = f"/api/kernels/{kernel_id}"
    seen: dict[str, str] = {}
    async with (
        EventReader(server, types=ALL_EVENTS) as reader,
        Page(server, kernel_id) as page,
        running(server, "tail", "--json") as tail,
    ):
        await reader.begins()
        await page.kernel_info()
        await page.run(WIDGETS)
        for path in (
            *(f"{kernel}/comms/{each}/recording" for each in (PASSWORD, UPLOAD)),
            f"{kernel}/recordings/jupyter.widget",
        ):
            assert (await server.ask("PUT", path, {"on": True})).status == 200
        await page.widgets.set(PASSWORD, value=TYPED)
        await page.shows(lambda: page.widgets[PASSWORD]["value"] == TYPED)
        await upload(page, UPLOADED)
        seen["what the kernel holds"] = await page.run(
            "print(password.value, bytes(upload.value[0]['content']))"
        )
        await page.run(SETS)
        seen["what the page holds"] = f"{page.widgets[PASSWORD]} {page.widgets[UPLOAD]}"
        messages = f"{kernel}/comms/{PASSWORD}/messages?timeout=60&wait="
        for way in ("none", "processed", "reply"):
            answer = await server.ask("POST", messages + way, {"data": update({"value": SENT})})
            seen[f"wait={way}"] = json.dumps(answer.body)
        for each in (PASSWORD, UPLOAD):
            asked = {"data": {"method": "request_state"}}
            path = f"{kernel}/comms/{each}/messages?wait=reply&timeout=60"
            seen[f"request_state {each}"] = json.dumps((await server.ask("POST", path, asked)).body)
        await page.run("box.close()")
        closed = await reader.until(lambda told: told.type == "closed", within=60)
        assert closed.data["comm_id"] not in (PASSWORD, UPLOAD)
        seen["events"] = str(reader.told)
        types = {told.type for told in reader.told if told.data.get("comm_id") == PASSWORD}
        assert types == {"opened", "message", "state"}
        assert tail.stdout is not None
        lines: list[bytes] = []
        while not any(closed.data["comm_id"].encode() in line for line in lines[-1:]):
            lines.append(await asyncio.wait_for(tail.stdout.readline(), 60))
        seen["jupyter comms tail"] = b"".join(lines).decode()
        yield seen


def leads(kernel_id: str) -> dict[str, tuple[str, str]]:
    """Return every path that reads, with what it accepts."""
    kernel, accept = f"/api/kernels/{kernel_id}", "application/json"
    paths = [
        "/api/comms",
        "/api/comms?sort=state_bytes",
        "/api/comms/broker",
        "/api/comms/targets",
        "/metrics",
        f"{kernel}/comms",
        f"{kernel}/recordings/jupyter.widget",
        *(f"{kernel}/comms/{each}" for each in (PASSWORD, UPLOAD)),
        *(f"{kernel}/comms/{each}?buffers=omit" for each in (PASSWORD, UPLOAD)),
        *(f"{kernel}/comms/{each}/state" for each in (PASSWORD, UPLOAD)),
        *(f"{kernel}/comms/{each}/messages" for each in (PASSWORD, UPLOAD)),
        f"{kernel}/comms/{UPLOAD}/buffers/0",
    ]
    document = "application/vnd.jupyter.widget-state+json"
    return {**{path: (path, accept) for path in paths}, "document": (f"{kernel}/comms", document)}


def commands(kernel_id: str, folder: Path) -> list[tuple[str, ...]]:
    return [
        ("list",),
        ("list", "--json"),
        ("tree",),
        ("tree", "--json"),
        *(("show", each, *json_) for each in (PASSWORD, UPLOAD) for json_ in ((), ("--json",))),
        ("targets",),
        ("status", "--json"),
        ("export", kernel_id, str(folder / "exported.json")),
    ]


async def test_no_way_out_shows_a_secret_that_was_not_asked_for(
    start_server: StartServer, tmp_path: Path
) -> None:
    event_log = tmp_path / "events.log"
    server = start_server(config=LOGGED.format(path=str(event_log)))
    kernel_id = server.start_kernel()
    async with everything_happened(server, kernel_id, tmp_path) as seen:
        true = seen.pop("what the kernel holds") + seen.pop("what the page holds")
        assert [word for word in (TYPED, SET, "uploaded-by-a-person") if word not in true] == []
        for name, (path, accept) in leads(kernel_id).items():
            answer = await server.ask("GET", path, accept=accept)
            hidden = "/buffers/" in path
            assert answer.status == (403 if hidden else 200), answer
            seen[name] = json.dumps(answer.body)
        for words in commands(kernel_id, tmp_path):
            ended = await comms(server, *words)
            assert ended.code == 0, ended
            seen[" ".join(words)] = ended.out + ended.err
        seen["the exported file"] = (tmp_path / "exported.json").read_text()
        # Asked for by name they are there, so that what is not found could have been.
        shown = [
            (await server.ask("GET", f"{path}?reveal=true", accept=accept)).body
            for name, (path, accept) in leads(kernel_id).items()
            if name == "document" or path.endswith((PASSWORD, UPLOAD, "/state", "/buffers/0"))
        ]
    seen["Jupyter's event log"] = await until(event_log.read_text)
    seen["the server's log"] = server.log
    assert SENT in str(shown)
    assert FILES.decode() in str(shown)
    assert base64.b64encode(FILES).decode() in str(shown)
    assert {name: form for name, text in seen.items() for form in FORMS if form in text} == {}


async def test_of_a_secret_no_size_is_told(server: Server, kernel_id: str) -> None:
    """What is told is the same for secrets of any length, but for times and ids."""
    told = []
    for length in (1, 1000):
        async with Page(server, kernel_id) as page:
            await page.kernel_info()
            await page.run(WIDGETS)
            await page.run(f"password.value = 'x' * {length}")
            await upload(page, b"y" * 10)
            comms = f"/api/kernels/{kernel_id}/comms"
            whole = await server.get(f"{comms}/{PASSWORD}")
            for own in ("layout", "style"):
                del whole["state"][own]
            told.append([whole[key] for key in ("state", "bytes", "buffers", "redacted")])
            assert (await server.get(f"{comms}/{UPLOAD}"))["buffers"][0]["length"] is None
            await page.run("password.close(); upload.close()")
    assert told[0] == told[1]
