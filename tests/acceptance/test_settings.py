"""Settings that users gave jupyter_server's own connection class keep working."""

import pytest

from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.restore import by_control

from .conftest import StartServer


async def test_only_allowed_message_types_reach_the_kernel(start_server: StartServer) -> None:
    """As stock does; but stock says nothing to the page."""
    allowed = ["comm_open", "comm_msg", "comm_close", "kernel_info_request", "comm_info_request"]
    server = start_server(options=[f"--MappingKernelManager.allowed_message_types={allowed}"])
    kernel_id = server.start_kernel()
    async with Page(server, kernel_id) as page:
        await page.kernel_info()
        msg_id = await page.execute("open('ran', 'w')")
        if server.subject == "broker":
            reply = await page.ended(msg_id, 5)
            assert reply.content["status"] == "error"
            assert "allowed_message_types" in reply.content["evalue"]
        await page.kernel_info()
        assert not (server.folder / "root" / "ran").exists()
        assert await by_control(page) == (server.subject == "broker")
        assert "execute_request" in server.log


async def test_tracebacks_are_hidden_where_they_are_to_be(start_server: StartServer) -> None:
    server = start_server(
        options=[
            "--MappingKernelManager.allow_tracebacks=False",
            "--MappingKernelManager.traceback_replacement_message=ask the operator",
        ]
    )
    kernel_id = server.start_kernel()
    async with Page(server, kernel_id) as page:
        await page.kernel_info()
        cell = await page.execute("secret = 'hunter2'\nraise ValueError(secret)")
        await page.ended(cell)
        (error,) = (m for m in page.of(cell) if m.type == "error")
        assert error.content["traceback"] == ["ask the operator"]
        assert "hunter2" not in str(error.content)


@pytest.mark.parametrize("name", ["ZMQChannelsWebsocketConnection", "ServerApp"])
async def test_a_rate_limit_given_to_the_stock_class_holds_for_output_alone(
    start_server: StartServer, name: str
) -> None:
    """
    Stock drops comm messages too: of 300 updates 10 arrive.

    ``c.ServerApp.iopub_*`` is deprecated, and copied by the server to the stock class.
    """
    options = [f"--{name}.iopub_msg_rate_limit=20", f"--{name}.rate_limit_window=1"]
    server = start_server(options=options)
    kernel_id = server.start_kernel()
    async with Page(server, kernel_id) as page:
        await page.kernel_info()
        await page.run("import ipywidgets as widgets\nbar = widgets.IntProgress(max=300)")
        cell = await page.execute(
            "for i in range(1, 301):\n    bar.value = i\n    print(i, flush=True)"
        )
        await page.ended(cell)
        notices = [m for m in page.of(cell) if "rate exceeded" in m.content.get("text", "")]
        assert notices
        assert notices[0].content["name"] == "stderr"
        assert "iopub_msg_rate_limit" in notices[0].content["text"]
        assert len([m for m in page.of(cell) if m.type == "stream"]) < 100
        assert len([m for m in page.of(cell) if m.method == "update"]) == 300
        assert page.widgets.only("IntProgressModel").state["value"] == 300
        # The next cell starts with a clean count.
        assert await page.run("print('ok')") == "ok\n"
