"""
The gateway as GatewayClient's settings describe it: its addresses, and who may connect.

Every request takes these settings anew, because a token may have been renewed meanwhile.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from jupyter_server.gateway.gateway_client import GatewayClient, NoOpTokenRenewer
from jupyter_server.utils import url_path_join
from tornado.escape import url_escape
from tornado.httpclient import AsyncHTTPClient, HTTPRequest

from jupyter_comm_broker.errors import CommBrokerError
from jupyter_comm_broker.patience import within

PATIENCE = 20.0
"""Seconds that the gateway has for an answer or a handshake, if the settings give it more."""

RENEWAL = 10.0
"""Seconds that a token renewer has. It runs in a thread, because it may ask somebody."""

SETTINGS = {
    401: "it wants a token; look at GatewayClient.auth_token",
    403: "it refuses this server; look at GatewayClient.auth_token and the gateway's own settings",
    404: "it knows no such address; look at GatewayClient.url and GatewayClient.kernels_endpoint",
}
"""What an operator can do about an answer."""


class GatewayUnreachableError(CommBrokerError):
    """The gateway cannot be reached, or gives no answer that can be believed."""


class FarEnd:
    """The server's gateway."""

    async def channels(self, kernel_id: str, session_id: str) -> HTTPRequest:
        """
        Return the request that opens a kernel's WebSocket.

        Args:
            kernel_id: the kernel.
            session_id: the id under which the gateway keeps what it could not send.

        Raises:
            GatewayUnreachableError: the settings do not say where the gateway is.
        """
        client = GatewayClient.instance()
        url = url_path_join(
            client.ws_url or "", client.kernels_endpoint, url_escape(kernel_id), "channels"
        )
        return await self._request(f"{url}?session_id={url_escape(session_id)}")

    async def has_kernel(self, kernel_id: str) -> bool:
        """
        Ask whether the gateway has a kernel. It is asked for that one, because lists may be closed.

        Args:
            kernel_id: the kernel.

        Raises:
            GatewayUnreachableError: it gives no answer that can be believed.
        """
        client = GatewayClient.instance()
        url = url_path_join(client.url or "", client.kernels_endpoint, url_escape(kernel_id))
        request = await self._request(url)
        request.follow_redirects = False
        try:
            answer = await AsyncHTTPClient().fetch(request, raise_error=False)
        except Exception as error:
            raise GatewayUnreachableError(said(error)) from error
        said_of_kernel = _object(answer.body)
        # A gateway names the kernel. A proxy's page, or its 404 for an unknown address, does not.
        if answer.code == 404 and kernel_id in str(said_of_kernel.get("message", "")):
            return False
        if answer.code != 200:
            raise GatewayUnreachableError(answered(answer.code, answer.reason))
        if said_of_kernel.get("id") != kernel_id:
            raise GatewayUnreachableError("the answer is no gateway's word about the kernel")
        return True

    async def _request(self, url: str) -> HTTPRequest:
        try:
            arguments = await self._arguments()
            for name in ("connect_timeout", "request_timeout"):
                arguments[name] = min(PATIENCE, arguments.get(name) or PATIENCE)
            return HTTPRequest(url, **arguments)
        except Exception as error:
            why = f"the settings of GatewayClient cannot be used: {error!r}"
            raise GatewayUnreachableError(why) from error

    async def _arguments(self) -> dict[str, Any]:
        client = GatewayClient.instance()
        if client.gateway_token_renewer_class is NoOpTokenRenewer:
            return dict(client.load_connection_args())
        renewed = asyncio.to_thread(client.load_connection_args)
        return dict(await within(RENEWAL, renewed))


def answered(code: int, reason: str | None) -> str:
    """Return what is wrong, for people, if the gateway gave this answer."""
    said = f"the gateway answered {code} {reason or ''}".rstrip()
    advice = SETTINGS.get(code, "that is no gateway's answer" if 300 <= code < 400 else "")
    return f"{said}: {advice}" if advice else said


def said(error: BaseException) -> str:
    """Return what is wrong, for people, if a request failed with this error."""
    code = getattr(error, "code", None)
    if isinstance(code, int) and code != 599:
        return answered(code, getattr(error, "message", None))
    return f"the gateway gives no answer: {error!s}" if str(error) else repr(error)


def _object(body: bytes) -> dict[str, Any]:
    """Return the JSON object in an answer; an empty one if there is none."""
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
