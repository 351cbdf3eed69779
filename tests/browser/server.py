"""
A Jupyter server of its own for the browser: started, asked over REST, stopped.

Either *stock* (the extension is off) or *broker*. Nothing it reads or writes lies outside its
own folder, so that no setting of the machine decides about a test.
"""

from __future__ import annotations

import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
from pathlib import Path
from typing import Any, Literal

from .kernel import evaluate

Subject = Literal["stock", "broker"]

NOTIFICATIONS = "@jupyterlab/apputils-extension:notification"
WIDGETS = "@jupyter-widgets/jupyterlab-manager:plugin"


class RefusedError(Exception):
    """The server answered a request with an error."""

    def __init__(self, method: str, path: str, status: int, text: str) -> None:
        self.status = status
        super().__init__(f"{method} {path}: {status} {text}")


class Server:
    """One running Jupyter server with JupyterLab and Notebook 7."""

    def __init__(self, folder: Path, subject: Subject, base_url: str = "/") -> None:
        self.folder = folder
        self.base_url = base_url
        self.subject: Subject = subject
        self.token = secrets.token_hex(16)
        self.notebooks = folder / "notebooks"
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None

    # -- life ------------------------------------------------------------------------------

    def start(self, within: float = 60.0) -> None:
        """Start the server and return when it answers."""
        for name in ("notebooks", "config", "data", "runtime", "settings", "workspaces"):
            # There already where it starts once more.
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self._write_config()
        environment = {
            **os.environ,
            "JUPYTER_CONFIG_DIR": str(self.folder / "config"),
            "JUPYTER_DATA_DIR": str(self.folder / "data"),
            "JUPYTER_RUNTIME_DIR": str(self.folder / "runtime"),
            "JUPYTERLAB_SETTINGS_DIR": str(self.folder / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(self.folder / "workspaces"),
            "IPYTHONDIR": str(self.folder / "ipython"),
            "JUPYTER_PREFER_ENV_PATH": "1",
        }
        command = [
            *(sys.executable, "-m", "jupyter_server"),
            "--ServerApp.ip=127.0.0.1",
            f"--ServerApp.port={self.port or _free_port()}",
            f"--ServerApp.base_url={self.base_url}",
            f"--IdentityProvider.token={self.token}",
            f"--ServerApp.root_dir={self.notebooks}",
            "--ServerApp.open_browser=False",
            "--ServerApp.allow_root=True",
        ]
        with self.log_path.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - every word of it is written above
                command,
                env=environment,
                # Away from the repository: what is installed runs, not what lies there.
                cwd=self.folder,
                stdout=log,
                stderr=log,
                # A session of its own: what is left of server and kernels is ended by one signal.
                start_new_session=True,
            )
        self._wait_until_it_answers(within)

    def _write_config(self) -> None:
        switched_on = {"jupyter_comm_broker": self.subject == "broker"}
        config = {"ServerApp": {"jpserver_extensions": switched_on}}
        if self.subject == "broker":
            # What `pip install` left in the environment has to do the switching on.
            config = {}
        (self.folder / "config" / "jupyter_server_config.json").write_text(json.dumps(config))

    def stop(self) -> None:
        """End the server and its kernels."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(20)
        self._process = None

    def _wait_until_it_answers(self, within: float) -> None:
        assert self._process is not None
        info = self.folder / "runtime" / f"jpserver-{self._process.pid}.json"
        end = time.monotonic() + within
        while time.monotonic() < end:
            if self._process.poll() is not None:
                break
            # The server may have taken another port than the one proposed.
            if info.exists() and (text := info.read_text()):
                self.port = json.loads(text)["port"]
                try:
                    self.request("GET", "/api/status")
                except ConnectionError:
                    pass  # not listening yet: asked again below
                else:
                    return
            time.sleep(0.1)
        log = self.log_path.read_text(errors="replace")
        self.stop()
        msg = f"the {self.subject} server did not start; its log:\n{log}"
        raise RuntimeError(msg)

    @property
    def log_path(self) -> Path:
        """Where the server's log is."""
        return self.folder / "server.log"

    # -- REST ------------------------------------------------------------------------------

    def request(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the server; the JSON of the answer, or ``None`` when it has no body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(
                method,
                self.base_url.rstrip("/") + path,
                body=None if body is None else json.dumps(body),
                headers={"Authorization": f"token {self.token}"},
            )
            response = connection.getresponse()
            data = response.read()
        finally:
            connection.close()
        if response.status >= 400:
            raise RefusedError(method, path, response.status, data.decode(errors="replace"))
        return json.loads(data) if data else None

    def self_check(self) -> dict[str, Any] | None:
        """What the broker says of itself; ``None`` where there is none."""
        try:
            answer: dict[str, Any] = self.request("GET", "/api/comms/broker")
        except RefusedError as error:
            if error.status != 404:
                raise
            return None
        return answer

    def configure(self, plugin: str, settings: dict[str, Any]) -> None:
        """Store the user's settings of one plug-in of JupyterLab."""
        path = "/lab/api/settings/" + urllib.parse.quote(plugin)
        self.request("PUT", path, {"raw": json.dumps(settings)})

    def kernel_of(self, notebook: str) -> str | None:
        """The id of the kernel that runs ``notebook``."""
        for session in self.request("GET", "/api/sessions"):
            if session["path"] == notebook:
                kernel_id: str = session["kernel"]["id"]
                return kernel_id
        return None

    def shut_down(self, notebook: str) -> None:
        """End the notebook's session and kernel."""
        for session in self.request("GET", "/api/sessions"):
            if session["path"] == notebook:
                self.request("DELETE", f"/api/sessions/{session['id']}")

    def evaluate(self, notebook: str, expression: str) -> str:
        """The ``repr`` of an expression in the notebook's kernel, once its cells are over."""
        runtime = self.folder / "runtime"
        return evaluate(runtime / f"kernel-{self.kernel_of(notebook)}.json", expression)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
