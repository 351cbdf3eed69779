"""
A kernel that takes little memory. It answers what every kernel answers, and runs no code.

A hundred ipykernels take 6 GB. A server cannot tell this kernel from an idle ipykernel.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import signal
import sys
import uuid
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import zmq

DELIMITER = b"<IDS|MSG>"
SOCKETS = {
    "shell": zmq.ROUTER,
    "control": zmq.ROUTER,
    "stdin": zmq.ROUTER,
    "iopub": zmq.PUB,
    "hb": zmq.REP,
}
LOOK_MS = 5000
"""Milliseconds between two checks whether its server still runs."""

KERNEL_INFO = {
    "status": "ok",
    "protocol_version": "5.4",
    "implementation": "light",
    "implementation_version": "1",
    "language_info": {"name": "none", "version": "1", "mimetype": "text/plain"},
    "banner": "",
    "help_links": [],
}
ANSWERS: dict[str, dict[str, Any]] = {
    "kernel_info_request": KERNEL_INFO,
    "comm_info_request": {"status": "ok", "comms": {}},
    "shutdown_request": {"status": "ok", "restart": False},
}


class LightKernel:
    """Listens on the ports of a connection file until a shutdown_request."""

    def __init__(self, info: dict[str, Any]) -> None:
        self._key = info["key"].encode()
        self._session = uuid.uuid4().hex
        context = zmq.Context()
        self._sockets = {name: context.socket(kind) for name, kind in SOCKETS.items()}
        for name, socket in self._sockets.items():
            socket.linger = 500
            socket.bind(f"tcp://{info['ip']}:{info[f'{name}_port']}")

    def serve(self) -> None:
        """Answer requests until a shutdown_request, or until the server is gone."""
        parent = os.getppid()
        poller = zmq.Poller()
        for name in ("shell", "control", "hb"):
            poller.register(self._sockets[name], zmq.POLLIN)
        while os.getppid() == parent:
            ready = dict(poller.poll(LOOK_MS))
            if self._sockets["hb"] in ready:
                self._sockets["hb"].send(self._sockets["hb"].recv())
            for name in ("shell", "control"):
                if self._sockets[name] in ready and self._answer(self._sockets[name]) is False:
                    return

    def _answer(self, socket: zmq.Socket[bytes]) -> bool:
        """Answer one request. Returns whether to go on."""
        parts = socket.recv_multipart()
        start = parts.index(DELIMITER)
        parent = parts[start + 2]
        kind = json.loads(parent)["msg_type"]
        answer = ANSWERS.get(
            kind, {"status": "error", "ename": kind, "evalue": "", "traceback": []}
        )
        self._publish("busy", parent)
        reply = self._written(kind.removesuffix("_request") + "_reply", answer, parent)
        socket.send_multipart([*parts[:start], *reply])
        self._publish("idle", parent)
        return bool(kind != "shutdown_request")

    def _publish(self, state: str, parent: bytes) -> None:
        written = self._written("status", {"execution_state": state}, parent)
        self._sockets["iopub"].send_multipart([b"status", *written])

    def _written(self, kind: str, content: dict[str, Any], parent: bytes) -> list[bytes]:
        header = {
            "msg_id": uuid.uuid4().hex,
            "msg_type": kind,
            "session": self._session,
            "username": "light",
            "version": "5.4",
            "date": datetime.now(timezone.utc).isoformat(),
        }
        parts = [json.dumps(header).encode(), parent, b"{}", json.dumps(content).encode()]
        digest = hmac.new(self._key, digestmod=hashlib.sha256)
        for part in parts:
            digest.update(part)
        return [DELIMITER, digest.hexdigest().encode(), *parts]


if __name__ == "__main__":
    # Servers interrupt kernels. This one runs nothing that could be interrupted.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    LightKernel(json.loads(Path(sys.argv[1]).read_text())).serve()
