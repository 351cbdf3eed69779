"""A loop on a thread runs what it is given, and ends with all of it."""

from __future__ import annotations

import asyncio
import threading

import pytest

from jupyter_comm_broker.comms.remote.loop_thread import LoopThread


def test_it_runs_coroutines_and_steps_on_its_thread_and_stops() -> None:
    line = LoopThread("a test")
    names: list[str] = []

    async def work() -> str:
        names.append(threading.current_thread().name)
        return "done"

    line.post(lambda: names.append(threading.current_thread().name))
    assert line.run(work()) == "done"
    assert (names, line.is_here, line.is_running) == (["a test"] * 2, False, True)
    line.stop()
    line.stop()
    line.post(lambda: names.append("too late"))
    assert (line.is_running, len(names)) == (False, 2)
    assert "a test" not in [thread.name for thread in threading.enumerate()]


def test_stopping_cancels_what_runs() -> None:
    line = LoopThread("a test")
    ended: list[str] = []

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")

    async def begin() -> None:
        tasks.append(asyncio.create_task(endless()))
        await asyncio.sleep(0)

    tasks: list[asyncio.Task[None]] = []
    line.run(begin())
    line.stop()
    assert ended == ["cancelled"]


def test_waiting_for_itself_is_an_error_instead_of_for_ever() -> None:
    line = LoopThread("a test")

    async def work() -> None:
        """Never runs."""

    async def outer() -> None:
        with pytest.raises(RuntimeError, match="wait for its own thread"):
            line.run(work())

    line.run(outer())
    line.stop()
