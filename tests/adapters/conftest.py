"""The kernels that tests of the transport have, too."""

from __future__ import annotations

from tests.transport.conftest import kernel, line

__all__ = ["kernel", "line"]
