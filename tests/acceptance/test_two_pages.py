"""Two pages on one kernel: both drive it, neither gets what is the other's."""

import asyncio
from functools import partial

from jupyter_comm_broker.testing.message import Message
from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.server import Server
from jupyter_comm_broker.testing.widgets import Model

SLIDER = "import ipywidgets as widgets\nslider = widgets.IntSlider()"


async def two_sliders(one: Page, other: Page) -> tuple[Model, Model]:
    """Show a slider in both pages."""
    await one.kernel_info()
    await one.run(SLIDER)
    mine = one.widgets.only("IntSliderModel")
    await other.until(lambda m: m.type == "comm_open" and m.comm_id == mine.comm_id)
    return mine, other.widgets.models[mine.comm_id]


def echoes(value: int, message: Message) -> bool:
    """Whether a message is the echo of the slider's ``value``."""
    return message.method == "echo_update" and message.state.get("value") == value


async def test_a_drag_in_one_tab_ends_at_its_last_value_in_both(
    server: Server, kernel_id: str
) -> None:
    """Stock passes too, as one kernel's order is all that it takes."""
    async with Page(server, kernel_id) as a, Page(server, kernel_id) as b:
        mine, theirs = await two_sliders(a, b)
        for value in range(1, 101):
            await a.widgets.set(mine.comm_id, value=value)
            await asyncio.sleep(0.005)
        await a.shows(lambda: not mine.in_flight)
        await b.until(lambda m: m.method == "echo_update" and m.state.get("value") == 100)
        # Whatever else would come, comes before the kernel's next answer.
        assert await a.run("print(slider.value)") == "100\n"
        await b.kernel_info()
        assert mine.state["value"] == theirs.state["value"] == 100

        echoes = [m for m in a.received if m.method == "echo_update"]
        assert len({m.parent_id for m in echoes}) == len(echoes)
        assert all(m.parent["session"] == a.session_id for m in echoes)
        assert not [m for m in a.received if m.method == "update" and m.comm_id == mine.comm_id]
        shown = [value for key, value in mine.shown if key == "value"]
        assert shown == sorted(shown), "an older value came after a newer one was acknowledged"
        seen = [value for key, value in theirs.shown if key == "value"]
        assert seen == sorted(seen)


async def test_both_tabs_can_drag_in_turns(server: Server, kernel_id: str) -> None:
    async with Page(server, kernel_id) as a, Page(server, kernel_id) as b:
        mine, theirs = await two_sliders(a, b)
        for turn in range(1, 11):
            page, other, model = (a, b, mine) if turn % 2 else (b, a, theirs)
            await page.widgets.set(model.comm_id, value=turn)
            for each in (page, other):
                await each.until(partial(echoes, turn))
        assert await a.run("print(slider.value)") == "10\n"


async def test_each_of_two_executing_tabs_gets_its_own_replies_alone(
    server: Server, kernel_id: str
) -> None:
    async with Page(server, kernel_id) as a, Page(server, kernel_id) as b:
        await a.kernel_info()
        asked: dict[str, list[str]] = {a.session_id: [], b.session_id: []}
        for number in range(10):
            for page in (a, b):
                asked[page.session_id].append(await page.execute(f"print({number})"))
        for page in (a, b):
            for msg_id in (msg_id for mine in asked.values() for msg_id in mine):
                await page.idle(msg_id)
            for msg_id in asked[page.session_id]:
                await page.ended(msg_id)  # a reply may come after its idle: other sockets
            replies = [m for m in page.received if m.type == "execute_reply"]
            assert [m.parent_id for m in replies] == asked[page.session_id]
            # What the kernel publishes is for both.
            printed = [m for m in page.received if m.content.get("name") == "stdout"]
            assert {m.parent["session"] for m in printed} == set(asked)


async def test_input_is_asked_of_the_tab_that_executes(server: Server, kernel_id: str) -> None:
    async with Page(server, kernel_id) as a, Page(server, kernel_id) as b:
        await a.kernel_info()
        cell = await a.execute("print('hello', input('name? '))", stdin=True)
        question = await a.until(lambda m: m.type == "input_request")
        assert question.channel == "stdin"
        assert question.content["prompt"] == "name? "
        await a.send("input_reply", {"value": "Ada", "status": "ok"}, channel="stdin")
        await a.ended(cell)
        assert "hello Ada\n" in [m.content["text"] for m in a.of(cell) if m.type == "stream"]
        assert not [m for m in b.received if m.channel == "stdin" or m.type == "execute_reply"]


async def test_an_interrupt_from_the_other_tab_ends_the_cell(
    server: Server, kernel_id: str
) -> None:
    async with Page(server, kernel_id) as a, Page(server, kernel_id) as b:
        await a.kernel_info()
        # In its own code, and not in what the kernel does before.
        cell = await a.execute("import time\nprint('begun', flush=True)\ntime.sleep(60)")
        await b.until(lambda m: m.type == "stream" and m.parent_id == cell)
        answer = await server.ask("POST", f"/api/kernels/{kernel_id}/interrupt")
        assert answer.status == 204
        reply = await a.ended(cell)
        assert reply.content["ename"] == "KeyboardInterrupt"
