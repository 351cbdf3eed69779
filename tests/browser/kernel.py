"""A second client of a notebook's kernel over ZeroMQ, independent of page and server."""

from __future__ import annotations

import json
import time
from pathlib import Path

import zmq
from jupyter_client.session import Session


def evaluate(connection_file: Path, expression: str, within: float = 30.0) -> str:
    """Return the ``repr`` of ``expression`` in the kernel, after what the kernel does now."""
    info = json.loads(connection_file.read_text())
    signer = Session(key=info["key"].encode(), signature_scheme=info["signature_scheme"])
    context = zmq.Context()
    shell = context.socket(zmq.DEALER)
    shell.linger = 0
    try:
        shell.connect(f"{info['transport']}://{info['ip']}:{info['shell_port']}")
        request = {"code": "", "silent": True, "user_expressions": {"value": expression}}
        sent = signer.send(shell, "execute_request", request)
        end = time.monotonic() + within
        while (left := end - time.monotonic()) > 0:
            if not shell.poll(round(left * 1000)):
                break
            _, reply = signer.recv(shell)
            assert sent is not None
            if reply and reply["parent_header"]["msg_id"] == sent["header"]["msg_id"]:
                return _value(expression, reply["content"]["user_expressions"]["value"])
    finally:
        shell.close()
        context.term()
    msg = f"the kernel did not evaluate {expression!r} within {within} s"
    raise TimeoutError(msg)


def _value(expression: str, result: dict[str, object]) -> str:
    if result["status"] != "ok":
        msg = f"{expression!r} raised {result['ename']}: {result['evalue']}"
        raise RuntimeError(msg)
    data = result["data"]
    assert isinstance(data, dict)
    text: str = data["text/plain"]
    return text
