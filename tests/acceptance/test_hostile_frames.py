"""Frames that no page sends: ignored with a reason in the log, and nobody else notices."""

import asyncio
import json
import os
import re
import struct
from typing import Any

import pytest

from jupyter_comm_broker.protocol.alias import alias
from jupyter_comm_broker.testing.address import host, path_of
from jupyter_comm_broker.testing.failures import GoneError
from jupyter_comm_broker.testing.line import Line
from jupyter_comm_broker.testing.message import DEFAULT, V1, encode
from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.restore import by_control
from jupyter_comm_broker.testing.server import Server
from jupyter_comm_broker.testing.websocket import opening_headers

from .flooded import eventually

HEADER = {"msg_id": "a", "msg_type": "comm_msg", "session": "s", "username": "", "version": "5.3"}
GIGA = 1 << 62


def v1(*parts: bytes, channel: bytes = b"shell") -> bytes:
    """Return a well-formed v1 frame of parts that may be anything."""
    at = 8 * (len(parts) + 3)
    offsets = [at]
    for part in (channel, *parts):
        at += len(part)
        offsets.append(at)
    return struct.pack(f"<{len(offsets) + 1}Q", len(offsets), *offsets) + b"".join(
        (channel, *parts)
    )


def texts(**changed: Any) -> list[bytes]:
    parts: dict[str, Any] = {"header": HEADER, "parent": {}, "metadata": {}, "content": {}}
    return [json.dumps(part).encode() for part in {**parts, **changed}.values()]


FRAMES_V1: dict[str, str | bytes] = {
    "empty": b"",
    "three bytes": b"abc",
    "text": "hello",
    "no offsets": struct.pack("<Q", 0),
    "a count of 2**62": struct.pack("<Q", GIGA),
    "a count of 2**62 and a megabyte": struct.pack("<Q", GIGA) + bytes(1 << 20),
    "offsets past the end": struct.pack("<8Q", 7, *([GIGA] * 7)),
    "offsets backwards": struct.pack("<8Q", 7, 64, 63, 62, 61, 60, 59, 58),
    "a million offsets": struct.pack("<Q", 1 << 20) + bytes(8 << 20),
    "too few parts": v1(*texts()[:2]),
    "no such channel": v1(*texts(), channel=b"iopub2"),
    "a channel of no text": v1(*texts(), channel=b"\xff\xfe"),
    "on iopub": v1(*texts(), channel=b"iopub"),
    "a cell on iopub": v1(
        *texts(header={**HEADER, "msg_type": "execute_request"}, content={"code": "1"}),
        channel=b"iopub",
    ),
    "header no JSON": v1(b"{", b"{}", b"{}", b"{}"),
    "header a list": v1(*texts(header=[])),
    "header without type": v1(*texts(header={"msg_id": "a"})),
    "header of numbers": v1(*texts(header=dict.fromkeys(HEADER, 1))),
    "header nested deep": v1(b"[" * 100_000, b"{}", b"{}", b"{}"),
    "content no JSON": v1(*texts()[:3], b"\x00\xff"),
    "content a number": v1(*texts(content=5)),
    "content nested deep": v1(*texts()[:3], b'{"comm_id":"x","data":' + b"[" * 100_000),
    "comm_id a list": v1(*texts(content={"comm_id": [], "data": {}})),
    "comm without id": v1(*texts(content={"data": {}})),
    "data missing": v1(*texts(content={"comm_id": "x"})),
    "a lone surrogate": v1(*texts(content={"comm_id": "\ud800", "data": {}})),
    "a target with a lone surrogate": v1(
        *texts(
            header={**HEADER, "msg_type": "comm_open"},
            content={"comm_id": "y", "target_name": "\ud800", "data": {}},
        )
    ),
    "random": os.urandom(1000),
}

FRAMES_DEFAULT: dict[str, str | bytes] = {
    "empty": "",
    "no JSON": "{",
    "a list": "[]",
    "nested deep": "[" * 100_000,
    "no such channel": json.dumps({"header": HEADER, "content": {}, "channel": "x"}),
    "channel a list": json.dumps({"header": HEADER, "content": {}, "channel": []}),
    "header missing": json.dumps({"content": {}, "channel": "shell"}),
    "header a text": json.dumps({"header": "x", "content": {}, "channel": "shell"}),
    "binary, empty": b"",
    "binary, count of 2**32": b"\xff\xff\xff\xff",
    "binary, offsets past the end": struct.pack("!3I", 2, 12, 1 << 31) + b"{}",
    "binary, no JSON": struct.pack("!2I", 1, 8) + b"{",
    "binary, random": os.urandom(1000),
}


