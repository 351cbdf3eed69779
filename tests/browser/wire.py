"""The messages of one page's WebSockets, one in a line, as evidence if a case fails."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_comm_broker.testing.message import V1, decode

if TYPE_CHECKING:
    from playwright.sync_api import Page, WebSocket


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """One message that passed."""

    at: float
    """When the test saw it, as ``time.time()``: some milliseconds after the page did."""

    sent: bool
    """Whether the page sent it; else the page received it."""

    channel: str
    msg_type: str
    parent_type: str
    parent_id: str
    detail: str
    """What the content says in a word or two: a status, a comm's method, a target."""

    states: int
    """How many widget states it carries."""

    size: int

    def __str__(self) -> str:
        arrow = ">" if self.sent else "<"
        return (
            f"{self.at:.3f} {arrow} {self.channel:7} {self.msg_type:22} {self.detail:40}"
            f" {self.size:8} parent {self.parent_type} {self.parent_id}"
        )


class Wire:
    """Listens to the kernel WebSockets of one page."""

    def __init__(self, page: Page) -> None:
        self.passed: list[Passed | str] = []
        page.on("websocket", self._opened)

    @property
    def messages(self) -> list[Passed]:
        """The messages, without the lines about sockets."""
        return [line for line in self.passed if isinstance(line, Passed)]

    def __str__(self) -> str:
        return "\n".join(map(str, self.passed)) + "\n"

    def _opened(self, socket: WebSocket) -> None:
        if "/channels" not in socket.url:
            return
        self.passed.append(f"{time.time():.3f} = open {socket.url.partition('?')[0]}")
        socket.on("framesent", lambda payload: self._note(payload, sent=True))
        socket.on("framereceived", lambda payload: self._note(payload, sent=False))
        socket.on("close", lambda _: self.passed.append(f"{time.time():.3f} = closed"))

    def _note(self, payload: str | bytes, *, sent: bool) -> None:
        if isinstance(payload, str):
            # Only the default subprotocol sends text, and these pages do not choose it.
            self.passed.append(f"{time.time():.3f} = a text frame: {payload[:100]!r}")
        else:
            self.passed.append(_read(payload, sent=sent))


def _read(frame: bytes, *, sent: bool) -> Passed:
    """Cut one frame of the v1 subprotocol."""
    message = decode(V1, frame, time.time())
    detail, states = _detail(message.content)
    return Passed(
        at=message.at,
        sent=sent,
        channel=message.channel,
        msg_type=message.type,
        parent_type=message.parent.get("msg_type", "-"),
        parent_id=message.header["msg_id"] if sent else message.parent.get("msg_id", "-"),
        detail=detail,
        states=states,
        size=len(frame),
    )


def _detail(content: dict[str, Any]) -> tuple[str, int]:
    if "execution_state" in content:
        return content["execution_state"], 0
    data = content.get("data")
    words = [content.get("target_name", "")]
    states = 0
    if isinstance(data, dict) and "comm_id" in content:
        words.append(data.get("method", ""))
        states = len(data.get("states") or {})
        words.extend(list(data.get("state") or {})[:3])
        words.append(content["comm_id"][:8])
    return " ".join(filter(None, words)), states
