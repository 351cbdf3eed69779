"""A page for tests that are plain functions: it reads on while the test does something else."""

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
    A :class:`~jupyter_comm_broker.testing.Page` whose methods wait, for as long as a ``with``.

    Its WebSocket lives on a thread of its own. Errors are those of the page's methods.

    Args:
        page: that nobody has opened.
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
        """Which page it is; another one after each reload."""
        return self.page.session_id

    @property
    def received(self) -> Sequence[Message]:
        """All that came since the page was loaded."""
        return self.page.received

    @property
    def widgets(self) -> Widgets:
        """What the page shows."""
        return self.page.widgets

    @property
    def status(self) -> str:
        """What the busy indicator shows."""
        return self.page.status

    def of(self, msg_id: str) -> list[Message]:
        """Return what came for a request."""
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
        """Leave, as a page whose tab is closed does; safe twice."""
        if self._thread is not None:
            try:
                self._run(self.page.close())
            finally:
                self._end()

    def drop(self) -> None:
        """Lose the connection without a word; :meth:`open` comes back as the same page."""
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
        """Get the kernel's widgets, as a page does that has connected again."""
        return self._run(self.page.restore(within))

    def reload(self, within: float = 60.0) -> Restored:
        """Press the browser's reload button: forget everything, come as a new page, and restore."""
        return self._run(self.page.reload(within))

    # -- what a person does ------------------------------------------------------------------

    def run(self, code: str, within: float = 60.0) -> str:
        """Run code to its end and return what it printed."""
        return self._run(self.page.run(code, within))

    def execute(self, code: str) -> str:
        """Send code to run and return the request's ``msg_id`` without waiting."""
        return self._run(self.page.execute(code))

    def set(self, comm_id: str, **attributes: Any) -> None:
        """Move a widget, as a person does."""
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
        """Send a message and return its ``msg_id``."""
        sending = self.page.send(
            msg_type, content, channel=channel, metadata=metadata, buffers=buffers
        )
        return self._run(sending)

    # -- waiting -----------------------------------------------------------------------------

    def until(
        self, wanted: Callable[[Message], bool], within: float = 30.0, since: int = 0
    ) -> Message:
        """Return the first message that is wanted, from the ``since``-th of this page on."""
        return self._run(self.page.until(wanted, within, since))

    def shows(self, truth: Callable[[], bool], within: float = 30.0) -> None:
        """Wait until something is true of what the page holds."""
        self._run(self.page.shows(truth, within))

    def opened(self, target_name: str, within: float = 30.0, since: int = 0) -> Message:
        """Wait for the ``comm_open`` of a target, and return it."""
        return self._run(self.page.opened(target_name, within, since))

    def idle(self, msg_id: str, within: float = 30.0) -> None:
        """Wait until the kernel is done with a request, of this page or another."""
        self._run(self.page.idle(msg_id, within))

    def ended(self, msg_id: str, within: float = 30.0) -> Message:
        """Wait until a request is replied to and idle, and return the reply."""
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
    """Do a step where the page lives: its events are no thread's but the loop's own."""
    step()
