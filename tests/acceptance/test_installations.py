"""Servers as people run them: under a base URL, over a unix socket, with others' classes."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.restore import arrive, by_control
from jupyter_comm_broker.testing.server import Server

from .conftest import StartServer

BAR = "import ipywidgets as widgets, time\nbar = widgets.IntProgress(max=1000)"
LOOP = "for i in range(200):\n    bar.value = i\n    time.sleep(0.03)"


async def main_job(server: Server) -> None:
    """See that a page that loads during a cell gets its widgets."""
    check = await server.get("/api/comms/broker")
    assert (check["mode"], check["in_path"], check["reason"]) == ("broker", True, None)
    kernel_id = server.start_kernel()
    async with Page(server, kernel_id) as old:
        await old.kernel_info()
        await old.run(BAR)
        cell = await old.execute(LOOP)
        await old.until(lambda m: m.method == "update")
        async with Page(server, kernel_id) as page:
            assert (await arrive(page)).by == "control"
            assert not any(m.ends(cell) for m in page.received), "it waited for the cell"
            await page.idle(cell, 30)
            assert page.widgets.only("IntProgressModel").state["value"] == 199


async def test_under_a_base_url(start_server: StartServer) -> None:
    await main_job(start_server(base_url="/user/ada@example.org/lab/"))


async def test_over_a_unix_socket(start_server: StartServer, tmp_path: Path) -> None:
    await main_job(start_server(unix_socket=tmp_path / "s"))


async def test_with_the_sync_kernel_manager(start_server: StartServer) -> None:
    sync = "jupyter_server.services.kernels.kernelmanager.MappingKernelManager"
    server = start_server(options=[f"--ServerApp.kernel_manager_class={sync}"])
    await main_job(server)
    kernel_id = (await server.get("/api/kernels"))[0]["id"]
    async with Page(server, kernel_id) as page:
        await arrive(page)
        old = set(page.widgets.models)
        assert old
        assert (await server.ask("POST", f"/api/kernels/{kernel_id}/restart")).status == 200
        await page.shows(lambda: old <= set(page.widgets.closed))
        assert await page.run("print('again')") == "again\n"


async def test_with_kernels_over_ipc(start_server: StartServer) -> None:
    # pytest's own folders have names too long for a socket's.
    with tempfile.TemporaryDirectory() as folder:
        options = ["--KernelManager.transport=ipc"]
        server = start_server(folder=Path(folder), options=options)
        await main_job(server)
        server.stop()


async def test_with_buffering_switched_off_and_pings_on(start_server: StartServer) -> None:
    await main_job(
        start_server(
            options=[
                "--MappingKernelManager.buffer_offline_messages=False",
                "--ServerApp.websocket_ping_interval=1",
            ]
        )
    )


async def test_a_gateway_that_is_not_there_keeps_no_server_from_starting(
    start_server: StartServer,
) -> None:
    server = start_server(options=["--GatewayClient.url=http://127.0.0.1:9"])
    check = await server.get("/api/comms/broker")
    assert (check["mode"], check["in_path"]) == ("broker", True)
    assert await server.get("/api/comms") == {"comms": [], "next": None, "total": 0}
    assert "Traceback" not in server.log


OWN_CLASS = """
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

class Mine(ZMQChannelsWebsocketConnection):
    def handle_incoming_message(self, message):
        self.log.info("went through mine")
        super().handle_incoming_message(message)
"""


async def observes(server: Server, named: str) -> None:
    """See that another's class is in the path, and that the broker says so and lists comms."""
    check = await server.get("/api/comms/broker")
    assert (check["mode"], check["in_path"]) == ("observer", False)
    assert named in check["reason"]
    assert named in check["connection_class"]
    kernel_id = server.start_kernel()
    async with Page(server, kernel_id) as page:
        await page.kernel_info()
        await page.run(BAR)
        await page.run("bar.value = 5")
        comm_id = page.widgets.only("IntProgressModel").comm_id
        comm = await server.get(f"/api/kernels/{kernel_id}/comms/{comm_id}")
        assert comm["state"]["value"] == 5
        assert await by_control(page), "the path itself must be undisturbed"
    assert "went through mine" in server.log


async def test_a_class_that_the_user_chose_stays(start_server: StartServer) -> None:
    config = f"{OWN_CLASS}\nc.ServerApp.kernel_websocket_connection_class = Mine\n"
    server = start_server(config=config)
    await observes(server, "Mine")
    assert server.log.count("NOT in the path") == 1


@pytest.mark.parametrize("name", ["aaa_rival", "zzz_rival"], ids=["loaded before", "loaded after"])
async def test_another_extensions_class_stays(
    start_server: StartServer, tmp_path: Path, name: str
) -> None:
    modules = tmp_path / "modules"
    modules.mkdir()
    (modules / f"{name}.py").write_text(
        OWN_CLASS
        + f"""
def _jupyter_server_extension_points():
    return [{{"module": {name!r}}}]

def _load_jupyter_server_extension(app):
    app.web_app.settings["kernel_websocket_connection_class"] = Mine
"""
    )
    enabled = {"jupyter_comm_broker": True, name: True}
    config = f"c.ServerApp.jpserver_extensions = {enabled!r}"
    server = start_server(config=config, modules=modules)
    await observes(server, "Mine")


async def test_switched_off_it_is_not_there(start_server: StartServer) -> None:
    server = start_server("stock")
    assert (await server.ask("GET", "/api/comms/broker")).status == 404
    kernel_id = server.start_kernel()
    async with Page(server, kernel_id) as page:
        assert await page.run("print(1)") == "1\n"
