"""
Why a server does not report, and why the fleet service does not take a report.

FleetError
├── FleetSettingError        a server or the service is told something that cannot be
└── ReportError              the fleet service does not take a server's report
    ├── MalformedReportError     it is no report, or one of its numbers is impossible
    ├── UnknownReporterError     the Hub does not know the token that came with it
    ├── NotOwnReportError        the token is not that of the server that it is about
    ├── TooManyReportsError      the server reports too often
    ├── FleetFullError           as many servers are kept as may be
    ├── OldReportError           it may have waited for long before it was read
    └── HubNotReachedError       the Hub cannot say now whose token it is

``fleet/service/intake.py`` gives them HTTP statuses.
"""

from __future__ import annotations

from jupyter_comm_broker.errors import CommBrokerError


class FleetError(CommBrokerError):
    """A report to a fleet service cannot be sent, or is not taken."""


class FleetSettingError(FleetError):
    """A server or the service is told something that cannot be."""


class ReportError(FleetError):
    """The fleet service does not take a server's report."""


class MalformedReportError(ReportError):
    """A report has a wrong shape, a wrong type, or an impossible number."""


class UnknownReporterError(ReportError):
    """A report comes without a token, or with one that the Hub does not know."""


class NotOwnReportError(ReportError):
    """
    A token may not report for a server.

    Args:
        owner: the owner of the token, as the Hub says.
        user: the user whose server the report is about.
        server_name: the name of that server; empty for the default server.
        why: what is missing.
    """

    def __init__(self, owner: str, user: str, server_name: str, why: str) -> None:
        self.owner, self.user, self.server_name = owner, user, server_name
        super().__init__(
            f"the token of {owner!r} may not report for the server {server_name!r} of {user!r}: "
            f"{why}"
        )


class TooManyReportsError(ReportError):
    """A server reports more often than once in ``seconds``."""

    def __init__(self, seconds: float) -> None:
        self.retry_after = seconds
        super().__init__(f"a server may report once in {seconds:g} s")


class FleetFullError(ReportError):
    """As many servers are kept as may be, of all users or of one."""

    def __init__(self, limit: int, whose: str) -> None:
        self.limit = limit
        super().__init__(f"{limit} servers of {whose} are the most that are kept")


class OldReportError(ReportError):
    """The service was held up, so that a report may have waited for long before it was read."""

    retry_after = 5
    """Seconds after which the server may report again."""

    def __init__(self) -> None:
        super().__init__("the service was held up, and does not know how old this report is")


class HubNotReachedError(ReportError):
    """The Hub cannot say now whose token it is: it is down, slow, or makes no sense."""

    retry_after = 30
    """Seconds after which a server may report again."""

    def __init__(self, why: str) -> None:
        super().__init__(f"the Hub does not say whose token it is: {why}")
