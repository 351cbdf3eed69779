"""Kernels of this process live and die under jupyter_server's manager as ipykernel's do."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from traitlets.config import Config

from tests.fakes.provisioner import SPEC, InProcess, offer, stop_all
from tests.until import until


@pytest.fixture
def kernels(jp_environ: None, jp_data_dir: Path) -> Iterator[AsyncMappingKernelManager]:
    offer(jp_data_dir)
    config = Config({"AsyncIOLoopKernelRestarter": {"time_to_dead": 0.1}})
    kernels = AsyncMappingKernelManager(config=config, log=logging.getLogger("kernels"))
    yield kernels
    stop_all()
    kernels.context.destroy(linger=0)


@pytest.mark.parametrize("name", [SPEC, "python3"])
async def test_a_kernel_starts_restarts_is_started_anew_when_it_dies_and_ends(
    kernels: Any, name: str
) -> None:
    kernel_id = await kernels.start_kernel(kernel_name=name)
    manager = kernels.get_kernel(kernel_id)
    assert await manager.is_alive()
    ports = manager.ports
    await kernels.restart_kernel(kernel_id)
    assert (await manager.is_alive(), manager.ports) == (True, ports)

    events: list[str] = []
    kernels.add_restart_callback(kernel_id, lambda: events.append("restart"), "restart")
    ready = manager.ready
    await manager.provisioner.kill()
    await until(lambda: manager.ready is not ready and manager.ready.done())
    assert events == ["restart"]
    assert await manager.is_alive()

    await kernels.shutdown_kernel(kernel_id, now=True)
    assert not await manager.is_alive()
    assert kernel_id not in kernels


async def test_a_kernel_that_moves_takes_its_manager_along(
    kernels: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel_id = await kernels.start_kernel(kernel_name=SPEC)
    manager = kernels.get_kernel(kernel_id)
    ports = manager.ports
    monkeypatch.setattr(InProcess, "moves", True)
    await kernels.restart_kernel(kernel_id)
    assert await manager.is_alive()
    assert set(manager.ports).isdisjoint(ports)
    await kernels.shutdown_kernel(kernel_id)
