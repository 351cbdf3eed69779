"""What happens to a widget shows in the stream, in Jupyter's event log and in the metrics."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from jupyter_comm_broker.adapters.event_log import SCHEMA_ID
from jupyter_comm_broker.protocol.alias import alias
from jupyter_comm_broker.testing.event_reader import EventReader
from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.server import Server
from jupyter_comm_broker.testing.websocket import WebSocket
from jupyter_comm_broker.testing.widgets import WIDGET

SLIDER = """
import ipywidgets as widgets
slider = widgets.IntSlider(7)
print(slider.comm.comm_id)
"""

BUFFER = 4096
MANY = 800
"""Under what a kernel queues before it drops what it publishes (1,000 messages)."""
OPEN_MANY = f"""
from comm import create_comm
many = [create_comm(target_name="many") for _ in range({MANY})]
print(*(each.comm_id for each in many))
"""


async def test_a_widget_that_is_opened_moved_and_closed_shows_in_the_stream(
    server: Server, kernel_id: str
) -> None:
    async with EventReader(server, kernel=kernel_id) as reader:
        await reader.begins()
        async with Page(server, kernel_id) as page:
            assert (await reader.of("attached")).data["session_id"] == alias(page.session_id)
            comm_id = (await page.run(SLIDER)).strip()
            about = {"kernel_id": kernel_id, "comm_id": comm_id}
            opened = await reader.until(
                lambda told: told.type == "opened" and told.data["comm_id"] == comm_id
            )
            assert opened.data["model"]["name"] == "IntSliderModel"
            await page.widgets.set(comm_id, value=9)
            sent = await reader.until(
                lambda told: (
                    told.type == "message"
                    and told.data["comm_id"] == comm_id
                    and told.data["direction"] == "from_frontend"
                )
            )
            assert (sent.data["session_id"], sent.data["method"]) == (
                alias(page.session_id),
                "update",
            )
            assert sent.data["data"]["state"] == {"value": 9}
            moved = await reader.until(
                lambda told: told.type == "state" and told.data["attributes"].get("value") == 9
            )
            assert about.items() <= moved.data.items()
            await page.run("slider.close()")
            closed = await reader.until(
                lambda told: told.type == "closed" and told.data["comm_id"] == comm_id
            )
            assert closed.data["by"] == "kernel"
        assert (await reader.of("detached")).data["session_id"] == alias(page.session_id)
        server.end_kernel(kernel_id)
        await reader.ends()
        assert (reader.told[-1].type, reader.told[-1].data["state"]) == ("kernel", "gone")


async def test_a_reader_that_comes_back_has_missed_nothing(server: Server, kernel_id: str) -> None:
    wanted: dict[str, Any] = {"kernel": kernel_id, "types": "opened,state,closed"}
    async with Page(server, kernel_id) as page:
        async with EventReader(server, **wanted) as reader:
            await reader.begins()
            comm_id = (await page.run(SLIDER)).strip()
            await reader.until(lambda told: told.data.get("comm_id") == comm_id)
            last = reader.last_id
        await page.run("for value in range(50): slider.value = value")
        await page.run("slider.close()")
        async with EventReader(server, after=last, **wanted) as reader:
            await reader.until(
                lambda told: told.type == "closed" and told.data["comm_id"] == comm_id
            )
            mine = [told for told in reader.told if told.data["comm_id"] == comm_id]
            values = [t.data["attributes"].get("value") for t in mine if t.type == "state"]
            assert values[-1] == 49
            assert not [told for told in reader.told if told.type == "resync"]
            sequences = [told.data["sequence"] for told in mine if told.type == "state"]
            assert sequences == sorted(set(sequences))


async def test_a_reader_that_lags_gets_each_message_and_merged_states(
    server: Server, kernel_id: str
) -> None:
    types: dict[str, Any] = {"kernel": kernel_id, "types": "message,state,closed"}
    async with (
        Page(server, kernel_id) as page,
        EventReader(server, receive_buffer=BUFFER, **types) as reader,
    ):
        await reader.begins()
        await page.run("import ipywidgets as widgets\ntext = widgets.Text()")
        # More than all sockets on the way take in, for a reader that reads nothing.
        await page.run("for n in range(3000): text.value = str(n).rjust(4000)", within=90)
        await page.run("text.close()")
        await reader.until(lambda told: told.type == "closed", within=60)
        assert not [told for told in reader.told if told.type == "resync"]
        messages = [
            told.data["data"]["state"]["value"].strip()
            for told in reader.told
            if told.type == "message" and told.data["method"] == "update"
        ]
        assert messages == [str(n) for n in range(3000)]
        states = [
            told.data
            for told in reader.told
            if told.type == "state" and "value" in told.data["attributes"]
        ]
        assert states[-1]["attributes"]["value"].strip() == "2999"
        # More than one look at the kernel's socket takes in.
        assert max(state["merged"] for state in states) > 200


async def test_a_storm_of_comms_reaches_jupyters_event_log_whole(
    server: Server, kernel_id: str
) -> None:
    listener = WebSocket()
    allowed = {"Authorization": f"token {server.token}"}
    await listener.open(server, "/api/events/subscribe", headers=allowed)
    opened: list[str] = []
    async with Page(server, kernel_id, targets=(WIDGET, "many")) as page:
        printed = await page.run(OPEN_MANY, within=60)
        while len(opened) < MANY:
            told = json.loads(str(await asyncio.wait_for(listener.receive(), 30)))
            if told["schema_id"] == SCHEMA_ID and told.get("target_name") == "many":
                assert (told["action"], told["kernel_id"]) == ("opened", kernel_id)
                opened.append(told["comm_id"])
        assert opened == printed.split()
    listener.cut()


async def test_the_metrics_tell_of_comms_and_messages_without_naming_any(
    server: Server, kernel_id: str
) -> None:
    async with Page(server, kernel_id) as page:
        await page.run(SLIDER)
        metrics = (await server.ask("GET", "/metrics")).body
        mine = [line for line in metrics.splitlines() if line.startswith("jupyter_comm_broker_")]
        found = dict(line.rsplit(" ", 1) for line in mine)
        assert float(found["jupyter_comm_broker_comms"]) >= 3
        assert float(found['jupyter_comm_broker_messages_total{direction="from_kernel"}']) >= 3
        assert "jupyter_comm_broker_restore_seconds_count" in found
        assert kernel_id not in metrics
