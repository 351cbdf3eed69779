"""A save of a notebook is told to the broker of its kernel, and to no other."""

from __future__ import annotations

import json
from typing import Any

from tests.fakes.server import Desk
from tests.until import until

NOTEBOOK = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


async def test_a_save_is_told_to_the_kernel_of_the_notebook(desk: Desk, jp_fetch: Any) -> None:
    (kernel_id, _), (other_id, _) = await desk.starts(), await desk.starts()
    for path, kernel in (("mine.ipynb", kernel_id), ("other.ipynb", other_id)):
        body = {"path": path, "name": path, "type": "notebook", "kernel": {"id": kernel}}
        await jp_fetch("api", "sessions", method="POST", body=json.dumps(body))
    saved: list[str] = []
    for driver in desk.broker.kernel_drivers.linked():
        driver.broker.notebook_saved = lambda now, kernel=driver.kernel_id: saved.append(kernel)
    body = {"type": "notebook", "content": NOTEBOOK}
    await jp_fetch("api", "contents", "mine.ipynb", method="PUT", body=json.dumps(body))
    await until(lambda: saved == [kernel_id])
    await jp_fetch("api", "contents", "mine.ipynb", method="GET")
    await jp_fetch("api", "contents", "nobodys.ipynb", method="PUT", body=json.dumps(body))
    assert saved == [kernel_id]
