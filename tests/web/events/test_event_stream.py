"""The stream says what happens in the standard's form, goes on where it was left, and ends."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from jupyter_comm_broker.events.event_writer import EventWriter
from jupyter_comm_broker.testing.event_reader import EventReader
from tests.until import until

from ..conftest import KERNEL_1, KERNEL_2, NO_KERNEL, Ask, Desk, Judge, Reading
from ..contract import SCHEMAS, operation_of

SOURCES = operation_of("GET", "/api/comms/events")["responses"]["200"]["content"]
EVENTS = SOURCES["text/event-stream"]["x-events"]


def tell(desk: Desk, kernel_id: str = KERNEL_1) -> None:
    """Write into the journal what happened on a kernel."""
    room = desk.rooms[kernel_id]
    happened, room.happened = room.happened, []
    EventWriter(desk.events.journal, 1000).write(kernel_id, room.broker, happened, room.now)


def opens(desk: Desk, comm_id: str, kernel_id: str = KERNEL_1) -> None:
    desk.rooms[kernel_id].kernel.opens(comm_id, {"_model_name": "N", "value": 1})
    tell(desk, kernel_id)


def conforms(reader: EventReader) -> None:
    """Hold every event against the API's document."""
    for told in reader.told:
        schema = {**EVENTS[told.type], "components": {"schemas": SCHEMAS}}
        problems = Draft202012Validator(schema).iter_errors(told.data)
        assert [f"{told.type} {each.json_path}: {each.message}" for each in problems] == []


async def test_each_event_has_a_type_an_id_and_what_the_document_says(
    desk: Desk, reading: Reading
) -> None:
    room = desk.rooms[KERNEL_1]
    room.broker._parts.comms.changes.want_traffic()
    async with reading() as reader:
        await reader.begins()
        page = room.page("page")
        room.kernel.opens("c", {"_model_name": "N", "value": 1}, paths=[["raw"]], buffers=[b"12"])
        page.updates("c", {"value": 2})
        room.kernel.closes("c")
        page.detach()
        room.broker.link_closed(room.now)
        room.settle()
        tell(desk)
        await reader.of("kernel")
        assert reader.status == 200
        assert reader.headers["Content-Type"] == "text/event-stream"
        assert reader.headers["Cache-Control"] == "no-store"
        assert {told.type for told in reader.told} == {*EVENTS} - {"resync"}
        conforms(reader)
        assert {told.data["kernel_id"] for told in reader.told} == {KERNEL_1}
        assert len({told.id for told in reader.told}) == len(reader.told)


async def test_a_reader_that_comes_back_goes_on_behind_the_last_event_it_got(
    desk: Desk, reading: Reading
) -> None:
    async with reading(types="opened") as reader:
        await reader.begins()
        opens(desk, "a")
        last = (await reader.of("opened")).id
    opens(desk, "b")
    async with reading(types="opened", after=last) as reader:
        opens(desk, "c")
        assert (await reader.of("opened")).data["comm_id"] == "b"
        assert (await reader.of("opened")).data["comm_id"] == "c"


async def test_who_got_nothing_yet_can_come_back_too(desk: Desk, reading: Reading) -> None:
    async with reading(types="opened") as reader:
        last = await reader.begins()
    opens(desk, "a")
    async with reading(types="opened", after=last) as reader:
        assert (await reader.of("opened")).data["comm_id"] == "a"


async def test_an_id_that_leads_nowhere_is_a_resync_from_which_it_goes_on(
    desk: Desk, reading: Reading
) -> None:
    async with reading(after="another-1") as reader:
        resync = await reader.of("resync")
        opens(desk, "a")
        assert (await reader.of("opened")).data["comm_id"] == "a"
        conforms(reader)
    async with reading(types="opened", after=resync.id) as reader:
        assert (await reader.of("opened")).data["comm_id"] == "a"


async def test_silence_is_broken_and_moves_the_last_id_past_what_is_not_wanted(
    desk: Desk, reading: Reading
) -> None:
    async with reading(types="closed") as reader:
        begun = await reader.begins()
        opens(desk, "a")
        await reader.beats()
        await reader.beats()
        assert begun == "cafe-0"
        assert reader.last_id == desk.events.journal.id_of(desk.events.journal.number) != begun
        assert reader.told == []


