"""
Calls users' callbacks in order, on the right thread. An error in one does not affect others.

A callback that is a coroutine function runs as a task. Tasks begin in the order of their messages.
They may overlap when they wait for something.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Any

Step = Callable[[], Any]
Post = Callable[[Step], None]
"""Runs a step where callbacks run: at once, or on another thread."""


def at_once(step: Step) -> None:
    """Run a step now, on this thread."""
    step()


class Callbacks:
    """Runs all callbacks of a manager, until :meth:`close`."""

    def __init__(self, post: Post, log: logging.Logger) -> None:
        self._post = post
        self._log = log
        self._posted = 0
        self._run = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    @property
    def waiting(self) -> int:
        """How many steps have not ended."""
        return self._posted - self._run + len(self._tasks)

    def post(self, step: Step) -> None:
        """Run a step after those before it. It should call users' callbacks with :meth:`call`."""
        self._posted += 1

        def counted() -> None:
            self._run += 1
            if not self._closed:
                step()

        self._post(counted)

    def call(self, what: str, callback: Step, failed: Step) -> None:
        """
        Call a user's callback now. To be called on the thread where callbacks run.

        Args:
            what: a name of the callback, for the log.
            callback: the callback with its arguments bound.
            failed: called if the callback raises, at once or as a task.
        """
        try:
            result = callback()
            if isawaitable(result):
                task = asyncio.get_running_loop().create_task(self._wait(what, result, failed))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        except Exception:  # noqa: BLE001 - an error of a user's callback is logged and counted
            self._failed(what, failed)

    async def _wait(self, what: str, result: Awaitable[Any], failed: Step) -> None:
        try:
            await result
        except Exception:  # noqa: BLE001 - as above
            self._failed(what, failed)

    def _failed(self, what: str, failed: Step) -> None:
        self._log.exception("comm broker: %s raised", what)
        failed()

    def close(self) -> None:
        """Call nothing more, and cancel tasks. To be called on the thread where callbacks run."""
        self._closed = True
        for task in list(self._tasks):
            task.cancel()
