"""A page for tests that are plain functions. It reads while the test does something else."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from types import TracebackType
from typing import Any, TypeVar

from jupyter_comm_broker.comms.remote.loop_thread import LoopThread
from jupyter_comm_broker.testing.failures import GoneError
from jupyter_comm_broker.testing.message import Message
from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.restore import Restored
from jupyter_comm_broker.testing.widgets import Widgets

T = TypeVar("T")


class BlockingPage:
    """
    A :class:`~jupyter_comm_broker.testing.Page` whose methods wait, inside a ``with`` block.

    Its WebSocket runs on a thread of its own. Its methods raise what the page's methods raise.

    Args:
        page: the page, which nobody has opened yet.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self._thread: LoopThread | None = None

    def __enter__(self) -> BlockingPage:
        self.open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    # -- what it holds -----------------------------------------------------------------------

    @property
    def session_id(self) -> str:
        """The page's session id. A reload gives it another one."""
        return self.page.session_id

    @property
    def received(self) -> Sequence[Message]:
        """All messages since the page was loaded."""
        return self.page.received

    @property
    def widgets(self) -> Widgets:
        """The widgets that the page shows."""
        return self.page.widgets

    @property
    def status(self) -> str:
        """The status that the busy indicator shows."""
        return self.page.status

    def of(self, msg_id: str) -> list[Message]:
        """Return the messages that have a request as their parent."""
        return self.page.of(msg_id)

    # -- life --------------------------------------------------------------------------------

    def open(self) -> None:
        """Connect, as the same page if it was connected before."""
        if self._thread is None:
            self._thread = LoopThread("page")
        try:
            self._run(self.page.open())
        except BaseException:
            self._end()
            raise

    def close(self) -> None:
        """Disconnect, as a page whose tab is closed. May be called twice."""
        if self._thread is not None:
            try:
                self._run(self.page.close())
            finally:
                self._end()

    def drop(self) -> None:
        """Lose the connection without a close frame. :meth:`open` brings back the same page."""
        self._run(self.page.drop())

    def pause(self) -> None:
        """Stop reading, as a page whose computer sleeps."""
        self._run(_doing(self.page.pause))

    def resume(self) -> None:
        """Read again."""
        self._run(_doing(self.page.resume))

    def arrive(self, within: float = 60.0) -> Restored:
        """Do what a page does first: get the ``kernel_info``, then the kernel's widgets."""
        return self._run(self.page.arrive(within))

    def restore(self, within: float = 60.0) -> Restored:
        """Get the kernel's widgets, as a page that has connected again."""
        return self._run(self.page.restore(within))

    def reload(self, within: float = 60.0) -> Restored:
        """Reload: forget everything, connect as a new page, and restore the widgets."""
        return self._run(self.page.reload(within))

    # -- what a person does ------------------------------------------------------------------

    def run(self, code: str, within: float = 60.0) -> str:
        """Run code, wait for its end, and return what it printed."""
        return self._run(self.page.run(code, within))

    def execute(self, code: str) -> str:
        """Send code to run. Returns the request's ``msg_id`` without waiting."""
        return self._run(self.page.execute(code))

    def set(self, comm_id: str, **attributes: Any) -> None:
        """Set attributes of a widget, as a person who moves it."""
        self._run(self.page.widgets.set(comm_id, **attributes))

    def send(
        self,
        msg_type: str,
        content: dict[str, Any],
        *,
        channel: str = "shell",
        metadata: dict[str, Any] | None = None,
        buffers: Sequence[bytes] = (),
    ) -> str:
        """
        Send a message. Returns its ``msg_id``.

        Args:
            msg_type: its type.
            content: its content.
            channel: the channel that it goes out on.
            metadata: its metadata; ``None`` for none.
            buffers: its buffers.

        Raises:
            GoneError: the page is not open.
        """
        sending = self.page.send(
            msg_type, content, channel=channel, metadata=metadata, buffers=buffers
        )
        return self._run(sending)

    # -- waiting -----------------------------------------------------------------------------

    def until(
        self, wanted: Callable[[Message], bool], within: float = 30.0, since: int = 0
    ) -> Message:
        """
        Wait for a message, and return the first one that is wanted.

        Args:
            wanted: says whether a message is the one.
            within: seconds to wait.
            since: the place in :attr:`received` from which on messages count.

        Raises:
            TimeoutError: none came in time.
            GoneError: the page is not open, or the server closed the socket.
        """
        return self._run(self.page.until(wanted, within, since))

    def shows(self, truth: Callable[[], bool], within: float = 30.0) -> None:
        """Wait, for at most ``within`` seconds, until ``truth`` returns true."""
        self._run(self.page.shows(truth, within))

    def opened(self, target_name: str, within: float = 30.0, since: int = 0) -> Message:
        """
        Wait for the ``comm_open`` of a target, and return it.

        Args:
            target_name: the target.
            within: seconds to wait.
            since: the place in :attr:`received` from which on messages count.

        Raises:
            TimeoutError: none came in time.
            GoneError: the page is not open, or the server closed the socket.
        """
        return self._run(self.page.opened(target_name, within, since))

    def idle(self, msg_id: str, within: float = 30.0) -> None:
        """Wait until the kernel is done with a request of this page or of another one."""
        self._run(self.page.idle(msg_id, within))

    def ended(self, msg_id: str, within: float = 30.0) -> Message:
        """Wait for a request's reply and its idle. Returns the reply."""
        return self._run(self.page.ended(msg_id, within))

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        if self._thread is None:
            work.close()
            raise GoneError("the page is not open")
        return self._thread.run(work)

    def _end(self) -> None:
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.stop()


async def _doing(step: Callable[[], None]) -> None:
    """Run a step on the page's loop, because only the loop's thread may touch its events."""
    step()
