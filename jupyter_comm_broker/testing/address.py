"""Reaches a server by a port of this machine or by a socket file, and asks its REST API."""

from __future__ import annotations

import http.client
import json
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit


class Reachable(Protocol):
    """What pages and readers must know of a server, whoever started it."""

    @property
    def port(self) -> int:
        """The port on loopback. It has no meaning if there is a socket file."""

    @property
    def token(self) -> str:
        """The token of the server's operator."""

    @property
    def base_url(self) -> str:
        """The beginning of every path on the server. It begins and ends with a slash."""

    @property
    def unix_socket(self) -> Path | None:
        """The socket file; ``None`` if the server listens on a port."""


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

        The server must listen already. The fixtures ``http_server_port`` and ``jp_http_port`` see
        to that.
        """
        return cls(
            port=urlsplit(serverapp.connection_url).port or serverapp.port,
            token=serverapp.identity_provider.token,
            base_url=serverapp.base_url,
        )


def host(server: Reachable) -> str:
    """
    Return the ``Host`` header of a request to a server.

    >>> host(Address(port=8888))
    '127.0.0.1:8888'
    """
    return f"127.0.0.1:{server.port}"


def path_of(server: Reachable, path: str) -> str:
    """
    Return a path of the API below a server's base URL.

    >>> path_of(Address(base_url="/user/anna/"), "/api/comms")
    '/user/anna/api/comms'
    """
    return server.base_url.rstrip("/") + path


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a request."""

    status: int
    body: Any
    """The decoded JSON; the text if the answer is no JSON."""


def ask(server: Reachable, method: str, path: str, body: Any = None, accept: str = "*/*") -> Answer:
    """
    Send a request to a server's REST API, and wait for the answer.

    Args:
        server: the server.
        method: the HTTP method.
        path: the path below the server's base URL.
        body: the body, which is sent as JSON; ``None`` for no body.
        accept: the media type that the answer should have.

    Returns:
        The answer, whatever its status.

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
