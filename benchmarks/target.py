"""A running server as the load process sees it: its address, process and kernels."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Any

from tornado.httpclient import AsyncHTTPClient

STOCK, BROKER = "stock", "broker"
BEHIND = "+gateway"
"""What the name of a side ends with if its kernels run behind a gateway."""

SIDES = (STOCK, BROKER, STOCK + BEHIND, BROKER + BEHIND)


class WrongServerError(Exception):
    """The server is not of the side that is to be measured."""


@dataclass(frozen=True)
class Target:
    """One server that is measured."""

    side: str
    host: str
    port: int
    token: str
    pid: int

    @property
    def is_stock(self) -> bool:
        """Whether it has no broker."""
        return self.side.startswith(STOCK)

    def dump(self) -> str:
        """Return a text from which :meth:`load` makes the target again."""
        return json.dumps(asdict(self))

    @classmethod
    def load(cls, text: str) -> Target:
        """Return the target that :meth:`dump` wrote."""
        return cls(**json.loads(text))

    async def rest(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """
        Send a request to the server's REST API.

        Args:
            method: the HTTP method.
            path: the path.
            body: the body, which is sent as JSON; ``None`` for no body.

        Returns:
            The status, and the decoded JSON; ``None`` if the answer is no JSON.
        """
        response = await AsyncHTTPClient().fetch(
            f"http://{self.host}:{self.port}{path}",
            method=method,
            headers={"Authorization": f"token {self.token}"},
            body=None if body is None else json.dumps(body),
            allow_nonstandard_methods=True,
            request_timeout=60,
            raise_error=False,
        )
        try:
            return response.code, json.loads(response.body) if response.body else None
        except ValueError:
            return response.code, None

    async def check_side(self) -> None:
        """Raise WrongServerError if a broker is not in the path, or a stock server has a broker."""
        status, answer = await self.rest("GET", "/api/comms/broker")
        in_path = status == 200 and bool(answer["in_path"])
        if in_path == self.is_stock:
            raise WrongServerError(f"{self.side}: GET /api/comms/broker says {status} {answer}")

    @asynccontextmanager
    async def kernel(self, name: str = "python3") -> AsyncIterator[str]:
        """Start a kernel, and end it at the end of the context."""
        status, model = await self.rest("POST", "/api/kernels", {"name": name})
        if status != 201:
            raise WrongServerError(f"{self.side}: no kernel, {status} {model}")
        kernel_id = str(model["id"])
        try:
            yield kernel_id
        finally:
            await self.rest("DELETE", f"/api/kernels/{kernel_id}")

    async def settle(self, seconds: float = 0.2) -> None:
        """Let the server finish what it put off, so that this counts where it belongs."""
        await asyncio.sleep(seconds)
