"""What a page does to widgets, seeded: good values and bad ones, one by one and in bursts."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.widgets import WIDGET, Model

FUZZ = "FuzzModel"
SLIDER = {
    "_model_module": "@jupyter-widgets/controls",
    "_model_module_version": "2.0.0",
    "_model_name": "IntSliderModel",
    "_view_module": "@jupyter-widgets/controls",
    "_view_module_version": "2.0.0",
    "_view_name": "IntSliderView",
}


class PageHand:
    """Moves widgets from a page's side, without waiting for the kernel."""

    def __init__(self, page: Page, seed: int) -> None:
        self._page = page
        self._rng = random.Random(seed)  # noqa: S311 - repeatable on purpose
        self._value: list[Callable[[], tuple[str, Any]]] = self._values()

    def tree(self, depth: int) -> Any:
        """Return a random value with buffers anywhere in it."""
        rng = self._rng
        kind = rng.randrange(6 if depth else 4)
        if kind == 0:
            return rng.randrange(1000)
        if kind == 1:
            return rng.choice(["x", "", "é", None, True, 1.5])
        if kind in (2, 3):
            return rng.randbytes(rng.randrange(12))
        if kind == 4:
            return {rng.choice("abc"): self.tree(depth - 1) for _ in range(rng.randrange(4))}
        return [self.tree(depth - 1) for _ in range(rng.randrange(4))]

    def _values(self) -> list[Callable[[], tuple[str, Any]]]:
        rng = self._rng
        return [
            lambda: ("text", str(rng.random())),
            lambda: ("number", rng.randrange(100)),
            lambda: ("ratio", rng.choice([1, 0.5, 3])),
            lambda: ("bounded", rng.randrange(-20, 30)),
            lambda: ("strict", rng.randrange(-10, 20)),
            lambda: ("shouting", rng.randrange(12)),
            lambda: ("converted", rng.choice(["good", "better", "bad", {"a": 1}])),
            lambda: ("halved", rng.randrange(50)),
            lambda: ("quiet", rng.randrange(50)),
            lambda: ("raw", rng.choice([None, rng.randbytes(5), b""])),
            lambda: ("nested", self.tree(3)),
            lambda: (f"extra{rng.randrange(1, 9)}", self.tree(2)),
            lambda: ("nobody_knows", rng.randrange(9)),
            lambda: ("number", "no number"),
            # Rare: each leaves a difference that no message tells of (fact 2.3.4).
            lambda: ("fixed", "B") if rng.random() < 0.1 else ("text", ""),
        ]

    def _some(self, model_name: str) -> Model | None:
        models = self._page.widgets.models.values()
        live = [m for m in models if m.live and m.state.get("_model_name") == model_name]
        return self._rng.choice(live) if live else None

    async def move(self) -> str:
        """Do one thing. Returns the ``msg_id`` of the message."""
        rng, fuzz = self._rng, self._some(FUZZ)
        kind = rng.randrange(40)
        if kind == 0:
            return await self._open()
        if kind == 1 and (opened := self._some("Opened")) is not None:
            opened.live = False
            content = {"comm_id": opened.comm_id, "data": {}}
            return await self._page.send("comm_close", content)
        if kind in (2, 3) and (slider := self._some("IntSliderModel")) is not None:
            return await self.update(slider.comm_id, {"value": rng.randrange(-50, 200)})
        if kind == 4 and (image := self._some("ImageModel")) is not None:
            return await self.update(image.comm_id, {"value": rng.randbytes(10)})
        assert fuzz is not None
        if kind == 5:
            data = {"method": "custom", "content": {"x": 1}}
            return await self._page.send("comm_msg", {"comm_id": fuzz.comm_id, "data": data})
        count = 1 if kind < 30 else rng.randrange(2, 5)
        return await self.update(
            fuzz.comm_id, dict(rng.choice(self._value)() for _ in range(count))
        )

    async def update(self, comm_id: str, attributes: dict[str, Any]) -> str:
        """Send an update, its buffers taken out."""
        paths: list[list[str | int]] = []
        buffers: list[bytes] = []
        state = without_buffers(attributes, [], paths, buffers)
        data = {"method": "update", "state": state, "buffer_paths": paths}
        content = {"comm_id": comm_id, "data": data}
        return await self._page.send("comm_msg", content, buffers=buffers)

    async def _open(self) -> str:
        comm_id = uuid.uuid4().hex
        state = {**SLIDER, "value": self._rng.randrange(50)}
        self._page.widgets.models[comm_id] = Model(comm_id, {**state, "_model_name": "Opened"})
        content = {
            "comm_id": comm_id,
            "target_name": WIDGET,
            "data": {"state": state, "buffer_paths": []},
        }
        return await self._page.send("comm_open", content, metadata={"version": "2.1.0"})


def without_buffers(
    value: Any, path: Sequence[str | int], paths: list[list[str | int]], buffers: list[bytes]
) -> Any:
    """Return a value without its buffers, as pages do: dict keys go, list slots are null."""
    if isinstance(value, dict):
        kept = {}
        for key, each in value.items():
            if isinstance(each, bytes):
                paths.append([*path, key])
                buffers.append(each)
            else:
                kept[key] = without_buffers(each, [*path, key], paths, buffers)
        return kept
    if isinstance(value, list):
        slots: list[Any] = []
        for index, each in enumerate(value):
            if isinstance(each, bytes):
                paths.append([*path, index])
                buffers.append(each)
                slots.append(None)
            else:
                slots.append(without_buffers(each, [*path, index], paths, buffers))
        return slots
    return value
