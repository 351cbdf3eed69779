"""A Jupyter server on loopback for one comparison, with the broker on or off."""

import asyncio
import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tornado.httpclient import AsyncHTTPClient

START_LIMIT = 60.0
"""Seconds that a server may take to start. That depends on the disk, not on the broker."""

STOP_LIMIT = 15.0
"""Seconds that a server has to end its kernels. After that, it is killed."""


class DemoError(Exception):
    """The demonstration cannot go on. The message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running server."""

    url: str
    """Its URL, without a slash at the end."""

    token: str
    """Its token."""

    async def fetch(self, method: str, path: str) -> Any:
        """Send a request to the REST API. Returns the decoded JSON; ``None`` if there is none."""
        response = await AsyncHTTPClient().fetch(
            f"{self.url}{path}",
            method=method,
            headers={"Authorization": f"token {self.token}"},
            body="{}" if method == "POST" else None,
            request_timeout=60,
        )
        return json.loads(response.body) if response.body else None


@asynccontextmanager
async def running_server(*, broker: bool) -> AsyncIterator[Server]:
    """Start a server without anybody's settings, and stop it at the end of the context."""
    token = secrets.token_hex()
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "jupyter_server"),
            *("--ServerApp.ip=127.0.0.1", "--ServerApp.port=0", "--no-browser"),
            *("--allow-root", f"--ServerApp.root_dir={folder}"),
            f'--ServerApp.jpserver_extensions={{"jupyter_comm_broker": {broker}}}',
            env=_environment(folder, token),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            url = await _address(process, Path(folder, "runtime"))
            if url is None:
                log.seek(0)
                raise DemoError(f"the server did not start; its log:\n{log.read().decode()}")
            yield Server(url=url, token=token)
        finally:
            await _end(process)


def _environment(folder: str, token: str) -> dict[str, str]:
    """Return the environment of a server that writes only into ``folder``."""
    own = {"JUPYTER_TOKEN": token, "IPYTHONDIR": f"{folder}/ipython"}
    for kind in ("config", "data", "runtime"):
        own[f"JUPYTER_{kind.upper()}_DIR"] = f"{folder}/{kind}"
    others = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER_")}
    return others | own


async def _address(process: asyncio.subprocess.Process, runtime: Path) -> str | None:
    """Wait until the server listens. Returns its URL; ``None`` if it never listens."""
    for _ in range(int(START_LIMIT * 10)):
        if process.returncode is not None:
            return None
        if note := _read(runtime / f"jpserver-{process.pid}.json"):
            told = json.loads(note)
            # The server writes the file before it listens.
            if await _listens(told["hostname"], told["port"]):
                return str(told["url"]).rstrip("/")
        await asyncio.sleep(0.1)
    return None


async def _listens(host: str, port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


def _read(file: Path) -> str:
    """Return the text of a file; empty if the file is missing or half written."""
    text = file.read_text() if file.exists() else ""
    return text if text.endswith("}") else ""


async def _end(process: asyncio.subprocess.Process) -> None:
    """Stop the server, which ends its kernels."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_LIMIT)
    except asyncio.TimeoutError:
        # Its kernels end by themselves when their parent is gone.
        process.kill()
        await process.wait()
