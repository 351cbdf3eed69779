"""Servers to measure. Each has its own process and folder. Only the extension differs."""

from __future__ import annotations

import json
import os
import resource
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from benchmarks.target import BEHIND, BROKER, Target

START_PATIENCE = 30.0
STOP_PATIENCE = 20.0

UNLIMITED = {"iopub_msg_rate_limit": 1e12, "iopub_data_rate_limit": 1e12}
"""Stock drops comm messages above its rate limits. With these limits, neither side drops any."""

LIGHT = "light"
"""The kernel spec of ``light_kernel``, which every server has."""


class ServerFailedError(Exception):
    """A server did not start."""


class Server:
    """
    One Jupyter server in a child process, which runs inside a ``with`` block.

    Args:
        side: which one; see ``SIDES``.
        as_shipped: whether it has the rate limits that every user has.
        package: the folder from which it imports the broker; ``None`` for the installed one.
    """

    def __init__(self, side: str, *, as_shipped: bool = False, package: Path | None = None) -> None:
        self._package = package
        self._side = side
        self._as_shipped = as_shipped
        self._folder = tempfile.TemporaryDirectory(prefix="jupyter-comm-broker-bench-")
        self._token = secrets.token_hex(8)
        self._process: subprocess.Popen[bytes] | None = None
        self._gateway: Gateway | None = None

    def __enter__(self) -> Target:
        """Start the server and wait until it listens."""
        root = Path(self._folder.name)
        for name in ("runtime", "work"):
            (root / name).mkdir()
        config = root / "server.json"
        chosen = settings(self._side, self._token, str(root / "work"))
        if not self._as_shipped:
            chosen["ZMQChannelsWebsocketConnection"] = UNLIMITED
        offer_light_kernel(root / "data")
        if self._side.endswith(BEHIND):
            self._gateway = Gateway(root, self._token, limited=self._as_shipped)
            chosen["GatewayClient"] = {
                "url": self._gateway.start(),
                "auth_token": self._token,
                "auth_scheme": "token",
            }
        config.write_text(json.dumps(chosen))
        environment = surroundings(root)
        if self._package is not None:
            environment["PYTHONPATH"] = str(self._package)
        raise_descriptor_limit()
        with (root / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "jupyter_server", f"--config={config}"],
                env=environment,
                # A process imports from its folder first, whatever PYTHONPATH says.
                cwd=root,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            port = self._wait_for_port(root / "runtime")
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return Target(
            side=self._side, host="127.0.0.1", port=port, token=self._token, pid=self._process.pid
        )

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the server, and its kernels with it."""
        process = self._process
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._gateway is not None:
            self._gateway.stop()
        self._folder.cleanup()

    def log(self) -> str:
        """Return the text of the server's log."""
        return (Path(self._folder.name) / "log").read_text(errors="replace")

    def _wait_for_port(self, runtime: Path) -> int:
        if self._process is None:
            raise ServerFailedError("not started")
        # The server chooses a free port, and writes it into this file.
        told = runtime / f"jpserver-{self._process.pid}.json"
        deadline = time.monotonic() + START_PATIENCE
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            if told.exists() and (text := told.read_text()):
                try:
                    port = int(json.loads(text)["port"])
                    # The file is there before the server listens.
                    socket.create_connection(("127.0.0.1", port)).close()
                except (ValueError, ConnectionError):
                    # The file is half written, or it is too early. Look again.
                    pass
                else:
                    return port
            time.sleep(0.05)
        raise ServerFailedError(f"{self._side} server did not start:\n{self.log()}")


class Gateway:
    """
    A Jupyter Kernel Gateway in a child process, in front of which a server stands.

    Args:
        root: the folder of its server.
        token: what lets the server in.
        limited: whether it has the rate limits that every user has.
    """

    def __init__(self, root: Path, token: str, *, limited: bool) -> None:
        self._root = root
        self._token = token
        self._limited = limited
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Start it, wait until it listens, and return its address."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        words = [
            "--KernelGatewayApp.ip=127.0.0.1",
            f"--KernelGatewayApp.port={port}",
            f"--KernelGatewayApp.auth_token={self._token}",
            f"--ZMQChannelsWebsocketConnection.limit_rate={self._limited}",
            "--KernelGatewayApp.log_level=WARN",
        ]
        with (self._root / "gateway-log").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "kernel_gateway", *words],
                env=surroundings(self._root),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_PATIENCE
        while time.monotonic() < deadline and self._process.poll() is None:
            with suppress(ConnectionError):
                socket.create_connection(("127.0.0.1", port)).close()
                return f"http://127.0.0.1:{port}"
            time.sleep(0.05)
        raise ServerFailedError((self._root / "gateway-log").read_text(errors="replace"))

    def stop(self) -> None:
        """End it, and its kernels with it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(STOP_PATIENCE)


def surroundings(root: Path) -> dict[str, str]:
    """Return the environment of a process in which only the files of this folder count."""
    return {
        **os.environ,
        # Only what is named here counts, no other extension and no user's settings.
        "JUPYTER_NO_CONFIG": "1",
        "JUPYTER_PATH": str(root / "data"),
        "JUPYTER_RUNTIME_DIR": str(root / "runtime"),
        "IPYTHONDIR": str(root / "ipython"),
        "PYTHONHASHSEED": "0",
    }


def settings(side: str, token: str, root: str) -> dict[str, object]:
    """
    Return the configuration of one side. The sides differ only in the first entry.

    Args:
        side: which one; see ``SIDES``.
        token: the server's token.
        root: the folder of its notebooks.
    """
    return {
        "ServerApp": {
            "jpserver_extensions": {"jupyter_comm_broker": True} if side.startswith(BROKER) else {},
            "ip": "127.0.0.1",
            "port": 0,
            "open_browser": False,
            "root_dir": root,
            "allow_root": True,
            "log_level": "WARN",
        },
        "IdentityProvider": {"token": token},
    }


def offer_light_kernel(folder: Path) -> None:
    """Add the kernel spec of ``light_kernel`` to a folder where a server looks for kernels."""
    spec = folder / "kernels" / LIGHT
    spec.mkdir(parents=True)
    program = str(Path(__file__).with_name("light_kernel.py"))
    told = {
        "argv": [sys.executable, program, "{connection_file}"],
        "display_name": "Light",
        "language": "none",
    }
    (spec / "kernel.json").write_text(json.dumps(told))


def raise_descriptor_limit() -> None:
    """Allow as many descriptors as the system permits. Stock needs nine per WebSocket."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
