"""Reports as servers make them, for tests of who reads them."""

from __future__ import annotations

from typing import Any

from jupyter_comm_broker.fleet.report import Comms, Kernels, Pages, Report, States

TYPICAL = {
    "life": "one",
    "number": 0,
    "interval": 20.0,
    "version": "0.1.0",
    "server_version": "2.21.1",
    "python": "3.11.7",
    "in_path": True,
    "up_seconds": 3_700.0,
    "kernels": Kernels(running=2, busy=1, busy_seconds=75.0),
    "pages": Pages(attached=2, waiting_bytes=2_048),
    "comms": Comms(open=30, oldest_seconds=600.0, targets={"jupyter.widget": 30}),
    "states": States(clean=28, dirty=1, unknown=1, bytes=1_500_000),
}


def report(user: str = "ann", **said: Any) -> Report:
    """Return a report of a server with two kernels, in which something may be different."""
    return Report(user=user, **{**TYPICAL, **said})
