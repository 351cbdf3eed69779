"""
A Jupyter server of its own on loopback: started, asked over REST, looked at, ended.

Either *broker* (as ``pip install`` leaves it) or *stock* (the extension switched off). All it
reads and writes lies in one folder, so that no setting of the machine decides about a test.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import psutil
from jupyter_client.blocking.client import BlockingKernelClient

Subject = Literal["broker", "stock"]

START_LIMIT = 60.0
"""Seconds a server may take to start: the machine decides this, not the broker."""

SPEC = {"argv": [], "display_name": "for a test", "language": "python"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What REST answered."""

    status: int
    body: Any


class Server:
    """One server process, owned from :meth:`start` to :meth:`stop`."""

    def __init__(
        self,
        folder: Path,
        subject: Subject = "broker",
        *,
        options: Sequence[str] = (),
        config: str = "",
        base_url: str = "/",
        unix_socket: Path | None = None,
        modules: Path | None = None,
        token: str | None = None,
    ) -> None:
        self.folder = folder
        self.subject: Subject = subject
        self.token = secrets.token_hex(16) if token is None else token
        self.base_url = base_url
        self.unix_socket = unix_socket
        self.port = 0
        self._options = options
        self._config = config
        self._modules = modules
        self._process: subprocess.Popen[bytes] | None = None

    # -- life --------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the server and return when it answers."""
        for name in ("root", "config", "data", "runtime", "ipython"):
            (self.folder / name).mkdir(parents=True)
        (self.folder / "config" / "jupyter_server_config.py").write_text(self._config)
        # What pip installed does the switching on; only stock is told anything.
        off = '--ServerApp.jpserver_extensions={"jupyter_comm_broker": False}'
        command = [
            *(sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root"),
            f"--IdentityProvider.token={self.token}",
            f"--ServerApp.root_dir={self.folder / 'root'}",
            f"--ServerApp.base_url={self.base_url}",
            *([] if self.subject == "broker" else [off]),
            *(
                [f"--ServerApp.sock={self.unix_socket}"]
                if self.unix_socket
                else ["--ServerApp.ip=127.0.0.1", "--ServerApp.port=0"]
            ),
            *self._options,
        ]
        environment = {
            **os.environ,
            "JUPYTER_CONFIG_DIR": str(self.folder / "config"),
            "JUPYTER_DATA_DIR": str(self.folder / "data"),
            "JUPYTER_RUNTIME_DIR": str(self.folder / "runtime"),
            "IPYTHONDIR": str(self.folder / "ipython"),
            "JUPYTER_PREFER_ENV_PATH": "1",
            **({"PYTHONPATH": str(self._modules)} if self._modules else {}),
            # Else some kernels print about their debugger when they start.
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        }
        with self.log_path.open("wb") as log:
            # A session of its own: what is left of server and kernels is ended by one signal.
            self._process = subprocess.Popen(  # noqa: S603 - every word of it is written above
                command, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        end = time.monotonic() + START_LIMIT
        while time.monotonic() < end and self._process.poll() is None:
            if self._answers():
                return
            time.sleep(0.05)
        log_text = self.log
        self.stop()
        raise RuntimeError(f"the {self.subject} server did not start; its log:\n{log_text}")

    def stop(self) -> None:
        """End the server and its kernels; safe twice."""
        if self._process is None:
            return
        process, self._process = self._process, None
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(20)

    def _answers(self) -> bool:
        info = self.folder / "runtime" / f"jpserver-{self.pid}.json"
        try:
            text = info.read_text()
        except FileNotFoundError:
            return False
        if not text.endswith("}"):
            return False
        self.port = json.loads(text)["port"]
        try:
            return self._ask("GET", "/api", None).status == 200
        except (ConnectionError, FileNotFoundError):
            return False

    # -- REST --------------------------------------------------------------------------------

    async def ask(self, method: str, path: str, body: Any = None, accept: str = "*/*") -> Answer:
        """Ask the REST API, while the event loop goes on with its pages."""
        return await asyncio.to_thread(self._ask, method, path, body, accept)

    async def get(self, path: str) -> Any:
        """Return what ``GET path`` answers, which must not be an error."""
        answer = await self.ask("GET", path)
        assert answer.status == 200, answer
        return answer.body

    def _ask(self, method: str, path: str, body: Any, accept: str = "*/*") -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            if self.unix_socket is not None:
                connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                connection.sock.connect(str(self.unix_socket))
            connection.request(
                method,
                self.base_url.rstrip("/") + path,
                body=None if body is None else json.dumps(body),
                headers={"Authorization": f"token {self.token}", "Accept": accept},
            )
            response = connection.getresponse()
            data = response.read()
        finally:
            connection.close()
        is_json = response.headers.get_content_type().endswith("json")
        return Answer(response.status, json.loads(data) if data and is_json else data.decode())

    # -- kernels -----------------------------------------------------------------------------

    def add_kernel(
        self, name: str, *, python: str = sys.executable, env: dict[str, str] | None = None
    ) -> str:
        """Make a kernel known that runs ``python`` with ``env``; returns its name."""
        folder = self.folder / "data" / "kernels" / name
        folder.mkdir(parents=True, exist_ok=True)
        argv = [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        (folder / "kernel.json").write_text(json.dumps({**SPEC, "argv": argv, "env": env or {}}))
        return name

    def start_kernel(self, name: str = "python3") -> str:
        """Start a kernel and return its id."""
        answer = self._ask("POST", "/api/kernels", {"name": name})
        assert answer.status == 201, answer
        kernel_id: str = answer.body["id"]
        return kernel_id

    def end_kernel(self, kernel_id: str) -> None:
        """Shut a kernel down."""
        answer = self._ask("DELETE", f"/api/kernels/{kernel_id}", None)
        assert answer.status in (204, 404), answer

    def client(self, kernel_id: str) -> BlockingKernelClient:
        """Return a client that is connected straight to the kernel, past server and broker."""
        path = self.folder / "runtime" / f"kernel-{kernel_id}.json"
        client = BlockingKernelClient(connection_file=str(path))
        client.load_connection_file()
        return client

    def ports(self, kernel_id: str) -> set[int]:
        """Where a kernel listens."""
        path = self.folder / "runtime" / f"kernel-{kernel_id}.json"
        info = json.loads(path.read_text())
        return {value for name, value in info.items() if name.endswith("_port")}

    # -- the broker's word -------------------------------------------------------------------

    async def link(self, kernel_id: str) -> dict[str, Any]:
        """Return what the self-check says about one kernel."""
        check = await self.get("/api/comms/broker")
        found: dict[str, Any] = next(k for k in check["kernels"] if k["kernel_id"] == kernel_id)
        return found

    async def comms(self, kernel_id: str) -> dict[str, dict[str, Any]]:
        """Return a kernel's comms by id, from all pages of the list."""
        found, cursor = {}, ""
        while True:
            listed = await self.get(f"/api/kernels/{kernel_id}/comms?limit=1000{cursor}")
            found.update({comm["comm_id"]: comm for comm in listed["comms"]})
            if listed["next"] is None:
                return found
            cursor = f"&cursor={listed['next']}"

    # -- the process -------------------------------------------------------------------------

    @property
    def pid(self) -> int:
        """The server's process."""
        assert self._process is not None, "the server does not run"
        return self._process.pid

    @property
    def log_path(self) -> Path:
        """Where the server's log is."""
        return self.folder / "server.log"

    @property
    def log(self) -> str:
        """What the server has logged so far."""
        return self.log_path.read_text(errors="replace")

    def descriptors(self) -> int:
        """How many files and sockets the server has open."""
        return sum(1 for _ in Path(f"/proc/{self.pid}/fd").iterdir())

    def threads(self) -> int:
        """How many threads the server runs."""
        return sum(1 for _ in Path(f"/proc/{self.pid}/task").iterdir())

    def sockets_to(self, kernel_id: str) -> int:
        """How many connections the server holds to one kernel's ports."""
        ports = self.ports(kernel_id)
        return sum(
            bool(each.raddr) and each.raddr.port in ports
            for each in psutil.Process(self.pid).net_connections("tcp")
        )
