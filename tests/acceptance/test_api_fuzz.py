"""Requests made up from the API's own document: no fault, and nothing but what it says."""

import asyncio
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from .conftest import StartServer
from .tended import COMMS, TARGETS, WIDGETS, Tended

ANSWERS = "answers.txt"
"""Where api_checks.py writes down an operation and a status for each request."""

SECONDS = 300 if os.environ.get("JCB_LONG") else 30
ROUNDS = 4
"""The most rounds of that many seconds. A busy machine needs more to come to every operation."""

ROOT = Path(__file__).parents[2]

SETTINGS = """
[checks.not_a_server_error]
# 503 and 504 tell of a kernel, and are in the document; 500 is a fault.
expected-statuses = ["2xx", "3xx", "4xx", "503", "504"]

[checks.positive_data_acceptance]
# No schema can say which comms are gone by now (410), or which a kernel takes (422); what may be
# refused with 400 is in api_checks.py.
expected-statuses = ["2xx", "3xx", "400", "403", "404", "409", "410", "422", "503", "504"]

[checks.negative_data_rejection]
# api_checks.py calls it. A comm that is gone is so whatever is asked of it.
expected-statuses = ["400", "403", "404", "405", "406", "409", "410", "413", "415", "422"]
enabled = false
"""


def aimed(document: dict[str, Any], aims: dict[str, list[Any]]) -> dict[str, Any]:
    """Return the document with the ids in it that lead somewhere."""
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
    for body in ("OpenedBody", "OpenedForm"):
        # Of names that are made up the kernel would know none.
        document["components"]["schemas"][body]["properties"]["target_name"]["enum"] = [
            *TARGETS,
            "nobody's",
        ]
    chosen = document["components"]["schemas"]["ClosingWish"]["properties"]["comms"]
    # Another name than theirs is as good a text.
    chosen["items"] = {"anyOf": [{"enum": aims["comm_id"]}, chosen["items"]]}
    return document


def operations(document: dict[str, Any]) -> set[str]:
    """Return what schemathesis calls the operations of a document."""
    return {
        f"{method.upper()} {path}" for path, found in document["paths"].items() for method in found
    }


async def fuzzed(document: Path, options: list[str]) -> None:
    """Let schemathesis make up requests. What it finds fails the test, with its report."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli", "run", str(document), *options),
        cwd=document.parent,
        env={
            **os.environ,
            "SCHEMATHESIS_HOOKS": "tests.acceptance.api_checks",
            "PYTHONPATH": str(ROOT),
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 0, output.decode(errors="replace")


@pytest.mark.slow
@pytest.mark.timeout(ROUNDS * SECONDS + 120)
async def test_no_request_makes_it_fail_or_answer_what_is_not_documented(
    start_server: StartServer, tmp_path: Path
) -> None:
    server = start_server()
    kernel_id = server.start_kernel()
    async with Tended(server, kernel_id) as tended:
        runs = (await server.get(f"/api/kernels/{kernel_id}/requests"))["requests"]
        aims: dict[str, list[Any]] = {
            "kernel_id": [kernel_id],
            "comm_id": [*WIDGETS, *COMMS],
            "index": [0, 1],
            "msg_id": [each["msg_id"] for each in runs],
        }
        document = aimed(await server.get("/api/comms/openapi.json"), aims)
        path = tmp_path / "openapi.json"
        path.write_text(json.dumps(document))
        (tmp_path / "schemathesis.toml").write_text(SETTINGS)
        options = [
            *("--url", f"http://127.0.0.1:{server.port}"),
            *("--header", f"Authorization: token {server.token}"),
            *("--max-time", str(SECONDS), "--no-color", "--continue-on-failure"),
            *("--warnings", "off", "--generation-database", "none"),
        ]
        done: set[str] = set()
        for _ in range(ROUNDS):
            await fuzzed(path, options)
            answers = (tmp_path / ANSWERS).read_text().splitlines()
            done |= {line[:-4] for line in answers if line[-3] == "2"}
            if done == operations(document):
                break
        assert done == operations(document), "nothing was made up that it does"
        assert tended.restored, "no comm was closed"
        assert (await server.link(kernel_id))["counters"].get("faults", 0) == 0
    # The server writes down what was answered with 503 and 504 as well, and then the headers.
    assert re.findall(r"^\[E [^]]*\] (?!50[34] |\{).*", server.log, re.MULTILINE) == []
