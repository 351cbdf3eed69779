"""A kernel lives for as long as a test wants it, and is restarted and interrupted on the way."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.errors import ServerRefusedError
from jupyter_comm_broker.testing import CellFailedError, Kernel, Server

pytestmark = pytest.mark.acceptance


def test_it_ends_with_its_block(comm_broker_server: Server) -> None:
    with Kernel(comm_broker_server) as kernel:
        path = f"/api/kernels/{kernel.id}"
        assert comm_broker_server.request("GET", path).status == 200
    assert comm_broker_server.request("GET", path).status == 404
    with pytest.raises(ServerRefusedError, match="restart answered"):
        kernel.restart()


def test_a_kernel_that_nobody_knows_is_an_error(comm_broker_server: Server) -> None:
    with pytest.raises(ServerRefusedError), Kernel(comm_broker_server, "no such kernel"):
        pass


def test_it_is_interrupted_and_restarted(comm_broker_kernel: Kernel) -> None:
    with comm_broker_kernel.blocking_page() as page:
        page.arrive()
        page.run("x = 1")
        cell = page.execute("print('on', flush=True)\nimport time\ntime.sleep(60)")
        page.until(lambda m: m.type == "stream" and m.parent_id == cell)
        comm_broker_kernel.interrupt()
        assert page.ended(cell).content["ename"] == "KeyboardInterrupt"
        comm_broker_kernel.restart()
        with pytest.raises(CellFailedError, match="NameError"):
            page.run("x")
