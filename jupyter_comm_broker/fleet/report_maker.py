"""Makes the reports of one server process, one after the other."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable

import jupyter_server

from jupyter_comm_broker.core.known import Known
from jupyter_comm_broker.fleet.destination import Destination
from jupyter_comm_broker.fleet.report import REASON, Report
from jupyter_comm_broker.fleet.summary import rounded, summed
from jupyter_comm_broker.inspection.health_views import SelfCheck
from jupyter_comm_broker.log_lines import one_line


class ReportMaker:
    """
    Makes the reports of one server process.

    Args:
        life: an id of the process.
        destination: the server's name at the Hub.
        check: says the version, and whether the broker is in the path.
        brokers: returns what is known of each kernel, without looking for other kernels.
        now: the time by the core's clock.
    """

    def __init__(
        self,
        life: str,
        destination: Destination,
        *,
        check: Callable[[], SelfCheck],
        brokers: Callable[[], Iterable[Known]],
        now: Callable[[], float],
    ) -> None:
        self._life = life
        self._destination = destination
        self._check = check
        self._brokers = brokers
        self._now = now
        self._began: float | None = None
        """When the first report was made. Before that, the event loop may not run."""
        self._made = 0

    def made(self, interval: float, *, ended: bool = False) -> Report:
        """
        Return a report of what there is now.

        Args:
            interval: within so many seconds the next report follows.
            ended: whether the server stops.
        """
        now, check = self._now(), self._check()
        began = self._began = now if self._began is None else self._began
        summary = summed(self._brokers(), now)
        number, self._made = self._made, self._made + 1
        reason = check["reason"]
        return Report(
            user=self._destination.user,
            server_name=self._destination.server_name,
            life=self._life,
            number=number,
            interval=interval,
            ended=ended,
            version=check["version"][:40],
            server_version=jupyter_server.__version__[:40],
            python=platform.python_version()[:40],
            in_path=check["in_path"],
            reason=None if reason is None else one_line(reason[:REASON])[:REASON],
            up_seconds=rounded(now - began),
            faults=summary.faults,
            kernels=summary.said_of_kernels(len(check["unlinked"])),
            pages=summary.said_of_pages(),
            comms=summary.said_of_comms(now),
            states=summary.said_of_states(),
        )
