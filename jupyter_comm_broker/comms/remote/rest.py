"""The requests of the comm managers over REST: the running kernels and the open comms."""

from __future__ import annotations

from typing import Any

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPResponse

from jupyter_comm_broker.comms.remote.address import Address
from jupyter_comm_broker.errors import ServerRefusedError
from jupyter_comm_broker.protocol.json_text import loads

PAGE = "1000"
"""Comms on a page: the most that the API allows."""


class Rest:
    """A client of one server on the running event loop."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._client = AsyncHTTPClient(force_instance=True)

    def close(self) -> None:
        """Close the client. May be called twice."""
        self._client.close()

    async def kernels(self) -> list[str]:
        """Return the ids of the running kernels."""
        return [kernel["id"] for kernel in await self._get(self._address.api("kernels"))]

    async def comms(self, kernel_id: str) -> dict[str, str]:
        """Return the target name of each open comm by its id, oldest first."""
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
