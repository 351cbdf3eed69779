"""``jupyter comms`` as a process of its own, as a person or a script runs it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from jupyter_comm_broker.testing.server import Server
from tests.ended import Ended

BIN = Path(sys.executable).parent
"""Where pip puts commands."""


def surroundings(server: Server | None, **more: str) -> dict[str, str]:
    """Return the environment of a person who has a server, or has none."""
    own = {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "PYTHONWARNINGS": "error"}
    if server is not None:
        url = f"http://127.0.0.1:{server.port}{server.base_url}"
        own |= {"JUPYTER_SERVER_URL": url, "JUPYTER_TOKEN": server.token}
    return {**os.environ, **own, **more}


async def comms(
    server: Server | None,
    *words: str,
    program: str = "jupyter-comms",
    within: float = 60.0,
    environment: Mapping[str, str] | None = None,
) -> Ended:
    """Run a command, and wait for its end."""
    process = await asyncio.create_subprocess_exec(
        str(BIN / program),
        *words,
        env=environment or surroundings(server),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, err = await asyncio.wait_for(process.communicate(), within)
    finally:
        await _end(process)
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


@asynccontextmanager
async def running(server: Server, *words: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a command beside the test, which reads its output."""
    process = await asyncio.create_subprocess_exec(
        str(BIN / "jupyter-comms"),
        *words,
        env=surroundings(server),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        # A suite that a shell runs in the background ignores Ctrl-C, and so would the command.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    try:
        yield process
    finally:
        await _end(process)


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
        await process.wait()
