"""
Replaces jupyter_server's connection class, or says why not.

This happens when the extension is loaded. By then it is known whether the user or another
extension chose a class, and such a choice is kept. But some extensions' classes are known to only
pass messages on. The broker does that too, so it takes their place. jupyter_server reads the
setting again for each WebSocket.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.metadata import packages_distributions, version
from logging import Logger
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet

SETTING = "kernel_websocket_connection_class"

PIPES = {
    "jupyter_server_documents.websocket_connection.KernelWebsocketConnection": ">=0.3,<0.4",
}
"""
Other extensions' connection classes that only pass messages on, and the versions that were read.

jupyter-server-documents runs cells over a connection of its own, which the broker does not touch.
"""


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


def install(
    app: Any, stock: type, ours: type, log: Logger, pipes: Mapping[str, str] = PIPES
) -> Installation:
    """
    Replace the stock class, in the settings and in the server's trait.

    The trait counts too: a server that stops calls ``close_all`` of the class in it.

    Args:
        app: the server.
        stock: the class that the broker replaces. Any other class was somebody's choice.
        ours: the broker's connection class.
        log: is told whether the broker is in the path, or why not.
        pipes: the classes of other extensions that only pass messages on, by name, each with the
            versions of its package for which that holds.

    Returns:
        Whether the broker is in the path, or why not.
    """
    in_force = app.web_app.settings.get(SETTING)
    is_pipe = _only_passes_on(in_force, pipes, log)
    if not is_pipe and (in_force is not stock or SETTING in app.config.ServerApp):
        # Extensions write into the configuration too, so it does not say who chose.
        return _observing(
            f"ServerApp.{SETTING} is set to {_name(in_force)}, by the configuration or by another "
            "extension; remove that setting, or disable one of the two extensions with "
            "`jupyter server extension disable`",
            log,
        )
    app.web_app.settings[SETTING] = ours
    setattr(app, SETTING, ours)
    instead = f", in the place of {_name(in_force)}" if is_pipe else ""
    log.info("comm broker: in the path of every kernel WebSocket%s", instead)
    return Installation("broker", ours=ours)


def _only_passes_on(cls: type | None, pipes: Mapping[str, str], log: Logger) -> bool:
    """Return whether this is a connection class, in a version, that only passes messages on."""
    if cls is None or (versions := pipes.get(_name(cls))) is None:
        return False
    try:
        known = SpecifierSet(versions, prereleases=True)
    except InvalidSpecifier:
        log.error(
            "comm broker: c.CommBroker.stand_in_for has %r for %s, which says no versions. Write "
            "for example '>=1.0,<2'; an empty text means all.",
            versions,
            _name(cls),
        )
        return False
    names = packages_distributions().get(cls.__module__.partition(".")[0], ())
    # What is in no package has no version.
    return not versions or any(version(name) in known for name in names)


def _observing(reason: str, log: Logger) -> Installation:
    log.error(
        "comm broker: NOT in the path, widgets will not survive a reload: %s. "
        "It only observes; GET /api/comms/broker says so too.",
        reason,
    )
    return Installation("observer", reason)


def _name(cls: type | None) -> str:
    return f"{cls.__module__}.{cls.__qualname__}" if cls is not None else "nothing"
