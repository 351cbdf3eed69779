"""Where a server reports, and as whom. A JupyterHub tells each of its servers by environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from jupyter_comm_broker.fleet.refusals import FleetSettingError

URL = "JUPYTER_COMM_FLEET_URL"
"""The variable by which a Hub's configuration tells all servers where to report."""

TOKEN, USER, SERVER_NAME = "JUPYTERHUB_API_TOKEN", "JUPYTERHUB_USER", "JUPYTERHUB_SERVER_NAME"
"""The variables that a Hub sets itself."""

REPORTS = "api/reports"
"""The path of reports below the service's URL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """The service's address, and the server's name and key at the Hub."""

    url: str
    """Where reports are sent."""
    user: str
    server_name: str
    token: str = field(repr=False)
    """The server's own token. The Hub says to the service whose it is."""


def destination(url: str, environment: Mapping[str, str]) -> Destination:
    """
    Return where a server reports.

    Args:
        url: the URL of the fleet service, as ``http://hub:10101/services/fleet/``.
        environment: the server's environment.

    Raises:
        FleetSettingError: the URL is none, or no Hub has started this server.
    """
    try:
        parts = urlsplit(url)
        there = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        parts, there = urlsplit(""), None
    if not there or parts.query or parts.fragment or "@" in parts.netloc:
        raise FleetSettingError(
            f"{url!r} is not the URL of a fleet service; it should be like "
            f"http://hub:10101/services/fleet/"
        )
    missing = [name for name in (TOKEN, USER) if not environment.get(name)]
    if missing:
        raise FleetSettingError(
            f"the environment has no {' and no '.join(missing)}: only a server that a JupyterHub "
            f"has started can report to {url}"
        )
    return Destination(
        url=f"{url.rstrip('/')}/{REPORTS}",
        user=environment[USER],
        server_name=environment.get(SERVER_NAME, ""),
        token=environment[TOKEN],
    )
