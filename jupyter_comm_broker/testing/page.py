"""
A page on a kernel: a frontend with widgets.

It does what an unmodified JupyterLab does (facts 1.1 and 1.2). So a test says what a person does.
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
    One page: a WebSocket with a session id. A reload gives it another session id.

    Args:
        server: the server.
        kernel_id: the kernel.
        targets: the targets that the page knows; by default ``jupyter.widget``. A console knows
            none. The page refuses a comm to any other target.
        build_seconds: the seconds that its models take to build after a restore, as if their
            classes were loaded late. Messages for them that come meanwhile are lost.
        session_id: this and the other options are those of :class:`Frontend`.
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
        """The widgets that the page shows."""

    def _no_widgets(self) -> Widgets:
        return Widgets(self._tell, self._targets, self._build_seconds)

    async def heard(self, message: Message) -> None:
        """Handle a message for a widget."""
        await self.widgets.heard(message)

    async def _tell(self, msg_type: str, content: dict[str, Any], msg_id: str) -> None:
        # The socket may be closed already while its last messages are read.
        with suppress(GoneError):
            await self.send(msg_type, content, msg_id=msg_id)

    async def drop(self) -> None:
        """Lose the connection without a close frame. May be called twice."""
        await super().drop()
        self.widgets.dispose()

    # -- what a person does ------------------------------------------------------------------

    async def arrive(self, within: float = 60.0) -> Restored:
        """Do what a page does first: get the ``kernel_info``, then the kernel's widgets."""
        return await arrive(self, within)

    async def restore(self, within: float = 60.0) -> Restored:
        """Get the kernel's widgets, as a page that has connected again."""
        return await restore(self, within)

    async def reload(self, within: float = 60.0) -> Restored:
        """
        Reload: forget everything, connect as a new page, and restore the widgets.

        Returns:
            How the restore went. The widgets are in :attr:`widgets`.
        """
        await self.close(going_away=True)
        self.session_id = str(uuid.uuid4())
        self.received = []
        self.widgets = self._no_widgets()
        await self.open()
        return await arrive(self, within)

    async def execute(self, code: str, *, stdin: bool = False) -> str:
        """Send code to run. Returns the request's ``msg_id`` without waiting."""
        return await self.send("execute_request", {"code": code, "allow_stdin": stdin})

    async def run(self, code: str, within: float = 60.0) -> str:
        """
        Run code, wait for its end, and return what it printed.

        Raises:
            CellFailedError: the code raised an error.
            TimeoutError: the code did not end ``within`` that many seconds.
        """
        msg_id = await self.execute(code)
        reply = await self.ended(msg_id, within)
        mine = self.of(msg_id)
        if reply.content["status"] != "ok":
            errors = ["\n".join(m.content["traceback"]) for m in mine if m.type == "error"]
            raise CellFailedError("\n".join(errors) or str(reply.content))
        return "".join(m.content["text"] for m in mine if m.type == "stream")

    async def kernel_info(self, within: float = 30.0) -> Message:
        """Ask for the ``kernel_info``, as each page does first. Returns the reply."""
        return await self.ended(await self.send("kernel_info_request", {}), within)

    @property
    def status(self) -> str:
        """
        The status that the busy indicator shows: the last one under a tracked request type.

        The server tells JupyterLab the untracked types when it loads (fact 1.1).
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
