"""
Replaces jupyter_server's connection class, or says why not.

This happens when the extension is loaded. By then it is known whether the user or another
extension chose a class, and such a choice is kept. jupyter_server reads the setting again for
each WebSocket.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from logging import Logger
from typing import Any

SETTING = "kernel_websocket_connection_class"


@dataclass(frozen=True, slots=True)
class Installation:
    """Whether the broker stands between the browsers and the kernels."""

    mode: str
    """``broker`` (in the path), ``observer`` (its own link, beside the path) or ``off``."""

    reason: str | None = None
    ours: type | None = None

    @property
    def in_path(self) -> bool:
        """Whether WebSockets go through the broker."""
        return self.mode == "broker"

    def checked(self, in_force: type | None) -> Installation:
        """Return the installation as it is now: another extension may have replaced the class."""
        if self.in_path and in_force is not self.ours:
            reason = (
                f"another extension replaced the broker's connection class by {_name(in_force)}"
            )
            return replace(self, mode="observer", reason=reason)
        return self


def install(app: Any, stock: type, ours: type, log: Logger) -> Installation:
    """
    Replace the stock class, in the settings and in the server's trait.

    The trait counts too: a server that stops calls ``close_all`` of the class in it.

    Args:
        app: the server.
        stock: the class that the broker replaces. Any other class was somebody's choice.
        ours: the broker's connection class.
        log: is told whether the broker is in the path, or why not.

    Returns:
        Whether the broker is in the path, or why not.
    """
    in_force = app.web_app.settings.get(SETTING)
    if SETTING in app.config.ServerApp:
        return _observing(f"the configuration sets ServerApp.{SETTING} to {_name(in_force)}", log)
    if in_force is not stock:
        return _observing(
            f"another extension has put {_name(in_force)} in the place of the connection class; "
            "disable one of the two with `jupyter server extension disable`",
            log,
        )
    app.web_app.settings[SETTING] = ours
    setattr(app, SETTING, ours)
    log.info("comm broker: in the path of every kernel WebSocket")
    return Installation("broker", ours=ours)


def _observing(reason: str, log: Logger) -> Installation:
    log.error(
        "comm broker: NOT in the path, widgets will not survive a reload: %s. "
        "It only observes; GET /api/comms/broker says so too.",
        reason,
    )
    return Installation("observer", reason)


def _name(cls: type | None) -> str:
    return f"{cls.__module__}.{cls.__qualname__}" if cls is not None else "nothing"
