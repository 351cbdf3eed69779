"""The kernel's own states, asked over ZeroMQ without the server and the broker."""

from __future__ import annotations

import asyncio
import queue
import uuid
from types import TracebackType
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient

from jupyter_comm_broker.testing.server import Server
from jupyter_comm_broker.testing.widgets import CONTROL, WIDGET, put_buffers

States = dict[str, dict[str, Any]]


class Truth:
    """A client of the kernel. ipywidgets answers on the latest control comm, so it asks again."""

    def __init__(self, server: Server, kernel_id: str) -> None:
        path = server.connection_file(kernel_id)
        self._client = AsyncKernelClient(connection_file=str(path))
        self._client.load_connection_file()

    async def __aenter__(self) -> Truth:
        self._client.start_channels(hb=False)
        await self._client.wait_for_ready(timeout=60)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._client.stop_channels()

    async def states(self) -> States:
        """Return the state of every widget that the kernel lists as open, buffers in place."""
        for _ in range(5):
            try:
                states = await self._request_states()
                break
            except TimeoutError:
                continue
        else:
            raise TimeoutError("the kernel did not answer request_states")
        # Widgets that a page closed stay among the states; comm_info knows better.
        listed = await self._listed()
        return {comm_id: state for comm_id, state in states.items() if comm_id in listed}

    async def _request_states(self) -> States:
        comm_id = uuid.uuid4().hex
        opening = {"comm_id": comm_id, "target_name": CONTROL, "data": {}}
        self._send("comm_open", opening, metadata={"version": "1.0.0"})
        self._send("comm_msg", {"comm_id": comm_id, "data": {"method": "request_states"}})
        end = asyncio.get_running_loop().time() + 5
        while True:
            message = await self._published(end)
            content = message["content"]
            if message["msg_type"] != "comm_msg" or content["comm_id"] != comm_id:
                continue
            self._send("comm_close", {"comm_id": comm_id, "data": {}})
            data = content["data"]
            buffers = [bytes(buffer) for buffer in message["buffers"]]
            states = put_buffers(data["states"], data["buffer_paths"], buffers)
            return {widget_id: entry["state"] for widget_id, entry in states.items()}

    async def _published(self, end: float) -> dict[str, Any]:
        left = end - asyncio.get_running_loop().time()
        try:
            message: dict[str, Any] = await self._client.get_iopub_msg(timeout=max(0, left))
        except queue.Empty:
            raise TimeoutError from None
        return message

    async def _listed(self) -> set[str]:
        asked = self._client.comm_info(target_name=WIDGET)
        while True:
            reply = await self._client.get_shell_msg(timeout=10)
            if reply["parent_header"].get("msg_id") == asked:
                return set(reply["content"]["comms"])

    def _send(
        self, msg_type: str, content: dict[str, Any], metadata: dict[str, Any] | None = None
    ) -> None:
        message = self._client.session.msg(msg_type, content, metadata=metadata)
        self._client.shell_channel.send(message)
