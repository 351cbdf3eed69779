"""One WebSocket to a gateway ends once, with a reason, and says nothing after it was closed."""

from __future__ import annotations

from jupyter_comm_broker.protocol.synthesis import Author
from jupyter_comm_broker.transport.gateway.far_end import FarEnd
from jupyter_comm_broker.transport.gateway.far_socket import FarSocket, Frame
from tests.until import until

from .far import Far


async def test_after_its_close_nothing_is_called(far: Far) -> None:
    heard: list[list[Frame]] = []
    ended: list[str] = []
    socket = FarSocket(heard.append, ended.append)
    await socket.connect(await FarEnd().channels("k", "s"), ["v1.kernel.websocket.jupyter.org"])
    assert socket.subprotocol == "v1.kernel.websocket.jupyter.org"
    message = Author("kernel").write("iopub", "stream", {}, now=0.0)
    far.says(message)
    await until(lambda: len(heard) == 1)
    socket.close()
    socket.close()
    far.says(message)
    far.sockets[0].close()
    await until(lambda: far.sockets[0].is_closing())
    assert (len(heard), ended) == (1, [])
