"""What a page does to what is wild: it opens it, sends it what it takes in silence, or refuses."""

from __future__ import annotations

import uuid

from jupyter_comm_broker.testing.widgets import WIDGET, Model

from .page_side import PageHand

WILD = {
    "_model_module": "fuzz",
    "_model_module_version": "1.0.0",
    "_model_name": "WildModel",
    "_view_module": None,
    "_view_module_version": "",
    "_view_name": None,
    "value": 3,
}
"""What a page says of a wild widget: its children come to be in the kernel, when it is asked."""


class WildPageHand(PageHand):
    """Moves what is wild as well."""

    async def move(self) -> str:
        """Do one thing. Returns the ``msg_id`` of the message."""
        rng, wild, described = self._rng, self._some("WildModel"), self._some("AnyModel")
        kind = rng.randrange(12)
        if kind == 0:
            return await self._open_wild()
        if kind in (1, 2) and wild is not None:
            data = {"method": "custom", "content": {"x": rng.randrange(5)}}
            return await self._page.send("comm_msg", {"comm_id": wild.comm_id, "data": data})
        if kind == 3 and wild is not None:
            return await self.update(wild.comm_id, {"taken_back": rng.randrange(100)})
        if kind == 4 and wild is not None:
            return await self.update(wild.comm_id, {"value": rng.randrange(100)})
        if kind in (5, 6) and described is not None:
            value = rng.choice([rng.randrange(100), -5, "no number"])
            return await self.update(described.comm_id, {"value": value})
        return await super().move()

    async def _open_wild(self) -> str:
        comm_id = uuid.uuid4().hex
        self._page.widgets.models[comm_id] = Model(comm_id, dict(WILD))
        data = {"state": WILD, "buffer_paths": []}
        content = {"comm_id": comm_id, "target_name": WIDGET, "data": data}
        return await self._page.send("comm_open", content, metadata={"version": "2.1.0"})
