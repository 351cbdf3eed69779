"""
Kernels of this process for jupyter_server's own kernel managers.

jupyter_client lets a kernel spec name a provisioner, which starts the kernel. This one makes a
:class:`ZmqKernel` on the ports that the manager chose, so that all of starting, restarting,
dying and stopping is jupyter_server's, and takes milliseconds.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from tests.fakes.kernel import CHANNELS, ZmqKernel

SPEC = "in-process"


class InProcess(LocalProvisioner):
    """Starts a :class:`ZmqKernel` where another provisioner starts a process."""

    running: ClassVar[dict[str, ZmqKernel]] = {}
    """The kernel of each kernel id."""

    moves: ClassVar[bool] = False
    """Whether a kernel listens on other ports than the manager asked for, as remote ones do."""

    exit_code: int | None = None

    @property
    def has_process(self) -> bool:
        return self.kernel_id in self.running

    @property
    def kernel(self) -> ZmqKernel:
        return self.running[self.kernel_id]

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        asked: dict[str, Any] = {**self.connection_info}
        ports = {name: asked[f"{name}_port"] for name in (*CHANNELS, "hb")}
        kernel = ZmqKernel(key=asked["key"], ports=None if self.moves else ports)
        kernel.on_shutdown = self._asked_to_end
        self.running[self.kernel_id] = kernel
        self.exit_code = None
        return cast("KernelConnectionInfo", {**asked, **kernel.connection_info})

    def _asked_to_end(self) -> None:
        # Soon: it is one of the kernel's own tasks that calls this.
        asyncio.get_running_loop().call_soon(self.ends, 0)

    def ends(self, exit_code: int) -> None:
        """End as a process does."""
        if self.has_process and not self.kernel.stopped:
            self.kernel.stop()
            self.exit_code = exit_code

    async def poll(self) -> int | None:
        return self.exit_code if self.has_process else 0

    async def wait(self) -> int | None:
        code = await self.poll()
        self.running.pop(self.kernel_id, None)
        return code

    async def send_signal(self, signum: int) -> None:
        if signum:
            self.ends(-signum)

    async def kill(self, restart: bool = False) -> None:
        self.ends(-9)

    async def terminate(self, restart: bool = False) -> None:
        self.ends(-15)


def offer(data_folder: Path) -> None:
    """Let kernel managers whose specs are in a data folder start kernels in this process."""
    factory = KernelProvisionerFactory.instance()
    factory.provisioners[SPEC] = cast("Any", SimpleNamespace(load=lambda: InProcess))
    folder = data_folder / "kernels" / SPEC
    folder.mkdir(parents=True, exist_ok=True)
    spec = {
        "argv": ["nothing"],
        "display_name": "In process",
        "language": "none",
        "metadata": {"kernel_provisioner": {"provisioner_name": SPEC}},
    }
    (folder / "kernel.json").write_text(json.dumps(spec))


def stop_all() -> None:
    """Stop what a test left running."""
    for kernel in InProcess.running.values():
        kernel.stop()
    InProcess.running.clear()
