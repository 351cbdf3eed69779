"""What the kernel said of itself: the content of its latest ``kernel_info_reply``."""

from __future__ import annotations


class KernelInfo:
    """Keeps that content, because a page that connects needs it before anything else."""

    def __init__(self) -> None:
        self.content: bytes | None = None
        """The content, unchanged; ``None`` if the kernel has not said it."""

    def said(self, content: bytes) -> None:
        """Take what the kernel said."""
        self.content = content

    def forget(self) -> None:
        """Forget it. The kernel's process is another one."""
        self.content = None

    @property
    def has_subshells(self) -> bool:
        """Whether the kernel can run requests in subshells."""
        return b'"kernel subshells"' in (self.content or b"")
