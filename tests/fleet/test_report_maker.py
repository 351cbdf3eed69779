"""Each report says what there is now, and which of the process's reports it is."""

from __future__ import annotations

from jupyter_comm_broker._version import __version__
from jupyter_comm_broker.fleet.destination import Destination
from jupyter_comm_broker.fleet.report import REASON, decoded, encoded
from jupyter_comm_broker.fleet.report_maker import ReportMaker
from jupyter_comm_broker.inspection.health_views import SelfCheck
from tests.core.room import Room

WHERE = Destination(url="http://hub/", user="ann", server_name="two", token="t")


def check(reason: str | None = None) -> SelfCheck:
    return {
        "version": __version__,
        "in_path": reason is None,
        "mode": "broker" if reason is None else "observer",
        "reason": reason,
        "connection_class": None,
        "limits": {},
        "strategies": [],
        "unlinked": {"k": "no ports"},
    }


def maker(*rooms: Room, reason: str | None = None) -> ReportMaker:
    return ReportMaker(
        "life",
        WHERE,
        check=lambda: check(reason),
        brokers=lambda: [room.broker.known for room in rooms],
        now=lambda: max((room.now for room in rooms), default=0.0),
    )


def test_reports_are_numbered_and_grow_old_with_the_process() -> None:
    room = Room()
    made = maker(room)
    first = made.made(30.0)
    room.page("a")
    room.wait(60.0)
    second = made.made(30.0, ended=True)
    assert [(each.number, each.up_seconds, each.ended) for each in (first, second)] == [
        (0, 0.0, False),
        (1, 60.0, True),
    ]
    assert (first.pages.attached, second.pages.attached) == (0, 1)
    assert (second.user, second.server_name, second.life) == ("ann", "two", "life")
    assert (second.version, second.interval, second.kernels.unlinked) == (__version__, 30.0, 1)
    assert decoded(encoded(second)) == second


def test_it_says_whether_the_broker_is_in_the_path_and_why_not_in_one_short_line() -> None:
    assert maker().made(1.0).in_path
    report = maker(reason="because\n[W] of this" + "x" * 1000).made(1.0)
    assert not report.in_path
    assert report.reason is not None
    assert report.reason.startswith("because\\n[W] of this")
    assert len(report.reason) == REASON
    assert decoded(encoded(report)) == report
