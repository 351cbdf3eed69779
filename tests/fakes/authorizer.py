"""An authorizer whose rights a test sets. It remembers the questions."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

from jupyter_server.auth import Authorizer

ALL = frozenset({"read", "write", "execute"})


class Recording(Authorizer):
    """Answers at once. It allows everything on any other resource than comms."""

    rights: ClassVar[frozenset[str]] = ALL
    asked: ClassVar[list[tuple[str, str]]] = []
    """What was asked about comms, as pairs of action and resource."""
    fault: ClassVar[Exception | None] = None

    @classmethod
    def grant(cls, *rights: str) -> None:
        """Set the rights from now on, and forget the questions."""
        cls.rights, cls.fault = frozenset(rights), None
        cls.asked.clear()

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> Any:
        if resource != "comms":
            return True
        self.asked.append((action, resource))
        if self.fault is not None:
            raise self.fault
        return action in self.rights


class Slow(Recording):
    """Answers when a test lets it."""

    gate: ClassVar[asyncio.Event]

    async def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        if resource == "comms":
            await self.gate.wait()
        return bool(super().is_authorized(handler, user, action, resource))
