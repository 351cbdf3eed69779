"""Comms are opened and closed over REST: what the kernel turns down is said, left-overs go."""

import asyncio
import json

import pytest

from jupyter_comm_broker.protocol.alias import alias
from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.server import Server

from .conftest import StartServer

TARGETS = """
manager = get_ipython().kernel.comm_manager
heard = []
def opened(comm, message):
    heard.append(message["content"]["data"])
    comm.on_close(lambda message: heard.append("closed"))
def fails(comm, message):
    raise ValueError("a secret path")
manager.register_target("plot", opened)
manager.register_target("fails", fails)
"""
CELL = """
import ipywidgets as widgets
last = widgets.IntSlider()
display(last)
"""
"""Three comms each time: slider, layout, style."""


async def test_a_comm_is_opened_used_and_closed(server: Server, kernel_id: str) -> None:
    async with Page(server, kernel_id) as page:
        await page.kernel_info()
        await page.run(TARGETS)
        comms = f"/api/kernels/{kernel_id}/comms"
        body = {"target_name": "plot", "comm_id": "mine", "data": {"a": 1}}
        opened = await server.ask("POST", comms, body)
        assert opened.status == 201
        assert (opened.body["comm_id"], opened.body["target_name"]) == ("mine", "plot")
        assert (await server.ask("POST", comms, body)).status == 409
        assert "mine" in await server.comms(kernel_id)
        assert (await server.ask("DELETE", f"{comms}/mine")).status == 200
        assert await page.run("print(heard, 'mine' in manager.comms)") == (
            "[{'a': 1}, 'closed'] False\n"
        )
        gone = await server.ask("DELETE", f"{comms}/mine")
        assert (gone.status, gone.body["closed"]["by"]) == (410, "frontend")


@pytest.mark.parametrize(
    ("target", "because", "said"),
    [
        ("nobody's", "target not registered", "No such comm target registered"),
        ("fails", "the target's callback failed", "ValueError: a secret path"),
    ],
)
async def test_what_the_kernel_turns_down_is_said_and_not_listed(
    server: Server, kernel_id: str, target: str, because: str, said: str
) -> None:
    async with Page(server, kernel_id) as page:
        await page.kernel_info()
        await page.run(TARGETS)
        comms = f"/api/kernels/{kernel_id}/comms"
        answer = await server.ask("POST", comms, {"target_name": target})
        assert (answer.status, answer.body["because"]) == (422, because)
        assert said in answer.body["said"]
        assert await server.comms(kernel_id) == {}
        assert (await page.run("print(len(manager.comms))")).strip() == "0"


async def test_settings_of_the_server_hold_for_rest_too(start_server: StartServer) -> None:
    config = """
c.MappingKernelManager.allow_tracebacks = False
c.MappingKernelManager.allowed_message_types = [
    "execute_request", "kernel_info_request", "comm_open"
]
"""
    server = start_server("broker", config=config)
    kernel_id = server.start_kernel()
    async with Page(server, kernel_id) as page:
        await page.kernel_info()
        await page.run(TARGETS)
        comms = f"/api/kernels/{kernel_id}/comms"
        failed = await server.ask("POST", comms, {"target_name": "fails"})
        assert failed.body["because"] == "the target's callback failed"
        assert "secret" not in json.dumps(failed.body)
        opened = await server.ask("POST", comms, {"target_name": "plot"})
        comm = f"{comms}/{opened.body['comm_id']}"
        for answer in (
            await server.ask("POST", f"{comm}/messages", {"data": {}}),
            await server.ask("DELETE", comm),
            await server.ask("DELETE", f"{comms}?all=true"),
        ):
            assert (answer.status, answer.body["reason"]) == (403, "RefusedMessageError")
            assert answer.body["setting"] == "MappingKernelManager.allowed_message_types"
        assert len(await server.comms(kernel_id)) == 1


