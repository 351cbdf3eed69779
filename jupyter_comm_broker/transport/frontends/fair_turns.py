"""
Makes a page that floods its socket take turns with the others.

tornado reads as long as there is something to read, without a turn of the event loop between two
messages (measured: 4,000 messages in a row). But it waits for what ``on_message`` returns. That is
how a page is made to pause.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from tornado.websocket import WebSocketHandler

TURN = 16
"""Messages of one page in a row. They take some 2 ms."""


def take_turns(
    handler: WebSocketHandler, waits_for: Callable[[], Awaitable[Any] | None] = lambda: None
) -> None:
    """
    Let a page pause for one turn of the event loop after every :data:`TURN` messages.

    Args:
        handler: the page's WebSocket handler.
        waits_for: called after each message. It returns what the next one must wait for.
    """
    take, taken = handler.on_message, 0

    def take_in_turn(message: Any) -> Awaitable[Any] | None:
        nonlocal taken
        answer = take(message) or waits_for()
        taken += 1
        if answer is not None or taken % TURN:
            return answer
        return asyncio.sleep(0)

    handler.on_message = take_in_turn  # type: ignore[method-assign]
