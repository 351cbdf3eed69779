"""The metrics stand in the registry once for all servers of a process, while there is one."""

from __future__ import annotations

from typing import Any

from prometheus_client import CollectorRegistry, generate_latest

from jupyter_comm_broker.inspection.tally import Tally
from jupyter_comm_broker.web.metrics import COLLECTOR, COUNTERS, GAUGES, CommCollector
from tests.core.room import Room


def source(room: Room) -> Any:
    def tally() -> Tally:
        found = Tally()
        found.include(room.broker.known)
        return found

    return tally


def samples(registry: CollectorRegistry) -> dict[str, float]:
    lines = generate_latest(registry).decode().splitlines()
    pairs = [line.rsplit(" ", 1) for line in lines if not line.startswith("#")]
    return {name.removeprefix("jupyter_comm_broker_"): float(value) for name, value in pairs}


def test_two_servers_add_up_and_the_last_one_takes_all_away() -> None:
    registry = CollectorRegistry()
    collector = CommCollector(registry)
    rooms = Room(), Room()
    one, other = map(source, rooms)
    for room in rooms:
        room.kernel.opens("c", {"_model_name": "N"})
    collector.add(one)
    collector.add(other)
    assert samples(registry)["comms"] == 2
    collector.remove(one)
    collector.remove(one)
    assert samples(registry)["comms"] == 1
    collector.remove(other)
    assert samples(registry) == {}
    # As after a restart of the extension.
    collector.add(one)
    assert samples(registry)["comms"] == 1


def test_everything_is_there_from_the_start_and_no_label_names_a_comm() -> None:
    registry = CollectorRegistry()
    collector = CommCollector(registry)
    room = Room()
    room.kernel.opens("c1", {"_model_name": "N"})
    page = room.page("a")
    page.restores()
    page.updates("c1", {"value": 1})
    collector.add(source(room))
    found = samples(registry)
    assert {*GAUGES} <= {*found}
    assert {f"{name}_total" for name in COUNTERS} <= {*found}
    assert found['messages_total{direction="from_kernel"}'] == 1
    assert found['bytes_total{direction="from_frontends"}'] > 0
    assert found["restore_seconds_count"] == found['restore_seconds_bucket{le="+Inf"}'] == 1
    assert found["restore_seconds_sum"] >= 0
    assert "c1" not in str(found)


async def test_the_server_shows_them(jp_serverapp: Any, jp_fetch: Any) -> None:
    assert COLLECTOR._sources
    body = (await jp_fetch("metrics")).body.decode()
    assert "# TYPE jupyter_comm_broker_comms gauge" in body
    (extension,) = jp_serverapp.extension_manager.extension_apps["jupyter_comm_broker"]
    await extension.stop_extension()
    assert extension.services.kernels.metrics_totals.tally not in COLLECTOR._sources
