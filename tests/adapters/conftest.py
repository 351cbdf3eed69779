"""The same kernels as for tests of the transport."""

from __future__ import annotations

from tests.transport.conftest import kernel, line

__all__ = ["kernel", "line"]
