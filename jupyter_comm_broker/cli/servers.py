"""Which Jupyter server is meant, and what lets us in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from jupyter_comm_broker.cli.exits import CommandError, Exit

UNIX = "http+unix"
"""The scheme under which jupyter_server shows a server on a socket file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a server is."""

    scheme: str
    host: str
    """Its name or number; the socket's file where the scheme is ``http+unix``."""
    port: int | None = None
    base_url: str = "/"
    token: str = ""

    @property
    def url(self) -> str:
        """How people write it, without the token."""
        if self.scheme == UNIX:
            return f"{UNIX}://{self.host}{self.base_url}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = f":{self.port}" if self.port is not None else ""
        return f"{self.scheme}://{host}{port}{self.base_url}"


def address(url: str, token: str = "") -> Address:
    """
    Read a URL as a server prints it. A token of its own is taken if no other is given.

    Raises:
        CommandError: it is no URL of a server.
    """
    if "://" not in url:
        url = f"http://{url}"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise CommandError(Exit.USAGE, f"{url!r} is no URL: {error}") from error
    if parts.scheme not in ("http", "https", UNIX) or not parts.hostname:
        wanted = "http://HOST:PORT/, as jupyter server list prints it"
        raise CommandError(Exit.USAGE, f"{url!r} is not the URL of a server; give {wanted}")
    # Pages of the server are part of what people copy from the browser.
    path = parts.path
    for page in ("/lab", "/tree", "/notebooks", "/login"):
        if path.endswith(page) or f"{page}/" in path:
            path = path[: path.index(page)]
    base_url = "/" + path.strip("/") + "/" if path.strip("/") else "/"
    token = token or parse_qs(parts.query).get("token", [""])[0]
    # A socket's file is the host part, quoted; urlsplit would put it into lower case.
    host = unquote(parts.netloc) if parts.scheme == UNIX else parts.hostname
    return Address(scheme=parts.scheme, host=host, port=port, base_url=base_url, token=token)


def running() -> list[Mapping[str, Any]]:
    """Return what the running servers wrote down of themselves, as ``jupyter server list`` does."""
    # Half a second of imports, which nobody who names a URL and a token has to wait for.
    from jupyter_server.serverapp import list_running_servers

    return sorted(list_running_servers(), key=lambda info: str(info["url"]))


def choose(
    url: str | None,
    token: str | None,
    environment: Mapping[str, str],
    ask: Callable[[Sequence[str]], int] | None = None,
    find: Callable[[], Iterable[Mapping[str, Any]]] | None = None,
) -> Address:
    """
    Return the server that is meant.

    Args:
        url: what was said; else it is found.
        token: what was said; else what the URL has, ``JUPYTER_TOKEN`` (for a server that was
            named), or what the server wrote down.
        environment: of this process.
        ask: called with a line for each of several servers, returns which; without it nobody
            is there to be asked.
        find: returns what the running servers wrote down; else :func:`running` does.

    Raises:
        CommandError: there is none, or several and nobody to ask.
    """
    find = find or running
    told = environment.get("JUPYTER_TOKEN", "")
    # In a terminal of a server this names that server.
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
