"""The fixtures that tests of the transport have, too."""

from __future__ import annotations

from tests.transport.conftest import desk, in_process_kernels, jp_server_config, kernel, line

__all__ = ["desk", "in_process_kernels", "jp_server_config", "kernel", "line"]
