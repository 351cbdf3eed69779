"""HTTP requests to one server. Whatever goes wrong is reported in one line."""

from __future__ import annotations

import json
import secrets
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.parse import quote, urlencode

from jupyter_comm_broker.cli.exits import CommandError, Exit, RefusalError
from jupyter_comm_broker.cli.servers.address import UNIX, Address
from jupyter_comm_broker.cli.wording import LONG, printable

Query = Mapping[str, object]

PATIENCE = 30.0
"""Seconds that a server may take to answer a request that needs no kernel."""

PAGE = 1000
"""Comms on a page: the most that the API allows."""

FORBIDDEN = ("not authorized", "HiddenContentError")
"""The reasons of a 403 for a user whose token is right."""

OURS = "Error"
"""The end of the reasons of the broker's own errors: their class names."""


class Client:
    """A client of one server."""

    def __init__(self, address: Address, *, patience: float = PATIENCE) -> None:
        self.address = address
        self._patience = patience

    def ask(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: Any = None,
        accept: str = "application/json",
        patience: float | None = None,
    ) -> Any:
        """
        Return the JSON of an answer; ``None`` if the answer has no body.

        Args:
            method: the HTTP method.
            path: the path below the base URL, with each part quoted.
            query: the parameters. Those that are ``None`` are left out.
            body: the body, which is sent as JSON.
            accept: the media type of the answer.
            patience: seconds to wait for the answer; by default those of the client.

        Raises:
            CommandError: no server answers, or one that is no Jupyter server.
            RefusalError: the answer is an error.
        """
        with self.open(
            method, path, query=query, body=body, accept=accept, patience=patience
        ) as response:
            data = response.read()
        if not data:
            return None
        try:
            return json.loads(data)
        except ValueError as error:
            raise self._not_jupyter(path) from error

    def get(self, path: str, **query: object) -> Any:
        """Return the JSON that answers a ``GET``."""
        return self.ask("GET", path, query=query)

    def get_changed(self, path: str, tag: str) -> tuple[Any, str]:
        """
        Return the JSON that answers a ``GET``, if it is another than before.

        Args:
            path: the path below the base URL, with each part quoted.
            tag: the tag of the answer before; empty for none.

        Returns:
            The JSON and its tag; ``None`` and the same tag if nothing has changed.

        Raises:
            CommandError: see :meth:`ask`.
        """
        headers = {"If-None-Match": tag} if tag else {}
        try:
            with self.open("GET", path, headers=headers) as response:
                data, new = response.read(), response.headers.get("ETag") or ""
        except RefusalError as error:
            if error.status == HTTPStatus.NOT_MODIFIED:
                return None, tag
            raise
        try:
            return json.loads(data), new
        except ValueError as error:
            raise self._not_jupyter(path) from error

    def pages(
        self, path: str, query: Query, limit: int | None = None, *, of: str = "comms"
    ) -> tuple[list[Any], int]:
        """
        Return the comms of a list, or what else it lists, page after page.

        Args:
            path: the list's path.
            query: the parameters, without those for pages.
            limit: the most comms to return; ``None`` for all.
            of: the name of what it lists.

        Returns:
            The comms, and how many the list has.

        Raises:
            CommandError: see :meth:`ask`.
        """
        comms: list[Any] = []
        cursor, total = None, 0
        while limit is None or len(comms) < limit:
            size = PAGE if limit is None else min(PAGE, limit - len(comms))
            page = self.get(path, **{**query, "limit": size, "cursor": cursor})
            comms += page[of]
            cursor, total = page["next"], page["total"]
            if cursor is None:
                break
        return comms, total

    @contextmanager
    def open(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: Any = None,
        accept: str = "application/json",
        headers: Mapping[str, str] | None = None,
        patience: float | None = None,
    ) -> Iterator[HTTPResponse]:
        """
        Send a request, and yield its answer, which can be read piece by piece.

        Args:
            method: the HTTP method.
            path: the path below the base URL, with each part quoted.
            query: the parameters. Those that are ``None`` are left out.
            body: the body, which is sent as JSON.
            accept: the media type of the answer.
            headers: further headers of the request.
            patience: seconds to wait for the answer; by default those of the client.

        Raises:
            CommandError: no server answers, or one that is no Jupyter server.
            RefusalError: the answer is an error.
        """
        connection = self._connection(self._patience if patience is None else patience)
        target = self.address.base_url.rstrip("/") + path + _written(query or {})
        data = None if body is None else json.dumps(body).encode()
        try:
            own = self._headers(data, accept)
            connection.request(method, target, body=data, headers={**own, **(headers or {})})
            # Closed on its own: a response without a length owns the connection's socket.
            with connection.getresponse() as response:
                if response.status >= 300:
                    raise self._refusal(path, response.status, response.read())
                yield response
        except TimeoutError as error:
            message = f"{self.address.url} did not answer in time; try jupyter comms status"
            raise CommandError(Exit.NO_SERVER, message) from error
        except (OSError, HTTPException) as error:
            why = printable(str(error)) or type(error).__name__
            advice = "is it running? jupyter server list shows the servers that run"
            raise CommandError(
                Exit.NO_SERVER, f"cannot reach {self.address.url} ({why}); {advice}"
            ) from error
        finally:
            connection.close()

    def _connection(self, patience: float) -> HTTPConnection:
        address = self.address
        if address.scheme == UNIX:
            return _SocketFile(address.host, patience)
        kind = HTTPSConnection if address.scheme == "https" else HTTPConnection
        return kind(address.host, address.port, timeout=patience)

    def _headers(self, data: bytes | None, accept: str) -> dict[str, str]:
        headers = {"Accept": accept}
        if data is not None:
            headers["Content-Type"] = "application/json"
        if self.address.token:
            headers["Authorization"] = f"token {self.address.token}"
        else:
            # A server without tokens wants proof that no other site's page sends the request.
            proof = secrets.token_hex(16)
            headers |= {"Cookie": f"_xsrf={proof}", "X-XSRFToken": proof}
        return headers

    def _refusal(self, path: str, status: int, data: bytes) -> CommandError:
        try:
            problem = json.loads(data)
        except ValueError:
            problem = {}
        if not isinstance(problem, dict):
            problem = {}
        reason = str(problem.get("reason") or "")
        message = printable(str(problem.get("message") or reason or f"status {status}"), LONG)
        if status == 404 and not reason.endswith(OURS):
            return RefusalError(status, self._no_broker(path), problem)
        if status in (301, 302, 401, 403) and reason not in FORBIDDEN:
            advice = "give its token with --token or JUPYTER_TOKEN"
            return RefusalError(403, f"{self.address.url} denies access; {advice}", problem)
        if status >= 500 and not reason.endswith(OURS) and status not in (503, 504):
            message = f"{self.address.url} failed ({message}); its log says why"
        return RefusalError(status, message, problem)

    def _no_broker(self, path: str) -> str:
        url = self.address.url
        return (
            f"{url} has no {path}: jupyter_comm_broker is not on there, or is too old; "
            "check with jupyter server extension list"
        )

    def _not_jupyter(self, path: str) -> CommandError:
        message = f"{self.address.url} does not answer {path} as a Jupyter server; check --url"
        return CommandError(Exit.NO_SERVER, message)


class _SocketFile(HTTPConnection):
    """HTTP over a socket file."""

    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        """Connect."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def step(text: str) -> str:
    """Return a text quoted as one part of a path."""
    return quote(text, safe="")


def comm_path(kernel_id: str, comm_id: str) -> str:
    """Return the path of a comm."""
    return f"/api/kernels/{step(kernel_id)}/comms/{step(comm_id)}"


def runs_path(kernel_id: str) -> str:
    """Return the path of the list of a kernel's runs."""
    return f"/api/kernels/{step(kernel_id)}/requests"


def _written(query: Query) -> str:
    found = {name: _word(value) for name, value in query.items() if value is not None}
    return f"?{urlencode(found)}" if found else ""


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
