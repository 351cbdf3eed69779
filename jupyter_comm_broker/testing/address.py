"""How a server is reached, by a port of this machine or a socket file, and asked."""

from __future__ import annotations

import http.client
import json
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit


class Reachable(Protocol):
    """What pages and readers have to know of a server, be it ours or somebody else's."""

    @property
    def port(self) -> int:
        """The port on loopback; of no meaning beside a socket file."""

    @property
    def token(self) -> str:
        """What lets the operator in."""

    @property
    def base_url(self) -> str:
        """The path that every path begins with; begins and ends with a slash."""

    @property
    def unix_socket(self) -> Path | None:
        """The socket file, if the server listens there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A server that somebody else has started."""

    port: int = 0
    token: str = ""
    base_url: str = "/"
    unix_socket: Path | None = None

    @classmethod
    def of(cls, serverapp: Any) -> Address:
        """
        Return the address of a server in this process: pytest-jupyter's ``jp_serverapp``.

        It has to listen; depend on ``http_server_port`` or ``jp_http_port`` to be sure.
        """
        return cls(
            port=urlsplit(serverapp.connection_url).port or serverapp.port,
            token=serverapp.identity_provider.token,
            base_url=serverapp.base_url,
        )


def host(server: Reachable) -> str:
    """
    Return what a request names as its host.

    >>> host(Address(port=8888))
    '127.0.0.1:8888'
    """
    return f"127.0.0.1:{server.port}"


def path_of(server: Reachable, path: str) -> str:
    """
    Return a path of the API as this server has it.

    >>> path_of(Address(base_url="/user/anna/"), "/api/comms")
    '/user/anna/api/comms'
    """
    return server.base_url.rstrip("/") + path


@dataclass(frozen=True, slots=True)
class Answer:
    """What REST answered."""

    status: int
    body: Any
    """The JSON, or the text where it is none."""


def ask(server: Reachable, method: str, path: str, body: Any = None, accept: str = "*/*") -> Answer:
    """
    Ask the REST API of a server, and wait for the answer, whatever its status is.

    Args:
        server: that is asked.
        method: of HTTP.
        path: below the server's base URL.
        body: is sent as JSON, unless it is ``None``.
        accept: the media type that is wanted.

    Raises:
        OSError: there is no server, or it does not answer within 30 s.
    """
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        if server.unix_socket is not None:
            connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.sock.connect(str(server.unix_socket))
        connection.request(
            method,
            path_of(server, path),
            body=None if body is None else json.dumps(body),
            headers={"Authorization": f"token {server.token}", "Accept": accept},
        )
        response = connection.getresponse()
        data = response.read()
    finally:
        connection.close()
    is_json = response.headers.get_content_type().endswith("json")
    return Answer(response.status, json.loads(data) if data and is_json else data.decode())
