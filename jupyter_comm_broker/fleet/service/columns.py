"""
The columns of the fleet page: what each shows of a server, and by what it is sorted.

A cell is a text, the number or text to sort by, and a mark that says what is odd. Browsers only
place these, so that page and script cannot differ.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from jupyter_comm_broker.fleet.service.roster import Row
from jupyter_comm_broker.fleet.service.wording import duration, is_older, size, version_order

BAD, OLD, SILENT = "bad", "old", "silent"
"""Marks: something to look at, an old version, and a server that does not report."""

LONG_TARGETS = 3
"""Targets that are shown in a cell. The others are counted."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell."""

    text: str
    order: float | str
    mark: str = ""
    more: str = ""
    """What is shown on hovering."""

    def sent(self) -> list[Any]:
        """Return it as the script gets it."""
        return [self.text, self.order, self.mark, self.more]


@dataclass(frozen=True, slots=True)
class Sight:
    """What the service knows beside the reports."""

    current: str
    """The version that servers should have."""
    boot: float
    """What to add to the clock of the reports for seconds since 1970."""
    users_at: str
    """The address that a user's name is added to, as ``/user/``."""


Shown = Callable[[Row, Sight], Cell]


@dataclass(frozen=True, slots=True)
class Column:
    """One column."""

    title: str
    about: str
    shown: Shown
    is_number: bool = False


def _number(count: int, mark: str = "", more: str = "") -> Cell:
    return Cell(str(count), count, mark if count else "", more)


def _user(row: Row, sight: Sight) -> Cell:
    text = " / ".join(filter(None, row.key))
    return Cell(text, text.casefold())


def _version(row: Row, sight: Sight) -> Cell:
    report = row.report
    old = is_older(report.version, sight.current)
    more = f"jupyter_server {report.server_version}, Python {report.python}"
    if old:
        more = f"older than {sight.current}; {more}"
    # Sorted by what a version means, "0.10" after "0.9".
    parts = version_order(report.version)
    order = "".join(f"{number:012}" for number in (*parts.release, 0, 0, 0)[:3])
    return Cell(
        report.version, f"{order}{0 if parts.is_prerelease else 1}", OLD if old else "", more
    )


def _path(row: Row, sight: Sight) -> Cell:
    if row.report.in_path:
        return Cell("yes", "yes")
    return Cell("no", "no", BAD, row.report.reason or "no reason given")


def _kernels(row: Row, sight: Sight) -> Cell:
    kernels = row.report.kernels
    if not kernels.unlinked:
        return _number(kernels.running)
    text = f"{kernels.running} + {kernels.unlinked}"
    more = f"{kernels.unlinked} cannot be connected to"
    return Cell(text, kernels.running + kernels.unlinked, BAD, more)


def _busy(row: Row, sight: Sight) -> Cell:
    kernels = row.report.kernels
    if not kernels.busy:
        return Cell("", 0)
    text = f"{kernels.busy} ({duration(kernels.busy_seconds)})"
    return Cell(text, kernels.busy_seconds or 0.1, more="the longest running request")


def _pages(row: Row, sight: Sight) -> Cell:
    pages = row.report.pages
    more = f"{pages.away} more are away, and waited for" if pages.away else ""
    return _number(pages.attached, more=more)


def _waiting(row: Row, sight: Sight) -> Cell:
    count = row.report.pages.waiting_bytes
    return Cell(size(count) if count else "", count)


def _comms(row: Row, sight: Sight) -> Cell:
    return _number(row.report.comms.open)


def _targets(row: Row, sight: Sight) -> Cell:
    targets = sorted(row.report.comms.targets.items(), key=lambda each: (-each[1], each[0]))
    names = [name or '""' for name, _ in targets]
    text = ", ".join(names[:LONG_TARGETS])
    if len(names) > LONG_TARGETS:
        text += f" and {len(names) - LONG_TARGETS} more"
    more = ", ".join(f"{name or chr(34) * 2}: {count}" for name, count in targets)
    return Cell(text, text.casefold(), more=more)


