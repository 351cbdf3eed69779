"""A page that sends without pause leaves turns of the loop to everybody else."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tornado.websocket import WebSocketHandler

from jupyter_comm_broker.transport.frontends.fair_turns import TURN, take_turns
from tests.transport.sockets import Handler, Line
from tests.until import until

FLOOD = 2_000


class Listening(Handler):
    """Notes in which turn of the loop each message was taken."""

    fair = True

    def open(self, *args: str, **kwargs: str) -> None:
        self.turn = 0
        self.turns: list[int] = []
        if self.fair:
            take_turns(self)
        super().open(*args, **kwargs)

    def on_message(self, message: str | bytes) -> Any:
        self.turns.append(self.turn)


class Unfair(Listening):
    fair = False


async def most_in_a_turn(line: Line, kind: type[Handler]) -> int:
    """Flood a handler, and return how many messages it took at most without a pause."""
    _, reader, handler = await line.opened(kind)
    loop = asyncio.get_running_loop()
    mask = b"\0\0\0\0"
    await loop.sock_sendall(reader._socket, (b"\x81\x82" + mask + b"hi") * FLOOD)
    done = asyncio.Event()

    async def count() -> None:
        while not done.is_set():
            handler.turn += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    await until(lambda: len(handler.turns) == FLOOD)
    done.set()
    await counting
    turns: list[int] = handler.turns
    return max(map(turns.count, set(turns)))


async def test_a_flood_is_taken_in_turns(line: Line) -> None:
    assert await most_in_a_turn(line, Listening) <= TURN


async def test_without_it_tornado_takes_it_in_one_go(line: Line) -> None:
    # If this fails tornado has learnt to take turns, and the room above can go.
    assert await most_in_a_turn(line, Unfair) > 10 * TURN


class Waiting(WebSocketHandler):
    def on_message(self, message: str | bytes) -> Any:
        return message


@pytest.mark.parametrize("answer", ["an awaitable of its own"])
def test_what_a_handler_itself_waits_for_is_left_alone(answer: str) -> None:
    handler = object.__new__(Waiting)
    take_turns(handler)
    assert [handler.on_message(answer) for _ in range(2 * TURN)] == [answer] * 2 * TURN
