"""
Calling what users registered: in order, where they expect it, and at no cost to others.

A callback that is a coroutine function becomes a task of its own. Tasks begin in the order of
their messages and may overlap once they wait for something.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Any

Step = Callable[[], Any]
Post = Callable[[Step], None]
"""Lets a step run where callbacks run: at once, or on another thread."""


def at_once(step: Step) -> None:
    """Run a step here and now."""
    step()


class Callbacks:
    """Runs callbacks, one place for all of a manager, until :meth:`close`."""

    def __init__(self, post: Post, log: logging.Logger) -> None:
        self._post = post
        self._log = log
        self._posted = 0
        self._run = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    @property
    def waiting(self) -> int:
        """How many steps have not run to their end."""
        return self._posted - self._run + len(self._tasks)

    def post(self, step: Step) -> None:
        """Run a step in its turn; what it calls should go through :meth:`call`."""
        self._posted += 1

        def counted() -> None:
            self._run += 1
            if not self._closed:
                step()

        self._post(counted)

    def call(self, what: str, callback: Step, failed: Step) -> None:
        """
        Call a user's callback, now, on the thread where callbacks run.

        Args:
            what: what it is, for the log.
            callback: the callback, its arguments bound.
            failed: is called if it raises, whether at once or as a task.
        """
        try:
            result = callback()
            if isawaitable(result):
                task = asyncio.get_running_loop().create_task(self._wait(what, result, failed))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        except Exception:  # noqa: BLE001 - a user's fault is logged and counted, and stays there
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
        """Call nothing more, and cancel what waits; on the thread where callbacks run."""
        self._closed = True
        for task in list(self._tasks):
            task.cancel()