def _oldest(row: Row, sight: Sight) -> Cell:
    comms = row.report.comms
    if not comms.open:
        return Cell("", 0)
    more = f"the last message on a comm passed {duration(comms.quiet_seconds)} before the report"
    return Cell(duration(comms.oldest_seconds), comms.oldest_seconds, more=more)


def _doubtful(row: Row, sight: Sight) -> Cell:
    states = row.report.states
    more = (
        f"{states.clean} are confirmed, {states.dirty} dirty, {states.unknown} unknown, "
        f"{states.too_large} too large to keep"
    )
    return _number(row.report.doubtful, BAD, more)


def _state_bytes(row: Row, sight: Sight) -> Cell:
    count = row.report.states.bytes
    return Cell(size(count) if count else "", count)


def _faults(row: Row, sight: Sight) -> Cell:
    return _number(row.report.faults, BAD, "errors of the broker itself; its log says more")


def _up(row: Row, sight: Sight) -> Cell:
    return Cell(duration(row.report.up_seconds), row.report.up_seconds)


def _heard(row: Row, sight: Sight) -> Cell:
    at = row.heard_at + sight.boot
    text = time.strftime("%H:%M:%S", time.localtime(at))
    if row.silent:
        return Cell(f"{text}, silent", at, SILENT, "no report since then; the numbers are old")
    return Cell(text, at)


COLUMNS = (
    Column("User", "whose server it is, with a link to its dashboard", _user),
    Column("Version", "the version of the broker", _version),
    Column("In path", "whether pages are connected through the broker", _path),
    Column("Kernels", "kernels that run", _kernels, is_number=True),
    Column(
        "Busy",
        "kernels that run a request, and for how long the longest has run",
        _busy,
        is_number=True,
    ),
    Column("Pages", "pages that are attached", _pages, is_number=True),
    Column("Waiting", "what waits for pages", _waiting, is_number=True),
    Column("Comms", "comms that are open", _comms, is_number=True),
    Column("Targets", "the targets with the most comms", _targets),
    Column("Oldest", "the age of the oldest comm", _oldest, is_number=True),
    Column("Doubtful", "states that may differ from the kernel's", _doubtful, is_number=True),
    Column("States", "the size of all mirrored states", _state_bytes, is_number=True),
    Column("Faults", "errors of the broker itself", _faults, is_number=True),
    Column("Up", "for how long the server has run", _up, is_number=True),
    Column(
        "Last report", "when the latest report came, by the service's clock", _heard, is_number=True
    ),
)
"""The columns, from left to right."""


def cells(row: Row, sight: Sight) -> list[Cell]:
    """Return a server's cells."""
    return [column.shown(row, sight) for column in COLUMNS]


def name(key: tuple[str, str]) -> str:
    """Return the name of a row. No user's name has a slash."""
    return "/".join(key)


def dashboard(row: Row, sight: Sight) -> str:
    """Return the address of a server's own dashboard. The Hub asks there for access."""
    path = quote(row.report.user, safe="@~")
    if row.report.server_name:
        path += f"/{quote(row.report.server_name, safe='@~')}"
    return f"{sight.users_at}{path}/comm-broker"


def totals(rows: list[Row], sight: Sight) -> Mapping[str, str]:
    """Return the sums over all servers."""
    reports = [row.report for row in rows]
    return {
        "servers": str(len(rows)),
        "silent": str(sum(row.silent for row in rows)),
        "kernels": str(sum(report.kernels.running for report in reports)),
        "pages": str(sum(report.pages.attached for report in reports)),
        "comms": str(sum(report.comms.open for report in reports)),
        "doubtful states": str(sum(report.doubtful for report in reports)),
        "states": size(sum(report.states.bytes for report in reports)),
        "not in path": str(sum(not report.in_path for report in reports)),
        "old versions": str(sum(is_older(report.version, sight.current) for report in reports)),
    }
