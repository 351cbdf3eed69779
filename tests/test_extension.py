"""The extension wires its parts when it is loaded, hands its settings on, and lets go of all."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from jupyter_comm_broker._version import __version__
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.errors import KernelNotFoundError
from jupyter_comm_broker.extension import KERNEL_ACTIONS, CommBroker
from tests.fakes.provisioner import offer, stop_all
from tests.fakes.server import EXTENSIONS, Desk
from tests.until import until

SET = {
    "comm_state_bytes": 1_001,
    "kernel_state_bytes": 1_002,
    "outbox_high_bytes": 1_003,
    "outbox_cap_bytes": 1_004,
    "backlog_bytes": 1_005,
    "absent_bytes": 1_006,
    "absent_seconds": 1_007.0,
    "verify_interval": 1_008.0,
    "events_kept": 1_009,
    "events_kept_bytes": 1_010,
    "event_data_bytes": 1_011,
    "event_heartbeat": 1_012.0,
}


@pytest.fixture
def jp_server_config(request: pytest.FixtureRequest) -> dict[str, Any]:
    return {**EXTENSIONS, **getattr(request, "param", {})}


@pytest.fixture
def desk(
    jp_environ: None,
    jp_data_dir: Path,
    jp_serverapp: Any,
    jp_fetch: Any,
    jp_ws_fetch: Any,
    jp_asyncio_loop: asyncio.AbstractEventLoop,
) -> Iterator[Desk]:
    offer(jp_data_dir)
    desk = Desk(jp_serverapp, jp_fetch, jp_ws_fetch)
    yield desk

    async def close() -> None:
        await desk.close()
        stop_all()

    jp_asyncio_loop.run_until_complete(close())


async def test_it_works_on_a_server_that_loads_extensions_and_never_starts_them(
    desk: Desk,
) -> None:
    # pytest-jupyter's server is one of those: nothing may wait for _start_jupyter_server_extension.
    kernel_id, kernel = await desk.starts()
    page = await desk.opens(kernel_id)
    await page.sends("execute_request", {})
    request = await kernel.taken("execute_request")
    kernel.reply(request, {"status": "ok"})
    await page.hears("execute_reply")
    check = await desk.get("api", "comms", "broker")
    assert (check["version"], check["in_path"], check["mode"]) == (__version__, True, "broker")
    assert [each["kernel_id"] for each in check["kernels"]] == [kernel_id]


@pytest.mark.parametrize("jp_server_config", [{"CommBroker": SET}], indirect=True)
def test_every_setting_reaches_the_limits_and_the_self_check(desk: Desk) -> None:
    limits = desk.broker.exchange.limits
    assert {name: getattr(limits, name) for name in SET} == SET
    shown = desk.broker.self_check()["limits"]
    assert {name: shown[name] for name in SET} == SET


def test_unset_they_are_the_cores_own_and_each_is_a_limit_with_a_help_text(desk: Desk) -> None:
    assert desk.broker.exchange.limits == Limits()
    own = CommBroker.class_own_traits(config=True)
    settings = {name for name in own if name in {field.name for field in fields(Limits)}}
    assert settings == set(SET)
    assert all(own[name].help for name in settings)


@pytest.mark.parametrize(
    "jp_server_config",
    [
        {
            "AsyncMappingKernelManager": {
                "allowed_message_types": ["kernel_info_request"],
                "allow_tracebacks": False,
                "traceback_replacement_message": "hidden",
            }
        }
    ],
    indirect=True,
)
async def test_what_the_kernel_manager_allows_is_enforced(desk: Desk) -> None:
    kernel_id, kernel = await desk.starts()
    page = await desk.opens(kernel_id)
    await page.sends("execute_request", {})
    await page.hears("execute_reply", status="error")
    kernel.publish("error", {"ename": "E", "evalue": "secret", "traceback": ["secret"]})
    assert (await page.hears("error")).content["traceback"] == ["hidden"]
    assert [each for each in kernel.requests if each.msg_type == "execute_request"] == []


async def test_a_started_kernel_is_linked_before_any_page_comes_and_known_whole(desk: Desk) -> None:
    exchange = desk.broker.exchange
    await desk._fetch("api", "kernels", method="POST", body='{"name": "in-process"}')
    (driver,) = await until(lambda: list(exchange._drivers.values()))
    assert driver.broker.context.registry.complete


async def test_stopping_lets_go_of_every_kernel_callback_listener_and_timer(desk: Desk) -> None:
    kernel_id, _ = await desk.starts()
    driver = desk.broker.exchange.driver(kernel_id)
    callbacks = desk.app.kernel_manager.get_kernel(kernel_id)._restarter.callbacks
    with_us = sum(map(len, callbacks.values()))
    await desk.broker.stop_extension()
    assert driver.closed
    assert desk.broker.kernels() == []
    assert sum(map(len, callbacks.values())) < with_us
    assert desk.app.event_logger._modified_listeners[KERNEL_ACTIONS] == set()
    assert desk.broker.exchange._looking is None
    with pytest.raises(KernelNotFoundError):
        desk.broker.kernel(kernel_id)
    # The server goes on without us until it ends, and may start and stop kernels.
    await desk._fetch("api", "kernels", kernel_id, method="DELETE")
    await desk.broker.stop_extension()


def test_asking_before_any_kernel_was_started_answers_nothing(desk: Desk) -> None:
    assert desk.broker.kernels() == []
    with pytest.raises(KernelNotFoundError):
        desk.broker.kernel("none")
