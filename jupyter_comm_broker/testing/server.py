"""
A Jupyter server in a process of its own: how it is started, asked over REST and stopped.

It is either *broker* (as ``pip install`` leaves it) or *stock* (with the extension switched off).
Its files are all in one folder, so that no setting of the machine affects a test.
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
"""Seconds that a server may take to start. That depends on the machine, not on the broker."""

SPEC = {"argv": [], "display_name": "for a test", "language": "python"}


class Server:
    """
    One server process, from :meth:`start` to :meth:`stop`, or inside a ``with`` block.

    Args:
        folder: the folder of its files. It is made if it is missing. Notebooks are in ``root``.
        subject: ``broker``, or ``stock`` for a server with the extension switched off.
        options: further arguments of its command line.
        config: the text of its ``jupyter_server_config.py``.
        base_url: the beginning of all its paths, with a slash at both ends.
        unix_socket: the socket file to listen on; ``None`` for a port.
        modules: a folder from which server and kernels import first; ``None`` for no such folder.
        token: its token; ``None`` for a new one.
        environment: further environment variables of server and kernels.
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
        # Absolute paths, because the process starts in another folder.
        self.folder = folder.resolve()
        self.subject: Subject = subject
        self.token = secrets.token_hex(16) if token is None else token
        self.base_url = base_url
        self.unix_socket = unix_socket and unix_socket.resolve()
        self.port = 0
        """The port where it listens. It stays the same when the server is started again."""
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
        Start the server, and return when it answers. A stopped server can be started again.

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
                # Not in a repository, so that the installed package runs. Kernels also start
                # here.
                cwd=self.folder / "root",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # A session of its own, so that one signal ends server and kernels.
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
        # The installed files switch the extension on. Only stock needs an argument.
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
        # Under pytest, ipykernel does not publish what is written to its file descriptors.
        ours = {key: each for key, each in os.environ.items() if not key.startswith("PYTEST_")}
        return {
            **ours,
            "JUPYTER_CONFIG_DIR": str(self.folder / "config"),
            "JUPYTER_DATA_DIR": str(self.folder / "data"),
            "JUPYTER_RUNTIME_DIR": str(self.folder / "runtime"),
            "IPYTHONDIR": str(self.folder / "ipython"),
            "JUPYTER_PREFER_ENV_PATH": "1",
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
            # Otherwise some kernels print about their debugger when they start.
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",
            **self._environment,
        }

    def stop(self) -> None:
        """Stop the server and its kernels. May be called twice."""
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
        # The server may have taken another port than the one in its arguments.
        self.port = json.loads(text)["port"]
        try:
            return self.request("GET", "/api").status == 200
        except (ConnectionError, FileNotFoundError):
            return False

    # -- REST --------------------------------------------------------------------------------

    def request(self, method: str, path: str, body: Any = None, accept: str = "*/*") -> Answer:
        """
        Send a request to the REST API, and wait for the answer, whatever its status.

        Args:
            method: the HTTP method.
            path: the path below the server's base URL.
            body: the body, which is sent as JSON; ``None`` for no body.
            accept: the media type that the answer should have.
        """
        return ask(self, method, path, body, accept)

    async def ask(self, method: str, path: str, body: Any = None, accept: str = "*/*") -> Answer:
        """Do the same as :meth:`request`, while the event loop goes on with its pages."""
        return await asyncio.to_thread(self.request, method, path, body, accept)

    async def get(self, path: str) -> Any:
        """
        Return what ``GET path`` answers.

        Raises:
            ServerRefusedError: the status of the answer is not 200.
        """
        answer = await self.ask("GET", path)
        if answer.status != 200:
            raise ServerRefusedError(path, answer.status, str(answer.body))
        return answer.body

    # -- kernels -----------------------------------------------------------------------------

    def add_kernel(
        self, name: str, *, python: str = sys.executable, env: dict[str, str] | None = None
    ) -> str:
        """
        Add a kernel specification. Returns its name.

        Args:
            name: its name.
            python: the Python that runs the kernel.
            env: further environment variables of the kernel; ``None`` for none.
        """
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
        """Return the path of a kernel's connection file."""
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
        """The id of the server's process."""
        if self._process is None:
            raise RuntimeError("the server does not run")
        return self._process.pid

    @property
    def log_path(self) -> Path:
        """The file of the server's log."""
        return self.folder / "server.log"

    @property
    def log(self) -> str:
        """The text of the server's log so far."""
        return self.log_path.read_text(errors="replace")
