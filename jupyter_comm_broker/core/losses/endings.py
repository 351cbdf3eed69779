"""Ends requests in the kernel's name, whose own word is lost."""

from __future__ import annotations

from collections.abc import Callable

from jupyter_comm_broker.core.pages.kernel_voice import KernelVoice
from jupyter_comm_broker.core.runs.holders import Holders
from jupyter_comm_broker.protocol.message import Header, Message, Part


class Endings:
    """
    Says what the kernel would have said.

    Args:
        published: takes a message as if the kernel had published it.
        voice: writes messages in the kernel's name.
        holders: the pages that show the cells of runs.
    """

    def __init__(
        self,
        published: Callable[[Message, float], None],
        voice: KernelVoice,
        holders: Holders,
    ) -> None:
        self._published = published
        self._voice = voice
        self.run_lost = holders.lost
        """Notes that the end of a run is lost: its msg_id, an error's name, why, and the time."""

    def idle(self, header: Header, text: Part, now: float) -> None:
        """
        Publish the ``idle`` of a request.

        Args:
            header: the request's header.
            text: the same header as JSON; empty if the kernel never wrote it.
            now: the time.
        """
        self._published(self._voice.idle(header, text, now), now)
