"""Holds pages' messages back while the kernel cannot be reached."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from jupyter_comm_broker.core.gate.held_messages import HeldMessages
from jupyter_comm_broker.core.gate.info_requests import InfoRequests
from jupyter_comm_broker.core.kernel.link_handshake import LinkHandshake
from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.core.pages.effects import Effects
from jupyter_comm_broker.core.timed import SOON
from jupyter_comm_broker.protocol.message import Message


class HeldBack:
    """
    Holds messages back, and lets them in later in their order.

    Args:
        ledger: counts and logs.
        handshake: says whether messages must wait.
        held: the messages that wait.
        info_requests: keeps questions, perhaps for a process that is gone.
        effects: collects what is to be sent.
    """

    def __init__(
        self,
        ledger: Ledger,
        handshake: LinkHandshake,
        held: HeldMessages,
        info_requests: InfoRequests,
        effects: Effects,
    ) -> None:
        self._ledger = ledger
        self._handshake = handshake
        self._held = held
        self._info_requests = info_requests
        self._effects = effects

    @property
    def must_wait(self) -> bool:
        """Whether a message that comes now must wait."""
        return self._handshake.held

    def hold(self, session_id: str, message: Message) -> None:
        """Hold a page's message."""
        self._held.hold(session_id, message)

    def link_filled(self, unsent: Mapping[str, int]) -> None:
        """Note how many bytes wait in the link, by channel. They are held here if it breaks."""
        # While messages are held, they are counted where they are held.
        if not self.must_wait:
            self._held.link_filled(unsent)

    def came_back(self, message: Message) -> None:
        """Hold a message that was let through and did not reach the kernel."""
        self._held.take_back(message)

    def forget(self, now: float) -> None:
        """Drop what was on its way to the old process, because the kernel has a new one."""
        if undelivered := len(self._held.take_those_taken_back()):
            self._ledger.counters["undelivered_at_restart"] += undelivered
            self._ledger.log(
                "warning",
                f"{undelivered} messages were lost on their way to a process that is gone",
            )

    @property
    def waiting(self) -> int:
        """How many messages of pages and programs wait."""
        return len(self._held)

    def give_up(self, is_known: Callable[[str], bool]) -> list[tuple[str, Message]]:
        """
        Take out the messages that wait, because the kernel is not reached in time.

        Those that were let through already are known by the session in their header alone. One
        whose sender is not found by it goes on waiting.

        Args:
            is_known: whether a session id is that of a page or program.

        Returns:
            The messages, each with its sender's session id.
        """
        let_through = self._held.take_those_taken_back(lambda each: is_known(each.header.session))
        return [*((each.header.session, each) for each in let_through), *self._held.take()]

    def next_due(self) -> float | None:
        """Return :data:`SOON` if something waits that can be let in or held; else ``None``."""
        waits = self._info_requests.waits if self.must_wait else bool(self._held)
        return SOON if waits else None

    def released(self) -> list[tuple[str, Message]]:
        """
        Take out what need not wait any more.

        Returns:
            The messages that are to be let in, each with its page.
        """
        if self.must_wait:
            # Questions that wait for a process that is gone go to its successor.
            for asker, question in self._info_requests.take_waiting():
                self._held.hold(asker.session_id, question)
            return []
        if not self._held:
            return []
        self._effects.to_kernel += self._held.take_those_taken_back()
        return self._held.take()
