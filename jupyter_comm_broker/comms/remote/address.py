"""The address of a Jupyter server, and the token that a program shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from jupyter_comm_broker.protocol.base_path import base_path


@dataclass(frozen=True, slots=True)
class Address:
    """
    A server's URL and token.

    >>> here = Address.of("http://localhost:8888/lab?token=abc")
    >>> here.url, here.token
    ('http://localhost:8888', 'abc')
    >>> Address.of("https://hub/user/ann/", "abc").channels("k", "s")
    'wss://hub/user/ann/api/kernels/k/channels?session_id=s'
    """

    url: str
    token: str = field(repr=False)

    @classmethod
    def of(cls, url: str, token: str = "") -> Address:
        """
        Return the address in a URL as ``jupyter server list`` prints it.

        Raises:
            ValueError: the URL is not an http or https URL.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError(f"{url!r} is no http or https URL of a Jupyter server")
        given = parse_qs(parts.query).get("token", [""])[0]
        url = f"{parts.scheme}://{parts.netloc}{base_path(parts.path)}"
        return cls(url, token or given)

    @property
    def headers(self) -> dict[str, str]:
        """The headers of each request."""
        return {"Authorization": f"token {self.token}"} if self.token else {}

    def api(self, *path: str, **query: str) -> str:
        """Return a URL below ``/api``. The parts of the path are quoted."""
        steps = "/".join(quote(step, safe="") for step in path)
        return f"{self.url}/api/{steps}" + (f"?{urlencode(query)}" if query else "")

    def channels(self, kernel_id: str, session_id: str) -> str:
        """Return the URL of a kernel's WebSocket."""
        url = self.api("kernels", kernel_id, "channels", session_id=session_id)
        return "ws" + url.removeprefix("http")
