"""
Says farewell for a server that ends without stopping its extensions.

A Hub on one machine stops its servers with SIGINT. A server without a terminal then ends at once:
jupyter_server 2.21 stops no extension and no kernel. What is registered with ``atexit`` still runs.
By then there is no event loop.
"""

from __future__ import annotations

import logging
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

import msgspec

from jupyter_comm_broker.fleet.destination import Destination
from jupyter_comm_broker.fleet.report import Report, encoded


def say(destination: Destination, last: Report, seconds: float, log: logging.Logger) -> None:
    """
    Send a server's last report, without an event loop.

    Args:
        destination: where to report, and as whom.
        last: the report before it.
        seconds: how long each step may take. A server that ends must not wait for a page.
        log: is told why it failed.
    """
    body = encoded(msgspec.structs.replace(last, number=last.number + 1, ended=True))
    parts = urlsplit(destination.url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(str(parts.hostname), parts.port, timeout=seconds)
    headers = {
        "Authorization": f"token {destination.token}",
        "Content-Type": "application/json",
    }
    try:
        connection.request("POST", parts.path, body, headers)
        # The first line says that it was taken. The rest may never come.
        connection.getresponse()
    except (OSError, HTTPException, ValueError) as error:
        log.debug("comm broker: no farewell to the fleet service: %s", error)
    finally:
        connection.close()