@pytest.mark.parametrize(
    ("subprotocol", "frames"),
    [(V1, FRAMES_V1), (DEFAULT, FRAMES_DEFAULT)],
    ids=["v1", "default"],
)
async def test_no_frame_harms_its_own_page_or_another(
    server: Server, kernel_id: str, subprotocol: str, frames: dict[str, str | bytes]
) -> None:
    """
    Stock: the whole server hangs over the frame that counts 2**62 offsets.

    And ipykernel publishes nothing any more after a comm's name that it cannot print.
    """
    async with (
        Page(server, kernel_id, subprotocol=subprotocol) as hostile,
        Page(server, kernel_id) as other,
    ):
        await other.kernel_info()
        await other.run("import ipywidgets as widgets\nslider = widgets.IntSlider()")
        epoch = (await server.link(kernel_id))["epoch"]
        for name, frame in frames.items():
            await hostile.write(frame)
            try:
                await hostile.kernel_info()
            except (GoneError, TimeoutError) as error:
                pytest.fail(f"{name}: {error!r}")
        slider = other.widgets.only("IntSliderModel")
        await other.widgets.set(slider.comm_id, value=9)
        assert await other.run("print(slider.value)") == "9\n"
        link = await server.link(kernel_id)
        assert link["epoch"] == epoch
        assert link["counters"].get("faults", 0) == 0
        assert link["counters"]["malformed_from_frontends"] > 5
        told = [line for line in server.log.splitlines() if alias(hostile.session_id) in line]
        assert len([line for line in told if "malformed" in line]) == 1
    # Kernels log the like into the same file: ipykernel 6 where it is asked before it is ready.
    assert not re.findall(r"Uncaught exception [A-Z]+ /", server.log)


async def test_a_widget_update_whose_paths_and_buffers_do_not_pair_up_harms_no_restore(
    server: Server, kernel_id: str
) -> None:
    async with Page(server, kernel_id) as page:
        await page.kernel_info()
        await page.run("import ipywidgets as widgets\nslider = widgets.IntSlider(5)")
        comm_id = page.widgets.only("IntSliderModel").comm_id
        hostile: list[dict[str, Any]] = [
            {"method": "update", "state": {"value": 1}, "buffer_paths": [["value"], ["min"]]},
            {"method": "update", "state": [], "buffer_paths": []},
            {"method": "update", "state": {"value": {}}, "buffer_paths": [["value", "a", "b"]]},
            {"method": "update", "state": {"value": 2}, "buffer_paths": [[]]},
            {"method": "update", "state": {"value": 2}, "buffer_paths": "value"},
            {"method": ["update"], "state": None},
        ]
        for data in hostile:
            buffers = [b"one"] if data.get("buffer_paths") else []
            content = {"comm_id": comm_id, "data": data}
            await page.idle(await page.send("comm_msg", content, buffers=buffers))
        for other in ("text", None, 5, [1]):
            await page.idle(await page.send("comm_msg", {"comm_id": comm_id, "data": other}))
        value = int(await page.run("print(slider.value)"))
        async with Page(server, kernel_id) as later:
            assert await by_control(later)
            # The kernel is asked what it made of this.
            await later.shows(lambda: later.widgets[comm_id]["value"] == value)


async def test_a_socket_that_ends_in_the_middle_of_a_frame_is_let_go(
    server: Server, kernel_id: str
) -> None:
    async with Page(server, kernel_id) as other:
        await other.kernel_info()
        start = (await server.get(f"/api/kernels/{kernel_id}"))["connections"]
        half = Line()
        await half.open(server)
        path = path_of(server, f"/api/kernels/{kernel_id}/channels?session_id=half")
        asking = [f"Host: {host(server)}", f"Authorization: token {server.token}"]
        request = [f"GET {path} HTTP/1.1", *asking, *opening_headers(), "", ""]
        await half.write("\r\n".join(request).encode())
        assert (await half.head()).status == 101
        # The head of a masked text frame of 2**40 bytes, and a few of them.
        await half.write(b"\x81\xff" + struct.pack("!Q", 1 << 40) + b"mask" + b"abc")
        await asyncio.sleep(0.3)
        half.close()
        assert await other.run("print(1)") == "1\n"

        async def is_let_go() -> bool:
            connections: int = (await server.get(f"/api/kernels/{kernel_id}"))["connections"]
            return bool(connections == start)

        await eventually(is_let_go)


async def test_a_large_message_is_no_hostile_one(server: Server, kernel_id: str) -> None:
    async with Page(server, kernel_id) as page:
        await page.kernel_info()
        code = f"x = {'a' * 5_000_000!r}\nprint(len(x))"
        frame = encode(V1, "shell", [HEADER, {}, {}, {"code": code}], [])
        assert len(frame) > 5_000_000
        assert await page.run(code) == "5000000\n"
