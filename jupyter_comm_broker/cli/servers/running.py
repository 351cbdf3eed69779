"""
Reads what running servers wrote into their files, as ``jupyter server list`` does.

Importing jupyter_server takes seconds on a slow machine, and a command is over in less. The files
need nothing but their folder.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_runtime_dir


def running_servers() -> list[Mapping[str, Any]]:
    """Return what each running server says of itself, by url. Files of dead ones are left alone."""
    return sorted(_found(Path(jupyter_runtime_dir())), key=lambda info: str(info["url"]))


def _found(folder: Path) -> Iterator[Mapping[str, Any]]:
    for path in folder.glob("jpserver-*.json"):
        try:
            info = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            # It is being written, or its server has just ended.
            continue
        if isinstance(info, dict) and "url" in info and _is_alive(info.get("pid")):
            yield info


def _is_alive(pid: object) -> bool:
    if not isinstance(pid, int) or pid <= 0:
        return False
    if sys.platform == "win32":  # pragma: no cover - there a signal of 0 ends the process
        from jupyter_server.utils import check_pid

        return bool(check_pid(pid))
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        # Somebody else's. A server in a container may be, too.
        return True
    return True
