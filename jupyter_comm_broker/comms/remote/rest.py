"""The little that the classes ask over REST: which kernels run, which comms live."""

from __future__ import annotations

from typing import Any

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPResponse

from jupyter_comm_broker.comms.remote.address import Address
from jupyter_comm_broker.errors import ServerRefusedError
from jupyter_comm_broker.protocol.json_text import loads

PAGE = "1000"
"""Comms asked for at once: the most that the server gives."""


class Rest:
    """A client of one server, on the running event loop, until :meth:`close`."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._client = AsyncHTTPClient(force_instance=True)

    def close(self) -> None:
        """Let go of the client; safe twice."""
        self._client.close()

    async def kernels(self) -> list[str]:
        """Return the ids of the kernels that run."""
        return [kernel["id"] for kernel in await self._get(self._address.api("kernels"))]

    async def comms(self, kernel_id: str) -> dict[str, str]:
        """Return the target name of each live comm by its id, oldest first."""
        found: dict[str, str] = {}
        query = {"fields": "comm_id,target_name", "limit": PAGE}
        while True:
            page = await self._get(self._address.api("kernels", kernel_id, "comms", **query))
            found.update({comm["comm_id"]: comm["target_name"] for comm in page["comms"]})
            if page["next"] is None:
                return found
            query["cursor"] = page["next"]

    async def _get(self, url: str) -> Any:
        try:
            response: HTTPResponse = await self._client.fetch(url, headers=self._address.headers)
        except HTTPClientError as error:
            said = error.response.reason if error.response is not None else error.message
            raise ServerRefusedError(url.partition("?")[0], error.code, str(said)) from error
        return loads(response.body)
