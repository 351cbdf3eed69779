"""
Plays a script against one server, one step after another, and keeps what each page heard.

A step is over when every page that is attached has heard the end of what the step asked for.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_comm_broker.testing.restore import arrive, restore
from jupyter_comm_broker.testing.server import Server
from jupyter_comm_broker.testing.widgets import WIDGET, Model
from tests.acceptance.flooded import eventually
from tests.acceptance.hold import Hold

from .kernel_side import SETUP
from .labelled import Labelled, Labels
from .script import Step

FUZZ: dict[str, Any] = {
    "_model_module": "fuzz",
    "_model_module_version": "1.0.0",
    "_model_name": "FuzzModel",
    "_view_module": None,
    "_view_module_version": "",
    "_view_name": None,
    "_view_count": None,
    "value": 3,
    "double": 6,
    "text": "",
    "raw": None,
    "command": None,
    "table": {},
    "rows": [],
}
"""What a page says of a widget that it opens: all, so that the kernel has nothing to add."""

WITNESS = "Z"
"""A page that comes when all is over."""


@dataclass(slots=True)
class Life:
    """What one page heard, from when to when it was there."""

    page: Labelled
    opened: list[tuple[int, int]] = field(default_factory=list)
    """Each time it connected: how much it had heard, and in which step."""
    left: list[int] = field(default_factory=list)
    """In which steps it went."""
    twice: list[str] = field(default_factory=list)
    """What it heard twice on one connection."""

    @property
    def attached(self) -> bool:
        """Whether it is there."""
        return len(self.opened) > len(self.left)


@dataclass(slots=True)
class Played:
    """How a script went."""

    folder: Path
    """Where the cells that wait look."""

    lives: dict[str, Life] = field(default_factory=dict)
    labels: Labels = field(default_factory=Labels)
    truth: dict[str, Any] = field(default_factory=dict)
    """What the kernel says at the end."""


class NotPlayedError(Exception):
    """A step did not end. It says on which server."""


class NotStartedError(NotPlayedError):
    """The kernel did not even do what comes first, or could not have one of its ports."""


NO_PORT = ("Address already in use", "super().bind(addr)")
"""What a kernel prints then, in pieces of which a page may miss some."""


class Player:
    """One script on one kernel."""

    def __init__(self, server: Server, kernel_id: str, folder: Path) -> None:
        self.server = server
        self.kernel_id = kernel_id
        self.played = Played(folder)
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Player:
        await self._stack.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def play(self, steps: Sequence[Step]) -> Played:
        """Play all steps, and let a last page look at what there is."""
        for number, step in enumerate(steps):
            self.played.labels.step = number
            try:
                await self._act(step)
            except Exception as error:
                if number == 0:
                    raise NotStartedError(f"{self.server.subject}: {error!r}") from error
                raise NotPlayedError(
                    f"{self.server.subject}, in step {number}: {error!r}"
                ) from error
        self.played.labels.step = len(steps)
        await self._act(Step("arrive", WITNESS))
        self.played.truth = await self.truth()
        if self._lacked_a_port():
            raise NotStartedError(f"{self.server.subject}: a port of the kernel was taken")
        return self.played

    def _lacked_a_port(self) -> bool:
        return any(
            sign in str(message.content.get("text", ""))
            for life in self.played.lives.values()
            for message in life.page.received
            if message.type == "stream"
            for sign in NO_PORT
        )

    async def truth(self) -> dict[str, Any]:
        """Return what the kernel says now."""
        said = await self._page(WITNESS).run(
            "sys.stdout.write(json.dumps(truth()) + '\\n'); sys.stdout.flush()"
        )
        told: dict[str, Any] = json.loads(said)
        return told

    # -- steps -------------------------------------------------------------------------------

    def _page(self, name: str) -> Labelled:
        return self.played.lives[name].page

    async def _act(self, step: Step) -> None:
        match step.kind:
            case "arrive" | "return":
                await self._comes(step)
            case "leave" | "drop":
                await self._goes(step)
            case "run" | "ask":
                await self._runs(step)
            case "hold":
                await self._holds(step)
            case _:
                await self._heard(await self._sends(step))

    async def _comes(self, step: Step) -> None:
        if step.kind == "arrive":
            page = Labelled(self.server, self.kernel_id, step.page, self.played.labels)
            self._stack.push_async_callback(page.close)
            self.played.lives[step.page] = Life(page)
        life = self.played.lives[step.page]
        life.opened.append((len(life.page.received), self.played.labels.step))
        await life.page.open()
        if self.played.labels.step == 0:
            await life.page.kernel_info()
            await life.page.run(SETUP)
        came = await (arrive if step.kind == "arrive" else restore)(life.page)
        assert came.by == "control", f"{step} fell back: the script leaves the kernel idle"

    async def _goes(self, step: Step) -> None:
        life = self.played.lives[step.page]
        life.left.append(self.played.labels.step)
        await life.page.close()
        there = sum(each.attached for each in self.played.lives.values())

        async def is_noticed() -> bool:
            kernel = await self.server.get(f"/api/kernels/{self.kernel_id}")
            return bool(kernel["connections"] == there)

        await eventually(is_noticed)

    async def _runs(self, step: Step) -> None:
        page = self._page(step.page)
        asked = await page.execute(step.code, stdin=step.kind == "ask")
        if step.kind == "ask":
            await page.until(lambda m: m.type == "input_request" and m.parent_id == asked)
            await page.send("input_reply", {"value": step.value, "status": "ok"}, channel="stdin")
        await page.ended(asked)
        await self._heard(asked)
        for comm_id, outputs in page.captured(asked).items():
            synced = Step("move", step.page, "", comm_id, {"outputs": outputs})
            await self._heard(await self._sends(synced))

    async def _holds(self, step: Step) -> None:
        hold = Hold(self.played.folder / f"released{self.played.labels.step}")
        over = self.played.folder / f"over{self.played.labels.step}"
        does = textwrap.indent(step.code, "    ")
        ends = f"finally:\n    open({str(over)!r}, 'x').close()"
        asked = [await self._page(step.page).execute(f"{hold.waits}\ntry:\n{does}\n{ends}")]
        await self._page(step.page).until(
            lambda m: m.type == "execute_input" and m.parent_id == asked[0]
        )
        for inner in step.inner:
            if inner.kind in ("leave", "drop"):
                await self._goes(inner)
            else:
                asked.append(await self._sends(inner))
        hold.release()

        async def is_over() -> bool:
            # Idle too, for what is sent in a failing cell's last moment is aborted with it.
            kernel = await self.server.get(f"/api/kernels/{self.kernel_id}")
            return over.exists() and kernel["execution_state"] == "idle"

        await eventually(is_over)
        await self._heard(*asked)

    async def _heard(self, *asked: str) -> None:
        """Wait until every page has heard the end of these requests."""
        for each in asked:
            label = self.played.labels[each]
            asker = self.played.lives[label.page]
            if asker.attached:
                await asker.page.idle(each)
                if label.msg_type == "comm_msg" and asker.page.was_told_gone(each):
                    # The broker says so to the asker alone. What a cell closes is told to all.
                    continue
            for life in self.played.lives.values():
                if life.attached:
                    await life.page.idle(each)

    async def _sends(self, step: Step) -> str:
        page, models = self._page(step.page), self._page(step.page).widgets.models
        match step.kind:
            case "move":
                model = models[step.comm]
                model.state.update(step.value)
                data = {"method": "update", "state": step.value, "buffer_paths": []}
                msg_id = await self._says(page, step.comm, data)
                model.expected_echo.update(dict.fromkeys(step.value, msg_id))
                return msg_id
            case "custom":
                data = {"method": "custom", "content": step.value}
                return await self._says(page, step.comm, data, b"from a page")
            case "say":
                return await self._says(page, step.comm, step.value, b"from a page")
            case "close":
                if step.comm in models:
                    models[step.comm].live = False
                return await page.send("comm_close", {"comm_id": step.comm, "data": {}})
        opening: dict[str, Any] = {
            "comm_id": step.comm,
            "target_name": "served",
            "data": step.value,
        }
        if step.value is not None:
            return await page.send("comm_open", opening)
        models[step.comm] = Model(step.comm, dict(FUZZ))
        opening |= {"target_name": WIDGET, "data": {"state": FUZZ, "buffer_paths": []}}
        return await page.send("comm_open", opening, metadata={"version": "2.1.0"})

    async def _says(self, page: Labelled, comm_id: str, data: Any, *buffers: bytes) -> str:
        content = {"comm_id": comm_id, "data": data}
        return await page.send("comm_msg", content, buffers=buffers)
