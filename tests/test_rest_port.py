"""REST asks what the server's broker knows, also where there is nothing to know."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.errors import KernelNotFoundError
from jupyter_comm_broker.rest_port import RestPort
from jupyter_comm_broker.services import Services
from tests.fakes.server import Desk


def test_asking_before_any_kernel_was_started_answers_nothing(desk: Desk) -> None:
    assert desk.broker.kernels() == []
    with pytest.raises(KernelNotFoundError):
        desk.broker.kernel("none")


@pytest.mark.parametrize("ask", [RestPort.kernel, RestPort.program, RestPort.transport])
async def test_a_kernel_that_is_not_there_is_not_found_by_any_question(
    desk: Desk, ask: Any
) -> None:
    with pytest.raises(KernelNotFoundError):
        ask(desk.broker, "none")


async def test_all_questions_about_a_kernel_are_about_the_same_one(desk: Desk) -> None:
    kernel_id, _ = await desk.starts()
    ((listed, broker),) = desk.broker.kernels()
    assert (listed, broker) == (kernel_id, desk.broker.kernel(kernel_id))
    assert desk.broker.program(kernel_id).driver.broker is broker
    assert desk.broker.program(kernel_id) is desk.broker.program(kernel_id)
    assert desk.broker.transport(kernel_id) == "zmq"


def test_before_the_kernels_are_followed_there_is_nothing_to_ask_and_it_is_said_why(
    desk: Desk,
) -> None:
    services = Services(desk.app, Limits(), desk.app.log)
    port = RestPort(services, {})
    assert port.kernels() == []
    with pytest.raises(KernelNotFoundError):
        port.kernel("none")
    with pytest.raises(KeyError):
        services.comm_managers["none"]
    check = port.self_check()
    assert (check["in_path"], check["mode"], check["limits"]) == (False, "off", {})
    assert "being loaded" in (check["reason"] or "")
    services.close()
