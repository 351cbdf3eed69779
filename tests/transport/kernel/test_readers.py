"""Descriptors are watched by the running loop, or by what tornado puts beside it."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest
from tornado.ioloop import IOLoop

from jupyter_comm_broker.transport.kernel.readers import loop_with_readers


async def test_the_running_loop_watches_where_it_can() -> None:
    assert loop_with_readers() is asyncio.get_running_loop()


async def test_where_it_cannot_tornados_stand_in_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows (tests/acceptance/test_event_loops.py tries it with a kernel)."""
    stand_in = object()
    monkeypatch.setattr(IOLoop, "current", lambda: SimpleNamespace(selector_loop=stand_in))
    assert loop_with_readers() is stand_in
