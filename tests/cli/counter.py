"""
A server that gives the answers a test laid ready, and notes what it was asked.

The real one stands behind the acceptance tests; here are the answers that it gives rarely.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

KERNEL = "11111111-1111-1111-1111-111111111111"
OTHER = "22222222-2222-2222-2222-222222222222"


@dataclass(frozen=True)
class ReplyCollector:
    """One request."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Counter:
    """Serves from ``open`` to ``close``."""

    answers: dict[tuple[str, str], list[tuple[int, Any]]] = field(default_factory=dict)
    """By method and path, what is answered; the last of them again and again."""
    asked: list[ReplyCollector] = field(default_factory=list)

    def open(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    def lays(self, path: str, *bodies: Any, method: str = "GET", status: int = 200) -> None:
        """Add answers, which are given one after the other."""
        self.answers[method, path] = [(status, body) for body in bodies]

    def lays_kernels(self, **notebooks: str) -> None:
        """Add running kernels, each with its notebook."""
        ids = dict(zip(notebooks, (KERNEL, OTHER), strict=False))
        self.lays("/api/kernels", [{"id": kernel_id} for kernel_id in ids.values()])
        sessions = [{"path": notebooks[each], "kernel": {"id": ids[each]}} for each in ids]
        self.lays("/api/sessions", sessions)

    def lays_comms(self, *comms: Mapping[str, Any]) -> None:
        """Add open comms."""
        self.lays("/api/comms", {"comms": list(comms), "next": None, "total": len(comms)})

    def of(self, method: str, path: str) -> list[ReplyCollector]:
        """Return the requests to a path."""
        return [each for each in self.asked if (each.method, each.path) == (method, path)]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        counter = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                parts = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                query = dict(parse_qsl(parts.query))
                counter.asked.append(
                    ReplyCollector(self.command, parts.path, query, dict(self.headers), body)
                )
                missing = [(404, {"message": "Not Found", "reason": "Not Found"})]
                ready = counter.answers.get((self.command, parts.path), missing)
                status, found = ready.pop(0) if len(ready) > 1 else ready[0]
                data = found if isinstance(found, bytes) else json.dumps(found).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - the library's names

            def log_message(self, *_args: Any) -> None:
                pass

        return Handler


def comm(comm_id: str = "c1", kernel_id: str = KERNEL, **other: Any) -> dict[str, Any]:
    """Return a comm as lists show it."""
    return {
        "kernel_id": kernel_id,
        "comm_id": comm_id,
        "target_name": "jupyter.widget",
        "opened_by": "kernel",
        "opened_at": "2026-01-01T00:00:00+00:00",
        "last_activity": "2026-01-01T00:00:00+00:00",
        "age_seconds": 90.0,
        "idle_seconds": 9.0,
        "model": {"name": "IntSliderModel", "module": "m", "version": "1"},
        "caption": None,
        "parents": [],
        "references": [],
        "frontends": [],
        "messages": {"from_kernel": 1, "from_frontends": 2},
        "bytes": {"from_kernel": 1000, "from_frontends": 1048, "state": 10},
        "knowledge": "clean",
        "checked_at": None,
        "dirty_because": None,
        "pending": False,
        "sequence": 1,
        "callback_errors": 0,
        **other,
    }
