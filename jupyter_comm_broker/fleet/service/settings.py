"""What the service is told: by its Hub's environment, and by the words of its command."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from jupyter_comm_broker._version import __version__
from jupyter_comm_broker.fleet.refusals import FleetSettingError
from jupyter_comm_broker.fleet.service.roster import MOST

ABOUT = """\
Show the comms of all servers of a JupyterHub on one page for its admins.

The Hub starts this command as a service, and tells it the rest by environment. The service holds no
key to any server. Servers report to it if JUPYTER_COMM_FLEET_URL is set for them.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the service is told."""

    host: str
    """The address to listen on."""
    port: int
    prefix: str
    """The beginning of the service's own paths."""
    api_url: str
    """The URL of the Hub's API."""
    users_at: str
    """The address that a user's name is added to."""
    most: int = MOST
    groups: Sequence[str] = ()
    current: str = __version__


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command's arguments."""
    made = argparse.ArgumentParser(
        prog="jupyter-comm-fleet",
        description=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    made.add_argument("--version", action="version", version=__version__)
    made.add_argument(
        "--most-servers",
        type=int,
        default=MOST,
        metavar="N",
        help="servers that are kept (%(default)s)",
    )
    made.add_argument(
        "--group",
        action="append",
        default=[],
        metavar="NAME",
        help="a group whose members see the page, if they may access the service; may be repeated",
    )
    made.add_argument(
        "--current",
        default=__version__,
        metavar="VERSION",
        help="servers with an older version of the broker are marked (%(default)s)",
    )
    return made


def settings(words: Sequence[str] | None, environment: Mapping[str, str]) -> Settings:
    """
    Return what the service is told.

    Args:
        words: the command's arguments; ``None`` for those of this process.
        environment: the environment.

    Raises:
        FleetSettingError: it is not the environment of a Hub's service with a URL.
    """
    told = parser().parse_args(words)
    if told.most_servers < 1:
        raise FleetSettingError("--most-servers is at least 1")
    missing = [
        name
        for name in ("JUPYTERHUB_API_URL", "JUPYTERHUB_SERVICE_PREFIX", "JUPYTERHUB_SERVICE_URL")
        if not environment.get(name)
    ]
    if missing:
        raise FleetSettingError(
            f"the environment has no {', no '.join(missing)}: a JupyterHub starts this command, as "
            f"a service with a url; see docs/how-to/watch-a-hub.md"
        )
    try:
        where = urlsplit(environment["JUPYTERHUB_SERVICE_URL"])
        host, port = where.hostname, where.port
    except ValueError as error:
        raise FleetSettingError(f"the service's url makes no sense: {error}") from error
    if where.scheme != "http" or not host or not port:
        raise FleetSettingError("the service's url is not like http://127.0.0.1:10101")
    base_url = environment.get("JUPYTERHUB_BASE_URL") or "/"
    hub_host = environment.get("JUPYTERHUB_HOST", "")
    # With a domain for each user, only the Hub knows where a server is.
    users_at = f"{hub_host}{base_url}hub/user/" if hub_host else f"{base_url}user/"
    return Settings(
        host=host,
        port=port,
        prefix=environment["JUPYTERHUB_SERVICE_PREFIX"],
        api_url=environment["JUPYTERHUB_API_URL"],
        users_at=users_at,
        most=told.most_servers,
        groups=tuple(told.group),
        current=told.current,
    )
