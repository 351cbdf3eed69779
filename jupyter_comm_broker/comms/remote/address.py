"""Where a Jupyter server is, and how a program shows that it may come in."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, urlencode, urlsplit


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
        Return the address that a URL names, as ``jupyter server list`` prints it.

        Raises:
            ValueError: it is no http or https URL.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError(f"{url!r} is no http or https URL of a Jupyter server")
        path = parts.path.rstrip("/")
        for page in ("/lab", "/tree"):
            path = path.removesuffix(page)
        given = parse_qs(parts.query).get("token", [""])[0]
        return cls(f"{parts.scheme}://{parts.netloc}{path}", token or given)

    @property
    def headers(self) -> dict[str, str]:
        """What each request carries."""
        return {"Authorization": f"token {self.token}"} if self.token else {}

    def api(self, *path: str, **query: str) -> str:
        """Return the URL of something below ``/api``."""
        steps = "/".join(quote(step, safe="") for step in path)
        return f"{self.url}/api/{steps}" + (f"?{urlencode(query)}" if query else "")

    def channels(self, kernel_id: str, session_id: str) -> str:
        """Return the URL of a kernel's WebSocket."""
        url = self.api("kernels", kernel_id, "channels", session_id=session_id)
        return "ws" + url.removeprefix("http")
