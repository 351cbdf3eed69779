"""
Asks the Hub whose token a report comes with. The service needs no right for that.

Answers are kept for some minutes, by the token's hash. At most some questions are on their way.
So strangers who send many tokens cannot overload the Hub, or the memory of the service.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec
from tornado.httpclient import HTTPRequest
from tornado.simple_httpclient import SimpleAsyncHTTPClient

from jupyter_comm_broker.fleet.refusals import (
    HubNotReachedError,
    NotOwnReportError,
    UnknownReporterError,
)

KNOWN = 300.0
"""Seconds for which the Hub's answer holds: as long as JupyterHub's own services keep it."""

UNKNOWN = 30.0
"""Seconds for which a token stays unknown. The Hub may learn of it meanwhile."""

MOST_KEPT = 10_000
"""Answers that are kept: two for each server that the page has room for. They take 10 MB."""

AT_ONCE = 10
"""Questions to the Hub at a time."""

MOST_WAITING = 500
"""
Reports that wait for such a question.

After a restart of the service, a thousand servers report within 25 s.
"""

PATIENCE = 10.0
"""Seconds that the Hub may take."""

MOST_ANSWER = 256 * 1024
"""Bytes of an answer. A user in a thousand groups has 100 kB."""


class Owner(msgspec.Struct, frozen=True):
    """The owner of a token, as the Hub describes it."""

    name: str
    kind: str = "user"
    scopes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class _Answer:
    owner: Owner | None
    until: float


class Owners:
    """
    Knows the owners of tokens.

    Args:
        api_url: the URL of the Hub's API.
        clock: a clock that is never set.
    """

    def __init__(self, api_url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = f"{api_url.rstrip('/')}/user"
        self._clock = clock
        self._answers: OrderedDict[bytes, _Answer] = OrderedDict()
        self._asking: dict[bytes, asyncio.Task[Owner | None]] = {}
        self._client: SimpleAsyncHTTPClient | None = None
        self._turns = asyncio.Semaphore(AT_ONCE)
        self.asked = 0
        """How many questions the Hub was asked."""

    async def owner(self, token: str) -> Owner:
        """
        Return the owner of a token.

        Raises:
            UnknownReporterError: the Hub does not know the token.
            HubNotReachedError: the Hub does not answer, or there are too many questions already.
        """
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        kept = self._answers.get(digest)
        if kept is not None and kept.until > self._clock():
            found = kept.owner
        else:
            found = await asyncio.shield(self._question(digest, token))
        if found is None:
            raise UnknownReporterError("the Hub does not know this token")
        return found

    def _question(self, digest: bytes, token: str) -> asyncio.Task[Owner | None]:
        asking = self._asking.get(digest)
        if asking is None:
            if len(self._asking) >= MOST_WAITING:
                raise HubNotReachedError("too many reports wait for its answers")
            asking = asyncio.create_task(self._ask(digest, token), name="whose token")
            self._asking[digest] = asking
            asking.add_done_callback(lambda _: self._asking.pop(digest, None))
        return asking

    async def _ask(self, digest: bytes, token: str) -> Owner | None:
        async with self._turns:
            self.asked += 1
            found = await self._answer(token)
        holds = KNOWN if found is not None else UNKNOWN
        self._answers.pop(digest, None)
        self._answers[digest] = _Answer(found, self._clock() + holds)
        while len(self._answers) > MOST_KEPT:
            self._answers.popitem(last=False)
        return found

    async def _answer(self, token: str) -> Owner | None:
        if self._client is None:
            self._client = SimpleAsyncHTTPClient(
                force_instance=True, max_clients=AT_ONCE, max_body_size=MOST_ANSWER
            )
        request = HTTPRequest(
            self._url,
            headers={"Authorization": f"token {token}"},
            connect_timeout=PATIENCE,
            request_timeout=PATIENCE,
            follow_redirects=False,
            decompress_response=False,
        )
        try:
            answer = await self._client.fetch(request, raise_error=False)
        except Exception as error:
            raise HubNotReachedError(f"{type(error).__name__}: {error}") from error
        if answer.code in (401, 403, 404):
            return None
        if answer.code != 200:
            raise HubNotReachedError(f"it answers {answer.code}")
        try:
            return msgspec.json.decode(answer.body, type=Owner)
        except msgspec.DecodeError as error:
            raise HubNotReachedError(f"its answer makes no sense: {error}") from error

    async def close(self) -> None:
        """Ask no more. May be called twice."""
        for task in list(self._asking.values()):
            task.cancel()
        await asyncio.gather(*self._asking.values(), return_exceptions=True)
        if self._client is not None:
            self._client.close()
            self._client = None


def check(owner: Owner, user: str, server_name: str) -> None:
    """
    Check that a token's owner may report for a server.

    A server's own token may access that server: a Hub's ``server`` role says so. Nobody else's
    token is taken, also not an admin's, who may access all servers.

    Args:
        owner: the owner of the token.
        user: the user whose server the report is about.
        server_name: the name of that server; empty for the default server.

    Raises:
        NotOwnReportError: it may not.
    """
    if owner.kind != "user":
        why = f"it belongs to a {owner.kind}"
    elif owner.name != user:
        why = "a server reports for itself only"
    elif access_scopes(user, server_name).isdisjoint(owner.scopes):
        why = "it may not access that server, as the server's own token may"
    else:
        return
    raise NotOwnReportError(owner.name, user, server_name, why)


def access_scopes(user: str, server_name: str) -> set[str]:
    """Return the Hub's scopes that let their owner access a server. One of them is enough."""
    return {
        f"access:servers!server={user}/{server_name}",
        f"access:servers!user={user}",
        "access:servers",
    }
