"""
A Jupyter server of its own on loopback: started, asked over REST, ended.

Either *broker* (as ``pip install`` leaves it) or *stock* (the extension switched off). All it
reads and writes lies in one folder, so that no setting of the machine decides about a test.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, TypeVar

from jupyter_comm_broker.errors import ServerRefusedError
from jupyter_comm_broker.testing.address import Answer, ask
from jupyter_comm_broker.testing.failures import ServerNotStartedError

Subject = Literal["broker", "stock"]

Self = TypeVar("Self", bound="Server")

START_LIMIT = 60.0
"""Seconds a server may take to start: the machine decides this, not the broker."""

SPEC = {"argv": [], "display_name": "for a test", "language": "python"}


class Server:
    """
    One server process, owned from :meth:`start` to :meth:`stop`, or ``with``.

    Args:
        folder: its own, made if it is not there. Notebooks lie in ``root`` below it.
        subject: ``broker``, or ``stock`` for a server with the extension off.
        options: more words for the command line.
        config: the text of its ``jupyter_server_config.py``.
        base_url: the path that all its paths begin with; with a slash at both ends.
        unix_socket: a file to listen on, in the place of a port.
        modules: a folder that server and kernels import from, before all others.
        token: what lets people in; a new one, if not given.
        environment: more variables for server and kernels.
    """

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
        environment: Mapping[str, str] | None = None,
    ) -> None:
        # Whole paths: the process has a folder of its own to begin in.
        self.folder = folder.resolve()
        self.subject: Subject = subject
        self.token = secrets.token_hex(16) if token is None else token
        self.base_url = base_url
        self.unix_socket = unix_socket and unix_socket.resolve()
        self.port = 0
        """Where it listens; kept when it is started once more."""
        self._options = options
        self._config = config
        self._modules = modules and modules.resolve()
        self._environment = dict(environment or {})
        self._process: subprocess.Popen[bytes] | None = None

    # -- life --------------------------------------------------------------------------------

    def __enter__(self: Self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self, within: float = START_LIMIT) -> None:
        """
        Start the server and return when it answers; again, after it was stopped, if wanted.

        Raises:
            ServerNotStartedError: it ended, or did not answer ``within`` that many seconds.
        """
        for name in ("root", "config", "data", "runtime", "ipython"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "config" / "jupyter_server_config.py").write_text(self._config)
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - every word of it is written below
                self._command(),
                env=self._surroundings(),
                # Away from any repository: what is installed runs, not what lies there. Kernels
                # begin here, too.
                cwd=self.folder / "root",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # A session of its own: what is left of server and kernels is ended by one signal.
                start_new_session=True,
            )
        end = time.monotonic() + within
        while time.monotonic() < end and self._process.poll() is None:
            if self._answers():
                return
            time.sleep(0.05)
        self.stop()
        raise ServerNotStartedError(self.log)

    def _command(self) -> list[str]:
        where = ["--ServerApp.ip=127.0.0.1", f"--ServerApp.port={self.port}"]
        if self.unix_socket is not None:
            where = [f"--ServerApp.sock={self.unix_socket}"]
        # What pip installed does the switching on; only stock is told anything.
        off = '--ServerApp.jpserver_extensions={"jupyter_comm_broker": False}'
        return [
            *(sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root"),
            f"--IdentityProvider.token={self.token}",
            f"--ServerApp.root_dir={self.folder / 'root'}",
            f"--ServerApp.base_url={self.base_url}",
            *([off] if self.subject == "stock" else []),
            *where,
            *self._options,
        ]

    def _surroundings(self) -> dict[str, str]:
        paths = [str(self._modules or ""), os.environ.get("PYTHONPATH", "")]
        # Under pytest, ipykernel publishes less: not what is written to its file descriptors.
        ours = {key: each for key, each in os.environ.items() if not key.startswith("PYTEST_")}
        return {
            **ours,
            "JUPYTER_CONFIG_DIR": str(self.folder / "config"),
            "JUPYTER_DATA_DIR": str(self.folder / "data"),
            "JUPYTER_RUNTIME_DIR": str(self.folder / "runtime"),
            "IPYTHONDIR": str(self.folder / "ipython"),
            "JUPYTER_PREFER_ENV_PATH": "1",
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
            # Else some kernels print about their debugger when they start.
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",
            **self._environment,
        }

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
        # It may have taken another port than the one proposed.
        self.port = json.loads(text)["port"]
        try:
            return self.request("GET", "/api").status == 200
        except (ConnectionError, FileNotFoundError):
            return False

    # -- REST --------------------------------------------------------------------------------

    def request(self, method: str, path: str, body: Any = None, accept: str = "*/*") -> Answer:
        """Ask the REST API, and wait; ``body`` is sent as JSON, unless it is ``None``."""
        return ask(self, method, path, body, accept)

    async def ask(self, method: str, path: str, body: Any = None, accept: str = "*/*") -> Answer:
        """Ask the REST API, while the event loop goes on with its pages."""
        return await asyncio.to_thread(self.request, method, path, body, accept)

    async def get(self, path: str) -> Any:
        """
        Return what ``GET path`` answers.

        Raises:
            ServerRefusedError: it answered with something else than a 200.
        """
        answer = await self.ask("GET", path)
        if answer.status != 200:
            raise ServerRefusedError(path, answer.status, str(answer.body))
        return answer.body

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
        """
        Start a kernel and return its id.

        Raises:
            ServerRefusedError: there is no kernel of that name, or it does not start.
        """
        answer = self.request("POST", "/api/kernels", {"name": name})
        if answer.status != 201:
            raise ServerRefusedError("/api/kernels", answer.status, str(answer.body))
        kernel_id: str = answer.body["id"]
        return kernel_id

    def end_kernel(self, kernel_id: str) -> None:
        """Shut a kernel down, if it is still there."""
        path = f"/api/kernels/{kernel_id}"
        answer = self.request("DELETE", path)
        if answer.status not in (204, 404):
            raise ServerRefusedError(path, answer.status, str(answer.body))

    def connection_file(self, kernel_id: str) -> Path:
        """Return where it stands how a kernel is reached past the server."""
        return self.folder / "runtime" / f"kernel-{kernel_id}.json"

    # -- the broker's word -------------------------------------------------------------------

    async def link(self, kernel_id: str) -> dict[str, Any]:
        """Return what the broker's self-check says about one kernel."""
        check = await self.get("/api/comms/broker")
        for found in check["kernels"]:
            if found["kernel_id"] == kernel_id:
                link: dict[str, Any] = found
                return link
        raise LookupError(f"the broker knows no kernel {kernel_id!r}")

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
        if self._process is None:
            raise RuntimeError("the server does not run")
        return self._process.pid

    @property
    def log_path(self) -> Path:
        """Where the server's log is."""
        return self.folder / "server.log"

    @property
    def log(self) -> str:
        """What the server has logged so far."""
        return self.log_path.read_text(errors="replace")
