"""A server starts with nobody's settings, says why when it does not, and leaves nothing running."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_comm_broker.errors import ServerRefusedError
from jupyter_comm_broker.testing import Kernel, Server, ServerNotStartedError

pytestmark = pytest.mark.acceptance


def test_a_server_that_cannot_start_shows_its_log(tmp_path: Path) -> None:
    broken = Server(tmp_path / "server", config="raise SystemExit('a fault in the settings')")
    with pytest.raises(ServerNotStartedError, match="a fault in the settings"):
        broken.start()
    broken.stop()
    with pytest.raises(RuntimeError, match="does not run"):
        _ = broken.pid


async def test_it_is_started_again_where_it_was(tmp_path: Path) -> None:
    server = Server(tmp_path / "server", "stock", base_url="/user/anna/")
    with server:
        port, pid = server.port, server.pid
        assert (await server.ask("GET", "/api/comms/broker")).status == 404
        with pytest.raises(ServerRefusedError, match="404"):
            await server.get("/api/comms/broker")
        assert (await server.get("/api/status"))["kernels"] == 0
    with server:
        assert (server.port, server.pid != pid) == (port, True)
    server.stop()
    assert server.log.count("Serving notebooks from local directory") == 2


async def test_the_brokers_word_and_a_kernel_made_to_order(
    comm_broker_server: Server, tmp_path: Path
) -> None:
    server = comm_broker_server
    server.add_kernel("made", env={"MADE": "to order"})
    with Kernel(server, "made") as kernel, kernel.blocking_page(targets=["mine"]) as page:
        page.arrive()
        assert page.run("import os; print(os.environ['MADE'])") == "to order\n"
        page.run("import comm\nmine = [comm.create_comm('mine') for _ in range(3)]")
        listed = (await server.comms(kernel.id)).values()
        assert [each["target_name"] for each in listed] == ["mine"] * 3
        assert (await server.link(kernel.id))["link"] == "proven"
        assert server.connection_file(kernel.id).exists()
    with pytest.raises(LookupError, match="knows no kernel"):
        await server.link(kernel.id)


def test_server_and_kernels_import_from_a_folder_and_have_more_variables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    modules = Path("modules")
    modules.mkdir()
    (modules / "only_here.py").write_text("WORD = 'found'")
    with (
        Server(Path("server"), modules=modules, environment={"MORE": "1"}) as server,
        Kernel(server) as kernel,
        kernel.blocking_page() as page,
    ):
        code = "import only_here, os; print(only_here.WORD, os.environ['MORE'], os.getcwd())"
        assert page.run(code) == f"found 1 {server.folder / 'root'}\n"
