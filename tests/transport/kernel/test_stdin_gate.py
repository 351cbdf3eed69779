"""What may make the kernel ask waits for stdin, and for no more than a moment."""

from __future__ import annotations

import pytest
import zmq

from jupyter_comm_broker.transport.kernel import stdin_gate
from jupyter_comm_broker.transport.kernel.stdin_gate import PATIENCE, StdinGate
from tests.fakes.kernel import ZmqKernel
from tests.fakes.managers import manager_of
from tests.transport.linked import driver_for
from tests.until import until


class Gate:
    """A gate whose stdin and time a test sets."""

    def __init__(self) -> None:
        self.connected = False
        self.now = 0.0
        self.may_send = StdinGate(lambda: self.connected, lambda: self.now)


def test_it_opens_when_stdin_is_there() -> None:
    gate = Gate()
    assert not gate.may_send()
    gate.connected = True
    assert gate.may_send()


def test_a_kernel_without_stdin_is_waited_for_once() -> None:
    gate = Gate()
    assert not gate.may_send()
    gate.now = PATIENCE
    assert gate.may_send()
    gate.now = 100.0
    assert gate.may_send()


def test_one_that_comes_and_goes_is_waited_for_anew() -> None:
    gate = Gate()
    gate.connected = True
    assert gate.may_send()
    gate.connected, gate.now = False, 50.0
    assert not gate.may_send()


async def test_a_kernel_whose_stdin_comes_late_gets_its_requests_when_it_can_ask(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stdin_gate, "PATIENCE", 60.0)
    kernel, context = ZmqKernel(), zmq.Context()
    late = context.socket(zmq.ROUTER)
    late.linger = 0
    port = late.bind_to_random_port("tcp://127.0.0.1")
    late.unbind(f"tcp://127.0.0.1:{port}")
    manager = manager_of({**kernel.connection_info, "stdin_port": port})
    driver = driver_for(manager)
    driver.open(running=False)
    try:
        # Over control it answers; over the shell it is not asked yet.
        await until(lambda: driver.broker._parts.handshake.answers_control is True)
        assert driver.link.unsent_bytes()["shell"] > 0
        late.bind(f"tcp://127.0.0.1:{port}")
        await until(lambda: driver.link.unsent_bytes()["shell"] == 0)
    finally:
        driver.close()
        kernel.stop()
        late.close()
        context.term()
