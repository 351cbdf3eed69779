"""What the kernel said of itself: the content of its latest ``kernel_info_reply``."""

from __future__ import annotations

from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.json_text import dumps, loads

SUBSHELLS = "kernel subshells"
"""The feature in a ``kernel_info_reply`` (JEP 91)."""


class KernelInfo:
    """
    Keeps that content, because a page that connects needs it before anything else.

    Args:
        hide_subshells: whether pages are told that the kernel has no subshells.
    """

    def __init__(self, *, hide_subshells: bool = False) -> None:
        self.content: bytes | None = None
        """The content, unchanged; ``None`` if the kernel has not said it."""
        self.shown: bytes | None = None
        """The content that pages are told."""
        self._hide_subshells = hide_subshells

    def said(self, content: bytes) -> None:
        """Take what the kernel said."""
        self.content = content
        self.shown = _without_subshells(content) if self._hide_subshells else content

    def forget(self) -> None:
        """Forget it. The kernel's process is another one."""
        self.content = self.shown = None

    @property
    def has_subshells(self) -> bool:
        """Whether the kernel can run requests in subshells."""
        return SUBSHELLS.encode() in (self.content or b"")


def _without_subshells(content: bytes) -> bytes:
    """Return the content without the feature; what cannot be read stays as it is."""
    try:
        said = loads(content)
    except MalformedMessageError:
        return content
    features = said.get("supported_features") if isinstance(said, dict) else None
    if not isinstance(features, list) or SUBSHELLS not in features:
        return content
    rest = [each for each in features if each != SUBSHELLS]
    return dumps({**said, "supported_features": rest})
