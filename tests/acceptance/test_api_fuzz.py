"""Requests made up from the API's own document: no fault, and nothing but what it says."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from .page import Page
from .server import Server

SECONDS = 300 if os.environ.get("JCB_LONG") else 30

WIDGETS = """
import ipywidgets as widgets
from comm import create_comm
slider = widgets.IntSlider(7)
image = widgets.Image(value=bytes(range(256)), format="png")
box = widgets.VBox([slider, image, widgets.Password(value="hunter2")])
other = create_comm(target_name="plot")
print(other.comm_id)
"""

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
"""What changes something would end the comms that the requests are about."""


def aimed(document: dict[str, Any], aims: dict[str, list[Any]]) -> dict[str, Any]:
    """Return the document of what reads, with the ids in it that lead somewhere."""
    # Has no end to wait for; test_events.py reads it.
    del document["paths"]["/api/comms/events"]
    for path in document["paths"].values():
        for operation in path.values():
            for parameter in operation["parameters"]:
                # Any name may be a target's; nothing but an id leads to a kernel or a comm.
                if parameter["in"] == "path" and parameter["name"] in aims:
                    parameter["schema"]["enum"] = aims[parameter["name"]]
            # A cursor that is made up is refused, which no schema can say.
            operation["parameters"] = [
                each for each in operation["parameters"] if each["name"] != "cursor"
            ]
    return document


@pytest.mark.slow
@pytest.mark.timeout(SECONDS + 120)
async def test_no_request_makes_it_fail_or_answer_what_is_not_documented(
    server: Server, kernel_id: str, tmp_path: Path
) -> None:
    async with Page(server, kernel_id, targets=("jupyter.widget", "plot")) as page:
        await page.kernel_info()
        other = (await page.run(WIDGETS)).strip()
        aims: dict[str, list[Any]] = {
            "kernel_id": [kernel_id],
            "comm_id": [*page.widgets.models, other],
            "index": [0, 1],
        }
        assert len(aims["comm_id"]) > 8
        document = aimed(await server.get("/api/comms/openapi.json"), aims)
        path = tmp_path / "openapi.json"
        path.write_text(json.dumps(document))
        options = [
            *("--url", f"http://127.0.0.1:{server.port}"),
            *("--header", f"Authorization: token {server.token}"),
            *("--max-time", str(SECONDS), "--no-color", "--continue-on-failure"),
            *(word for method in UNSAFE for word in ("--exclude-method", method)),
            *("--warnings", "off", "--generation-database", "none"),
        ]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "schemathesis.cli", "run", str(path), *options),
            cwd=tmp_path,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            output, _ = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
        report = output.decode(errors="replace")
        assert process.returncode == 0, report
        # Reading ended none of them.
        assert set(await server.comms(kernel_id)) == {*aims["comm_id"]}
    assert "Traceback" not in server.log
