"""
The widgets of a page, by the rules of ipywidgets' own model code (facts 1.2 and 2.5).

An update always applies. After its own message, a page ignores the attribute in every echo until
the echo of that message. Only one update of a model is under way at a time.
"""

from __future__ import annotations

import asyncio
import uuid
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from jupyter_comm_broker.testing.message import Message

WIDGET = "jupyter.widget"
CONTROL = "jupyter.widget.control"

Tell = Callable[[str, dict[str, Any], str], Awaitable[None]]
"""Sends a message. Takes its type, its content and its msg_id."""


@dataclass(slots=True)
class Model:
    """The page's model of one widget."""

    comm_id: str
    state: dict[str, Any]
    live: bool = True
    expected_echo: dict[str, str] = field(default_factory=dict)
    """By attribute, the ``msg_id`` of the page's own update whose echo must come first."""
    in_flight: str = ""
    waiting: dict[str, Any] = field(default_factory=dict)
    """The attributes that are sent when the update under way has ended."""
    shown: list[tuple[str, Any]] = field(default_factory=list)
    """Every value that came from the server, in order, as a person saw it."""


class Widgets:
    """The models of one page. They follow comm messages."""

    def __init__(self, tell: Tell, targets: Iterable[str], build_seconds: float) -> None:
        """
        Make the widgets of a page that has none yet.

        Args:
            tell: sends a message of the page.
            targets: the targets that the page knows.
            build_seconds: the seconds that models take to build after a restore.
        """
        self._tell = tell
        self._targets = set(targets)
        self._build_seconds = build_seconds
        self._unbuilt: deque[tuple[asyncio.TimerHandle, dict[str, dict[str, Any]]]] = deque()
        self.models: dict[str, Model] = {}
        self.control = ""
        """The control comm on which an answer is awaited; empty for none."""
        self.restored: list[Message] = []
        """The answers from which models were restored."""
        self.refused: list[str] = []
        """The comms that the page refused, because it does not know their targets."""
        self.closed: list[str] = []
        """The comms of the ``comm_close`` messages that came, in order."""
        self.lost = 0
        """How many updates came for a comm without a model."""

    def __getitem__(self, comm_id: str) -> dict[str, Any]:
        """Return the state that the page shows for a comm."""
        return self.models[comm_id].state

    def values(self, key: str = "value") -> dict[str, Any]:
        """Return one attribute of every model that has it, by comm."""
        return {i: m.state[key] for i, m in self.models.items() if key in m.state}

    def only(self, model_name: str) -> Model:
        """Return the only model with a model name."""
        (found,) = (m for m in self.models.values() if m.state.get("_model_name") == model_name)
        return found

    def build(self) -> None:
        """Build at once the models that would be built later."""
        while self._unbuilt:
            self._unbuilt[0][0].cancel()
            self._build_next()

    def dispose(self) -> None:
        """Build no more models."""
        for timer, _ in self._unbuilt:
            timer.cancel()
        self._unbuilt.clear()

    # -- hearing -----------------------------------------------------------------------------

    async def heard(self, message: Message) -> None:
        """Follow a message from the server."""
        if message.type == "comm_open":
            await self._opened(message)
        elif message.type == "comm_msg" and message.comm_id == self.control:
            if message.method == "update_states":
                self.control = ""
                self.restored.append(message)
                self._restored(states_of(message))
        elif message.type == "comm_msg":
            self._sent(message)
        elif message.type == "comm_close":
            self.closed.append(message.comm_id)
            if model := self.models.get(message.comm_id):
                model.live = False
        elif message.execution_state == "idle":
            await self._ended(message.parent_id)

    async def _opened(self, message: Message) -> None:
        if message.content["target_name"] not in self._targets:
            self.refused.append(message.comm_id)
            content = {"comm_id": message.comm_id, "data": {}}
            await self._tell("comm_close", content, uuid.uuid4().hex)
            return
        if message.content["target_name"] == WIDGET:
            # A second comm_open replaces the model, as in a page.
            self.models[message.comm_id] = Model(message.comm_id, whole_state(message))

    def _restored(self, states: dict[str, dict[str, Any]]) -> None:
        if not self._build_seconds:
            self._built(states)
            return
        loop = asyncio.get_running_loop()
        self._unbuilt.append((loop.call_later(self._build_seconds, self._build_next), states))

    def _build_next(self) -> None:
        self._built(self._unbuilt.popleft()[1])

    def _built(self, states: dict[str, dict[str, Any]]) -> None:
        for comm_id, state in states.items():
            model = self.models.setdefault(comm_id, Model(comm_id, {}))
            model.state.update(state)
            model.shown += state.items()

    def _sent(self, message: Message) -> None:
        method = message.method
        if method not in ("update", "echo_update"):
            return
        model = self.models.get(message.comm_id)
        if model is None:
            self.lost += 1
            return
        state = whole_state(message)
        if method == "echo_update":
            for key in [key for key in state if key in model.expected_echo]:
                if model.expected_echo[key] != message.parent_id:
                    del state[key]
                    continue
                del model.expected_echo[key]
                if key in model.waiting:
                    del state[key]
        model.state.update(state)
        model.shown += state.items()

    # -- doing -------------------------------------------------------------------------------

    async def set(self, comm_id: str, **attributes: Any) -> None:
        """Set attributes at once, and send them when the update under way has ended."""
        model = self.models[comm_id]
        model.state.update(attributes)
        model.waiting.update(attributes)
        if not model.in_flight:
            await self._send_waiting(model)

    async def _send_waiting(self, model: Model) -> None:
        state, model.waiting = model.waiting, {}
        data = {"method": "update", "state": state, "buffer_paths": []}
        msg_id = model.in_flight = uuid.uuid4().hex
        model.expected_echo.update(dict.fromkeys(state, msg_id))
        await self._tell("comm_msg", {"comm_id": model.comm_id, "data": data}, msg_id)

    async def _ended(self, msg_id: str) -> None:
        for model in self.models.values():
            if msg_id and model.in_flight == msg_id:
                model.in_flight = ""
                if model.waiting:
                    await self._send_waiting(model)


def put_buffers(state: Any, paths: Sequence[Sequence[Any]], buffers: Sequence[bytes]) -> Any:
    """
    Put buffers into a state.

    Args:
        state: the state, which is changed.
        paths: where each buffer belongs: the steps to it.
        buffers: the buffers.

    Returns:
        The state.

    Raises:
        ValueError: the numbers of paths and buffers differ. A page fails then, too.
    """
    if len(paths) != len(buffers):
        raise ValueError(f"{len(paths)} paths for {len(buffers)} buffers")
    for path, buffer in zip(paths, buffers, strict=True):
        place = state
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = buffer
    return state


def whole_state(message: Message) -> dict[str, Any]:
    """Return the state in a widget's message, with its buffers."""
    state: dict[str, Any] = put_buffers(
        dict(message.state), message.data.get("buffer_paths", []), message.buffers
    )
    return state


def states_of(message: Message) -> dict[str, dict[str, Any]]:
    """Return the states in an ``update_states`` message by comm, with their buffers."""
    states = message.data["states"]
    put_buffers(states, message.data.get("buffer_paths", []), message.buffers)
    return {comm_id: entry["state"] for comm_id, entry in states.items()}
