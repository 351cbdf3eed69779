"""
A page that floods its socket takes turns with the others.

tornado reads on for as long as there is something to read, without a turn of the event loop
between two messages (measured: 4,000 messages in one go). It waits, though, for what
``on_message`` returns, which is how a page is made to pause.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from tornado.websocket import WebSocketHandler

TURN = 16
"""Messages of one page in a row, some 2 ms."""


def take_turns(
    handler: WebSocketHandler, waits_for: Callable[[], Awaitable[Any] | None] = lambda: None
) -> None:
    """
    Let a handler's page pause for one turn of the loop after so many messages.

    Args:
        handler: the page's.
        waits_for: says, after each message, what the page's next one has to wait for.
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
