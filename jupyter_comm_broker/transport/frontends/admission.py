"""
Asks the server's authorizer what a page's user may do with comms.

An answer is kept for one second. So a right that is given or taken away counts within a second,
and a slider that is dragged does not ask sixty times a second. By default jupyter_server allows
everything to everyone. Then nobody is asked.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.auth import AllowAllAuthorizer
from jupyter_server.base.handlers import JupyterHandler

from jupyter_comm_broker.core.gate.rights import RESOURCE, Right

ANSWER_HOLDS = 1.0
"""Seconds for which an answer is kept."""

PATIENCE = 10.0
"""Seconds that an authorizer has to answer. The page's messages wait meanwhile."""


class Admission:
    """Asks for the user of one socket."""

    def __init__(self, handler: JupyterHandler, log: logging.Logger | Any) -> None:
        self._handler = handler
        self._authorizer = handler.authorizer
        self._log = log
        self._loop = asyncio.get_running_loop()
        self._answers: dict[Right, tuple[bool, float]] = {}

    @classmethod
    def needed_by(cls, handler: JupyterHandler, log: logging.Logger | Any) -> Admission | None:
        """Return the admission of a socket; ``None`` where everything is allowed."""
        # A class derived from AllowAllAuthorizer may allow less.
        return None if type(handler.authorizer) is AllowAllAuthorizer else cls(handler, log)

    @property
    def who(self) -> str:
        """The user's name."""
        user = self._handler.current_user
        return str(getattr(user, "username", user))

    def allows(self, right: Right) -> bool | Awaitable[bool]:
        """Return whether the user has a right, or an awaitable of it if that takes time."""
        answer, until = self._answers.get(right, (False, 0.0))
        if self._loop.time() < until:
            return answer
        try:
            asked: Any = self._authorizer.is_authorized(
                self._handler, self._handler.current_user, right.value, RESOURCE
            )
        except Exception:  # noqa: BLE001 - somebody else's code: an error allows nothing
            return self._failed(right)
        if inspect.isawaitable(asked):
            return self._wait(right, asked)
        return self._note(right, bool(asked))

    async def _wait(self, right: Right, asked: Awaitable[bool]) -> bool:
        try:
            return self._note(right, bool(await asyncio.wait_for(ensure_async(asked), PATIENCE)))
        except Exception:  # noqa: BLE001 - as above
            return self._failed(right)

    def _failed(self, right: Right) -> bool:
        self._log.exception(
            "comm broker: %s did not say whether %s may %s %s, so it is not allowed",
            type(self._authorizer).__name__,
            self.who,
            right.value,
            RESOURCE,
        )
        return self._note(right, False)

    def _note(self, right: Right, answer: bool) -> bool:
        self._answers[right] = (answer, self._loop.time() + ANSWER_HOLDS)
        return answer
