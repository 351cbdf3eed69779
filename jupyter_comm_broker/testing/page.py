"""
A page on a kernel: a frontend with its picture of the widgets.

It does what an unmodified JupyterLab does (facts 1.1 and 1.2), so that a test reads like what a
person does.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from jupyter_comm_broker.testing.address import Reachable
from jupyter_comm_broker.testing.failures import CellFailedError, GoneError
from jupyter_comm_broker.testing.frontend import Frontend
from jupyter_comm_broker.testing.message import V1, Message
from jupyter_comm_broker.testing.restore import Restored, arrive, restore
from jupyter_comm_broker.testing.widgets import WIDGET, Widgets


class Page(Frontend):
    """
    One page: a WebSocket with a session id, a new one after each reload.

    Args:
        targets: what the page knows, ``jupyter.widget`` if nothing is said; a console knows
            nothing. The page refuses what is opened for other targets.
        build_seconds: how long its models take to build after a restore, as lazily loaded
            classes do; what comes for them meanwhile is lost.
        session_id: as that and the others of a :class:`Frontend`.
    """

    def __init__(
        self,
        server: Reachable,
        kernel_id: str,
        *,
        targets: Sequence[str] = (WIDGET,),
        build_seconds: float = 0.0,
        session_id: str | None = None,
        subprotocol: str = V1,
        token: str | None = None,
        pace: int | None = None,
    ) -> None:
        super().__init__(
            server,
            kernel_id,
            session_id=session_id,
            subprotocol=subprotocol,
            token=token,
            pace=pace,
        )
        self._targets = targets
        self._build_seconds = build_seconds
        self.widgets = self._no_widgets()
        """What the page shows."""

    def _no_widgets(self) -> Widgets:
        return Widgets(self._tell, self._targets, self._build_seconds)

    async def heard(self, message: Message) -> None:
        """Take in what came for a widget."""
        await self.widgets.heard(message)

    async def _tell(self, msg_type: str, content: dict[str, Any], msg_id: str) -> None:
        # While its last messages are being read the socket may be closed already.
        with suppress(GoneError):
            await self.send(msg_type, content, msg_id=msg_id)

    async def drop(self) -> None:
        """Lose the connection without a word, as where the network breaks; safe twice."""
        await super().drop()
        self.widgets.dispose()

    # -- what a person does ------------------------------------------------------------------

    async def arrive(self, within: float = 60.0) -> Restored:
        """Do what a page does first: get the ``kernel_info``, then the kernel's widgets."""
        return await arrive(self, within)

    async def restore(self, within: float = 60.0) -> Restored:
        """Get the kernel's widgets, as a page does that has connected again."""
        return await restore(self, within)

    async def reload(self, within: float = 60.0) -> Restored:
        """
        Press the browser's reload button: forget everything, come as a new page, and restore.

        Returns:
            How the widgets came back; they are in :attr:`widgets`.
        """
        await self.close()
        self.session_id = str(uuid.uuid4())
        self.received = []
        self.widgets = self._no_widgets()
        await self.open()
        return await arrive(self, within)

    async def execute(self, code: str, *, stdin: bool = False) -> str:
        """Send code to run and return the request's ``msg_id`` without waiting."""
        return await self.send("execute_request", {"code": code, "allow_stdin": stdin})

    async def run(self, code: str, within: float = 60.0) -> str:
        """
        Run code to its end and return what it printed.

        Raises:
            CellFailedError: the code raised an error.
            TimeoutError: it did not end ``within`` that many seconds.
        """
        msg_id = await self.execute(code)
        reply = await self.ended(msg_id, within)
        mine = self.of(msg_id)
        if reply.content["status"] != "ok":
            errors = ["\n".join(m.content["traceback"]) for m in mine if m.type == "error"]
            raise CellFailedError("\n".join(errors) or str(reply.content))
        return "".join(m.content["text"] for m in mine if m.type == "stream")

    async def kernel_info(self, within: float = 30.0) -> Message:
        """Ask for ``kernel_info`` as each page does first, and return the reply."""
        return await self.ended(await self.send("kernel_info_request", {}), within)

    @property
    def status(self) -> str:
        """
        What the busy indicator shows: the last status under a request type that is tracked.

        JupyterLab gets the untracked types with its page (fact 1.1).
        """
        shown = [
            m.execution_state
            for m in self.received
            if m.execution_state and m.parent.get("msg_type") not in UNTRACKED
        ]
        return shown[-1] if shown else "unknown"


UNTRACKED = {
    *("comm_info_request", "comm_info_reply", "kernel_info_request", "kernel_info_reply"),
    *("shutdown_request", "shutdown_reply", "interrupt_request", "interrupt_reply"),
    *("debug_request", "debug_reply", "stream", "display_data", "update_display_data"),
    *("execute_input", "execute_result", "error", "status", "clear_output", "debug_event"),
    *("input_request", "input_reply"),
}
"""The default of ``MappingKernelManager.untracked_message_types``."""
