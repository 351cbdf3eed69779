"""Whether the kernel can be asked something now, and on which channel."""

from __future__ import annotations

from jupyter_comm_broker.core.kernel.link_handshake import LinkHandshake
from jupyter_comm_broker.core.requests.work import Work


class Reach:
    """
    What link and kernel allow now.

    Args:
        handshake: knows how far the link works.
        work: knows what the kernel is doing.
    """

    def __init__(self, handshake: LinkHandshake, work: Work) -> None:
        self._handshake = handshake
        self._work = work

    @property
    def occupied(self) -> bool:
        """Whether a question on the main shell must wait."""
        return self._work.occupied

    @property
    def is_cut(self) -> bool:
        """Whether no question reaches the kernel now."""
        return self._handshake.held or self._handshake.link == "lost"

    @property
    def answers_lists(self) -> bool:
        """Whether a busy kernel may say now which comms there are."""
        return self._handshake.answers_control is not False

    @property
    def answers_beside(self) -> bool:
        """Whether a busy kernel can say states now, beside its cell."""
        return self._work.kernel_info.has_subshells

    @property
    def channel(self) -> str:
        """The channel on which an answer comes soonest."""
        over_control = self._handshake.answers_control or self.occupied
        return "control" if over_control else "shell"

    def gave_no_answer(self) -> None:
        """Note that the kernel did not say in time which comms there are."""
        if self.occupied:
            self._handshake.control_is_silent()