async def test_filters_hold(desk: Desk, reading: Reading) -> None:
    async with reading(kernel=KERNEL_2, target="jupyter.widget", comm="b", types="opened") as one:
        await one.begins()
        opens(desk, "b", KERNEL_1)
        opens(desk, "a", KERNEL_2)
        opens(desk, "b", KERNEL_2)
        told = await one.of("opened")
        assert (told.data["kernel_id"], told.data["comm_id"]) == (KERNEL_2, "b")
        assert len(one.told) == 1


@pytest.mark.parametrize(
    ("query", "field"), [({"types": "opened,born"}, "types"), ({"kernels": "a"}, "kernels")]
)
async def test_what_cannot_be_asked_is_a_400_that_names_it(
    reading: Reading, query: dict[str, str], field: str
) -> None:
    async with reading(**query) as reader:
        assert (reader.status, (await reader.body())["field"]) == (400, field)


async def test_no_such_kernel_is_a_404_which_keeps_browsers_from_coming_back(
    desk: Desk, reading: Reading
) -> None:
    async with reading(kernel=NO_KERNEL) as reader:
        assert reader.status == 404
        assert (await reader.body())["reason"] == "KernelNotFoundError"
    assert desk.events.journal.readers == []


async def test_it_ends_with_the_kernel_also_for_who_was_away(desk: Desk, reading: Reading) -> None:
    async with reading(kernel=KERNEL_1, types="kernel") as reader:
        last = await reader.begins()
        room = desk.rooms.pop(KERNEL_1)
        room.broker.link_closed(room.now)
        room.settle()
        desk.rooms[KERNEL_1] = room
        tell(desk)
        del desk.rooms[KERNEL_1]
        await reader.ends()
        assert [told.data["state"] for told in reader.told] == ["gone"]
    async with reading(kernel=KERNEL_1, types="kernel", after=last) as reader:
        await reader.ends()
        assert [told.data["state"] for told in reader.told] == ["gone"]
        last = reader.last_id
    async with reading(kernel=KERNEL_1, types="kernel", after=last) as reader:
        assert reader.status == 404


async def test_it_ends_when_the_server_stops(desk: Desk, reading: Reading) -> None:
    async with reading() as reader:
        await reader.begins()
        desk.events.close()
        await reader.ends()


async def test_a_client_that_leaves_is_noticed_and_forgotten(desk: Desk, reading: Reading) -> None:
    async with reading() as reader:
        await reader.begins()
        assert len(desk.events.journal.readers) == 1
    await until(lambda: not desk.events.journal.readers)
    desk.events.close()


async def test_a_client_that_reads_nothing_costs_no_more_than_the_bound(
    desk: Desk, reading: Reading
) -> None:
    async with reading(receive_buffer=4096, types="opened") as reader:
        await reader.begins()
        (subscription,) = desk.events.journal.readers
        most = desk.events.journal._most_bytes
        # More than the bound and all that sockets may take in.
        for _ in range(60):
            desk.events.journal.add("opened", {"pad": "x" * 1_000_000}, kernel_id=KERNEL_1)
            assert subscription.bytes <= most
            await asyncio.sleep(0)
        assert subscription.resyncs > 0
        await reader.of("resync", within=20)


async def test_reading_takes_the_right_to_read(desk: Desk, reading: Reading) -> None:
    async with reading() as reader:
        assert reader.status == 200
    assert set(Judge.asked) == {("read", "comms")}
    Judge.denied = {("read", "comms")}
    async with reading() as reader:
        assert reader.status == 403
        assert "may not read comms" in (await reader.body())["message"]


async def test_who_is_not_logged_in_gets_nothing(ask: Ask, desk: Desk, jp_serverapp: Any) -> None:
    answer = await ask("api", "comms", "events", headers={"Authorization": "token wrong"})
    assert answer.status == 403
    assert Judge.asked == []
