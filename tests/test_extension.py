"""The extension wires its services when it is loaded, and hands its settings on."""

from __future__ import annotations

import asyncio
from dataclasses import fields

import pytest

from jupyter_comm_broker._version import __version__
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.settings import Settings
from tests.fakes.server import Desk

SET = {
    "comm_state_bytes": 1_001,
    "kernel_state_bytes": 1_002,
    "outbox_high_bytes": 1_003,
    "outbox_cap_bytes": 1_004,
    "backlog_bytes": 1_005,
    "absent_bytes": 1_006,
    "absent_seconds": 1_007.0,
    "absent_pages_bytes": 1_013,
    "in_flight_bytes": 1_014,
    "verify_interval": 1_008.0,
    "events_kept": 1_009,
    "events_kept_bytes": 1_010,
    "event_data_bytes": 1_011,
    "event_heartbeat": 1_012.0,
    "receive_limit": 1_015,
    "event_readers": 1_013,
    "event_readers_per_user": 1_014,
    "gateway_message_bytes": 1_016,
    "gateway_release_seconds": 1_017.0,
    "run_text_bytes": 1_018,
    "runs_bytes": 1_019,
    "ended_run_seconds": 1_020.0,
    "subshell_seconds": 1_021.0,
    "offer_widgets_after": 1_022.0,
}


LEAVING = {"leave_kernels": True, "adopt_seconds": 7.0}


@pytest.mark.parametrize("jp_server_config", [{"CommBroker": LEAVING}], indirect=True)
def test_local_kernels_end_with_their_server_whatever_is_set(desk: Desk) -> None:
    assert desk.extension.leaving is not None
    assert desk.extension.adopt_seconds == 7.0
    assert "shutdown_all" not in vars(desk.broker.kernel_drivers._kernels)


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


async def test_a_server_that_stops_closes_no_widget_at_its_pages(desk: Desk) -> None:
    """A stock server's pages go on showing theirs, and the kernel may outlive the server."""
    kernel_id, kernel = await desk.starts()
    page = await desk.opens(kernel_id)
    kernel.publish("comm_open", {"comm_id": "c", "target_name": "plot", "data": {}})
    await page.hears("comm_open")
    await desk.extension.stop_extension()
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(page.hears("comm_close"), 0.3)


@pytest.mark.parametrize("jp_server_config", [{"CommBroker": SET}], indirect=True)
def test_every_setting_reaches_the_limits_and_the_self_check(desk: Desk) -> None:
    limits = desk.broker.kernel_drivers.limits
    assert {name: getattr(limits, name) for name in SET} == SET
    shown = desk.broker.self_check()["limits"]
    assert {name: shown[name] for name in SET} == SET


def test_unset_they_are_the_cores_own_and_each_is_a_limit_with_a_help_text(desk: Desk) -> None:
    assert desk.broker.kernel_drivers.limits == Limits()
    own = Settings.class_own_traits(config=True)
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
