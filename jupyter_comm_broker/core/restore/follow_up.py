"""What follows when a page was given comms from the mirror."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from jupyter_comm_broker.core.kernel.verification import Verification
from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.core.restore.catch_up import CatchUps
from jupyter_comm_broker.core.state.comm_record import CommRecord


class FollowUp:
    """
    Tells the page later what it misses, and has the answer checked.

    Args:
        catch_ups: tells the page what changes while it builds its models.
        verification: asks the kernel.
    """

    def __init__(self, catch_ups: CatchUps, verification: Verification) -> None:
        self._catch_ups = catch_ups
        self._verification = verification

    def given(self, frontend: Frontend, records: Sequence[CommRecord], now: float) -> None:
        """
        Note that a page was given comms.

        Args:
            frontend: the page.
            records: the comms.
            now: the time.
        """
        self._catch_ups.began(frontend, {each.comm_id for each in records}, now)
        self._verification.restored(records, now)

    def wanted(self, comm_ids: Iterable[str], now: float) -> None:
        """Note that a page waits for these comms, which it could not be given."""
        self._verification.wanted(comm_ids, now)