async def test_left_overs_are_closed_and_the_one_on_screen_works(
    server: Server, kernel_id: str
) -> None:
    async with Page(server, kernel_id) as page:
        await page.kernel_info()
        for _ in range(9):
            await page.run(CELL)
        # The one on screen may take as long to be found as the others are older.
        await asyncio.sleep(4.1)
        await page.run(CELL)
        listed = await server.comms(kernel_id)
        assert len(listed) == 30
        assert all(alias(page.session_id) in comm["frontends"] for comm in listed.values())
        left = f"/api/kernels/{kernel_id}/comms?target=jupyter.widget&idle_longer_than=4"
        look = await server.ask("DELETE", f"{left}&dry_run=true")
        assert (look.body["closed"], len(look.body["comms"])) == (0, 27)
        assert len(await server.comms(kernel_id)) == 30
        done = await server.ask("DELETE", left)
        assert done.body["closed"] == 27
        closed = {each["comm_id"] for each in done.body["comms"]}
        assert set(listed) - closed == set(await server.comms(kernel_id))
        await page.shows(lambda: closed <= set(page.widgets.closed))
        assert (await page.run("print(len(get_ipython().kernel.comm_manager.comms))")) == "3\n"
        (alive,) = (
            model
            for model in page.widgets.models.values()
            if model.live and model.state.get("_model_name") == "IntSliderModel"
        )
        await page.widgets.set(alive.comm_id, value=5)
        assert (await page.run("print(last.value)")).strip() == "5"


async def test_who_may_only_read_sees_and_changes_nothing(start_server: StartServer) -> None:
    """As far as REST goes."""
    config = """
from jupyter_server.auth.authorizer import Authorizer
class Viewer(Authorizer):
    def is_authorized(self, handler, user, action, resource):
        return resource != "comms" or action == "read"
c.ServerApp.authorizer_class = Viewer
"""
    server = start_server("broker", config=config)
    kernel_id = server.start_kernel()
    async with Page(server, kernel_id) as page:
        await page.kernel_info()
        await page.run(CELL)
        before = await server.comms(kernel_id)
        comm_id = page.widgets.only("IntSliderModel").comm_id
        comms = f"/api/kernels/{kernel_id}/comms"
        for method, path, body in [
            ("POST", f"{comms}/{comm_id}/messages", {"data": {}}),
            ("PUT", f"{comms}/{comm_id}/recording", {"on": True}),
            ("PUT", f"/api/kernels/{kernel_id}/recordings/plot", {"on": True}),
            ("POST", comms, {"target_name": "plot"}),
            ("DELETE", f"{comms}/{comm_id}", None),
            ("DELETE", f"{comms}?all=true", None),
        ]:
            answer = await server.ask(method, path, body)
            assert (answer.status, answer.body["reason"]) == (403, "not authorized")
            assert f"{method} {path.partition('?')[0]}" in server.log
        after = await server.comms(kernel_id)
        assert {k: v["messages"] for k, v in after.items()} == {
            k: v["messages"] for k, v in before.items()
        }
        assert (await server.ask("GET", f"{comms}/{comm_id}/messages")).status == 200


async def test_messages_are_recorded_on_demand(server: Server, kernel_id: str) -> None:
    async with Page(server, kernel_id) as page:
        await page.kernel_info()
        await page.run(CELL)
        comm_id = page.widgets.only("IntSliderModel").comm_id
        comm = f"/api/kernels/{kernel_id}/comms/{comm_id}"
        await page.run("last.value = 1")
        assert (await server.ask("PUT", f"{comm}/recording", {"on": True})).body["on"]
        await page.run("last.value = 2")
        await page.widgets.set(comm_id, value=3)
        await page.run("pass")
        tail = (await server.ask("GET", f"{comm}/messages")).body
        seen = [(m["side"], m["data"]["method"], m["data"]["state"]) for m in tail["messages"]]
        assert seen == [
            ("kernel", "update", {"value": 2}),
            ("frontend", "update", {"value": 3}),
            ("kernel", "echo_update", {"value": 3}),
        ]
        await server.ask("PUT", f"{comm}/recording", {"on": False})
        assert (await server.ask("GET", f"{comm}/messages")).body["messages"] == []
