"""
Pages' messages that wait for a kernel whose link is not proven yet (rule 26).

Messages that were on their way when the link broke go before all others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from jupyter_comm_broker.protocol.message import Message


class HeldMessages:
    """The messages that are held. They count as backlog, whose limit bounds them."""

    def __init__(self) -> None:
        self.backlog: Counter[str] = Counter()
        """Bytes of pages' messages that wait because the kernel does not take them, by channel."""
        self._held: list[tuple[str, Message]] = []
        self._taken_back: list[Message] = []

    def __len__(self) -> int:
        return len(self._held) + len(self._taken_back)

    def hold(self, session_id: str, message: Message) -> None:
        """Hold a page's message."""
        self._held.append((session_id, message))
        self.backlog[message.channel] += message.size

    def link_filled(self, unsent: Mapping[str, int]) -> None:
        """Note how many bytes wait in the link, by channel."""
        self.backlog.clear()
        self.backlog.update(unsent)

    def take_back(self, message: Message) -> None:
        """Hold a message that was let through and did not reach the kernel."""
        self._taken_back.append(message)
        self.backlog[message.channel] += message.size

    def take_those_taken_back(
        self, wanted: Callable[[Message], bool] = lambda _: True
    ) -> list[Message]:
        """Hand over messages that were taken back, if they are wanted. They need only be sent."""
        taken_back = [each for each in self._taken_back if wanted(each)]
        self._taken_back = [each for each in self._taken_back if not wanted(each)]
        for message in taken_back:
            self.backlog[message.channel] -= message.size
        return taken_back

    def take(self) -> list[tuple[str, Message]]:
        """Hand over all others in their order, each with its page's session id."""
        held, self._held = self._held, []
        self.backlog.clear()
        return held
