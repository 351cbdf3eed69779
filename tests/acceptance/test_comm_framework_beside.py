"""The specification's examples with our classes, in the server and in another process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from jupyter_comm_broker.comms import Comm, CommManager, RemoteCommManager, connect
from tests.until import until

from .comm_examples import (
    BASIC,
    BASIC_END,
    CLEANUP,
    HEARD,
    SLIDER,
    TARGET,
    Cells,
    cells,
    on,
    ran,
)


@pytest.fixture
def started(
    jp_environ: None, jp_serverapp: Any, jp_fetch: Any, jp_asyncio_loop: asyncio.AbstractEventLoop
) -> Iterator[str]:
    """A real kernel of a server in this process."""

    async def start() -> str:
        answer = await jp_fetch("api", "kernels", method="POST", body='{"name": "python3"}')
        kernel_id: str = json.loads(answer.body)["id"]
        return kernel_id

    yield jp_asyncio_loop.run_until_complete(start())
    jp_asyncio_loop.run_until_complete(jp_serverapp.kernel_manager.shutdown_all(now=True))


@pytest.fixture
def kernel(
    started: str, jp_serverapp: Any, jp_asyncio_loop: asyncio.AbstractEventLoop
) -> Iterator[Cells]:
    path = jp_serverapp.kernel_manager.get_kernel(started).connection_file
    with on(jp_asyncio_loop, cells(path)) as kernel:
        yield kernel


@pytest.fixture(params=["in the server", "from afar"])
def manager(
    request: pytest.FixtureRequest,
    jp_serverapp: Any,
    started: str,
    kernel: Cells,
    jp_asyncio_loop: asyncio.AbstractEventLoop,
) -> Iterator[CommManager]:
    if request.param == "in the server":
        # On the server's loop, as an extension would ask for it.
        async def own() -> CommManager:
            made: CommManager = jp_serverapp.web_app.settings["comm_managers"][started]
            return made

        yield jp_asyncio_loop.run_until_complete(own())
        return
    url = jp_serverapp.connection_url
    token = jp_serverapp.identity_provider.token

    # On another thread, because the server it waits for is on this one.
    async def opened() -> RemoteCommManager:
        return await asyncio.to_thread(lambda: connect(url, token, kernel_id=started))

    async def closed() -> None:
        await asyncio.to_thread(remote.close)

    remote = jp_asyncio_loop.run_until_complete(opened())
    yield remote
    jp_asyncio_loop.run_until_complete(closed())


@pytest.fixture
def names(manager: CommManager) -> dict[str, Any]:
    """What the examples are run with."""
    return {"Comm": Comm, "comm_manager": manager}


def play(manager: CommManager, code: str, names: dict[str, Any]) -> str:
    with manager.current():
        return ran(code, names)


async def test_basic_communication(
    manager: CommManager, kernel: Cells, names: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    await kernel.run(HEARD.format(target="my_widget"))
    play(manager, BASIC, names)
    update = {"action": "update", "value": 42, "timestamp": "2023-01-01T00:00:00Z"}
    await kernel.becomes("heard", [update])
    await kernel.run("other.send({'hello': 1})")
    await kernel.becomes("heard[1:]", [{"action": "echo", "original": {"hello": 1}}])
    play(manager, BASIC_END, names)
    await kernel.becomes("ended", [{"action": "cleanup"}])
    assert manager.comms == {}


async def test_target_registration(
    manager: CommManager, kernel: Cells, names: dict[str, Any]
) -> None:
    play(manager, TARGET, names)
    await kernel.run(
        "from comm import create_comm\n"
        "heard = []\n"
        "comm = create_comm(target_name='my_widget')\n"
        "comm.on_msg(lambda msg: heard.append(msg['content']['data']))"
    )
    comm_id = await kernel.value("comm.comm_id")
    await kernel.becomes("heard", [{"action": "initialized", "widget_id": comm_id}])
    await kernel.run("comm.send({'action': 'get_state'})")
    state = {"action": "state", "state": {"value": 100, "enabled": True}}
    await kernel.becomes("heard[1:]", [state])
    await kernel.run("comm.send({'action': 'set_value', 'value': 7})")
    await kernel.becomes("heard[2:]", [{"action": "value_updated", "value": 7}])


async def test_the_slider_is_moved_both_ways(
    manager: CommManager, kernel: Cells, names: dict[str, Any]
) -> None:
    await kernel.run(HEARD.format(target="simple_slider"))
    play(manager, SLIDER, names)
    created = {"action": "create", "config": {"min": 0, "max": 255, "value": 128}}
    await kernel.becomes("heard", [created])
    await kernel.run("other.send({'action': 'value_change', 'value': 7})")
    await until(lambda: names["slider"].value == 7)
    names["slider"].set_value(200)
    await kernel.becomes("heard[1:]", [{"action": "update_value", "value": 200}])


async def test_cleanup_and_management(
    manager: CommManager, kernel: Cells, names: dict[str, Any]
) -> None:
    play(manager, TARGET, names)
    await kernel.run(
        "from comm import create_comm\n"
        "ended = []\n"
        "for target in ('my_widget', 'other', 'jupyter.widget'):\n"
        "    comm = create_comm(target_name=target)\n"
        "    comm.on_close(lambda msg: ended.append(msg['content']['data']))\n"
        "    del comm"
    )
    await until(lambda: len(manager.comms) == 3)
    printed = play(manager, CLEANUP, names)
    assert printed.splitlines()[-1] == "Comm target: my_widget"
    await kernel.becomes("ended", [{"action": "shutdown"}] * 3)
    assert await kernel.value("len(get_ipython().kernel.comm_manager.comms)") == 0
    assert (manager.comms, manager.targets) == ({}, {})


async def test_a_kernel_that_ends_closes_every_comm_with_a_reason(
    manager: CommManager, kernel: Cells, names: dict[str, Any], jp_fetch: Any, started: str
) -> None:
    await kernel.run(HEARD.format(target="my_widget"))
    reasons: list[str] = []
    comm = Comm(target_name="my_widget", manager=manager)
    comm.on_close(lambda msg: reasons.append(msg["metadata"]["reason"]))
    await kernel.becomes("other and other.comm_id", comm.comm_id)
    await jp_fetch("api", "kernels", started, method="DELETE")
    await until(lambda: reasons and not manager.comms)
    assert len(reasons) == 1
    assert "kernel" in reasons[0]


async def test_a_callback_that_raises_is_counted_and_hurts_nobody(
    manager: CommManager, kernel: Cells, jp_fetch: Any, started: str, request: Any
) -> None:
    await kernel.run(HEARD.format(target="my_widget"))
    heard: list[Any] = []

    async def slow(msg: dict[str, Any]) -> None:
        await asyncio.sleep(0)
        heard.append(msg["content"]["data"])
        raise ValueError("of a task")

    def wrong(msg: dict[str, Any]) -> None:
        raise ValueError("at once")

    comm = Comm(target_name="my_widget", manager=manager)
    comm.on_msg(wrong)
    await kernel.becomes("other and other.comm_id", comm.comm_id)
    await kernel.run("other.send({'n': 1})")
    await until(lambda: comm.callback_errors == 1)
    comm.on_msg(slow)
    await kernel.run("other.send({'n': 2})")
    await until(lambda: comm.callback_errors == 2)
    assert (heard, manager.callback_errors) == ([{"n": 2}], 2)
    if "in the server" in request.node.name:
        shown = json.loads((await jp_fetch("api", "kernels", started, "comms")).body)["comms"]
        assert [each["callback_errors"] for each in shown] == [2]
        check = json.loads((await jp_fetch("api", "comms", "broker")).body)
        assert check["counters"]["callback_errors"] == 2
