"""Finds the Jupyter server and its token."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from jupyter_comm_broker.cli.exits import CommandError, Exit
from jupyter_comm_broker.cli.servers.running import running_servers
from jupyter_comm_broker.protocol.base_path import base_path

UNIX = "http+unix"
"""The scheme in the URL of a server that listens on a socket file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """The address and the token of a server."""

    scheme: str
    host: str
    """The host's name or number. With the scheme ``http+unix``, the path of the socket file."""
    port: int | None = None
    base_url: str = "/"
    token: str = ""

    @property
    def url(self) -> str:
        """The URL as people write it, without the token."""
        if self.scheme == UNIX:
            return f"{UNIX}://{self.host}{self.base_url}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = f":{self.port}" if self.port is not None else ""
        return f"{self.scheme}://{host}{port}{self.base_url}"


def address(url: str, token: str = "") -> Address:
    """
    Return the address in a URL as a server prints it. If no token is given, the URL's is taken.

    Raises:
        CommandError: the URL is not that of a server.
    """
    if "://" not in url:
        url = f"http://{url}"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise CommandError(Exit.USAGE, f"{url!r} is not a URL: {error}") from error
    if parts.scheme not in ("http", "https", UNIX) or not parts.hostname:
        wanted = "http://HOST:PORT/, as jupyter server list prints it"
        raise CommandError(Exit.USAGE, f"{url!r} is not the URL of a server; give {wanted}")
    base_url = base_path(parts.path) + "/"
    token = token or parse_qs(parts.query).get("token", [""])[0]
    # The path of a socket file is the quoted host. urlsplit would put it into lower case.
    host = unquote(parts.netloc) if parts.scheme == UNIX else parts.hostname
    return Address(scheme=parts.scheme, host=host, port=port, base_url=base_url, token=token)


def choose(
    url: str | None,
    token: str | None,
    environment: Mapping[str, str],
    ask: Callable[[Sequence[str]], int] | None = None,
    find: Callable[[], Iterable[Mapping[str, Any]]] | None = None,
) -> Address:
    """
    Return the server that a command is for.

    Args:
        url: the URL that was given. Without one, ``JUPYTER_SERVER_URL`` or a running server is
            taken.
        token: the token that was given. Without one, it is taken from the URL, from
            ``JUPYTER_TOKEN``, or from the file of the running server.
        environment: the environment variables.
        ask: called with a line for each of several servers, and returns the index of the chosen
            one. Without it nobody can be asked.
        find: returns what the running servers wrote into their files; by default
            :func:`running_servers`.

    Raises:
        CommandError: there is no server, or there are several and nobody can be asked.
    """
    find = find or running_servers
    told = environment.get("JUPYTER_TOKEN", "")
    # A terminal that runs in a server has this variable set to that server.
    url = url or environment.get("JUPYTER_SERVER_URL") or None
    if url is not None:
        meant = address(url, token or "")
        if not meant.token:
            meant = replace(meant, token=told)
        return meant if meant.token else _with_written_token(meant, find())
    found = list(find())
    if not found:
        advice = "start one (jupyter lab), or name one with --url and --token"
        raise CommandError(Exit.NO_SERVER, f"no Jupyter server is running here; {advice}")
    lines = [f"{info['url']} :: {info.get('root_dir', '')}" for info in found]
    if len(found) == 1:
        chosen = found[0]
    elif ask is not None:
        chosen = found[ask(lines)]
    else:
        urls = ", ".join(str(info["url"]) for info in found)
        message = f"{len(found)} servers run here; choose by --url: {urls}"
        raise CommandError(Exit.NO_SERVER, message)
    return address(str(chosen["url"]), token or str(chosen.get("token") or told))


def _with_written_token(meant: Address, found: Iterable[Mapping[str, Any]]) -> Address:
    for info in found:
        written = address(str(info["url"]), str(info.get("token") or ""))
        if written.url == meant.url or _same_place(written, meant):
            return written
    return meant


def _same_place(one: Address, other: Address) -> bool:
    local = ("localhost", "127.0.0.1", "::1")
    return (
        one.host in local
        and other.host in local
        and (one.scheme, one.port, one.base_url) == (other.scheme, other.port, other.base_url)
    )
