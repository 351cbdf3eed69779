"""``watch``: events move the table, and programs get the events."""

from __future__ import annotations

import json

import pytest

from jupyter_comm_broker.cli.event_stream import PATH
from jupyter_comm_broker.cli.exits import Exit

from ..conftest import Run
from ..counter import KERNEL, Counter, comm
from ..happened import closed, gone, message, stream


@pytest.fixture(autouse=True)
def kernel(counter: Counter) -> None:
    counter.lays_kernels(a="x.ipynb")
    counter.lays_comms(comm("c1"), comm("c2"))


def test_people_see_the_comms_and_what_happened_last(run: Run, counter: Counter) -> None:
    counter.lays(PATH, stream(message(), closed()))
    ended = run("watch", "-n", "2", "--detached")
    assert ended.code == 0
    assert "2 comms, 2 events; 03:04:05 x.ipynb closed c1 closed by the kernel" in ended.out
    assert "c2" in ended.out
    query = counter.of("GET", "/api/comms")[-1].query
    assert (query["sort"], query["attached"]) == ("-last_activity", "false")


def test_it_ends_with_the_kernel_that_is_watched(run: Run, counter: Counter) -> None:
    counter.lays(PATH, stream(gone()))
    ended = run("watch", "-k", "x")
    assert ended.code == 0
    assert "the kernel was shut down" in ended.out
    assert counter.of("GET", PATH)[0].query == {"kernel": KERNEL}


def test_a_stream_that_is_refused_ends_it_with_one_line(run: Run, counter: Counter) -> None:
    forbidden = {"message": "x may not read comms", "reason": "not authorized"}
    counter.lays(PATH, forbidden, status=403)
    ended = run("watch")
    assert ended.code == Exit.NOT_ALLOWED
    assert ended.err == "jupyter comms: x may not read comms\n"


def test_programs_get_every_event_on_a_line(run: Run, counter: Counter) -> None:
    counter.lays(PATH, stream(message(), closed(), gone()))
    ended = run("watch", "--json", "-n", "2", "--target", "t")
    found = [json.loads(line) for line in ended.out.splitlines()]
    assert [each["type"] for each in found] == ["message", "closed"]
    assert counter.of("GET", PATH)[0].query == {"target": "t"}


def test_conditions_that_events_do_not_know_are_refused(run: Run) -> None:
    ended = run("watch", "--json", "--model", "x", "--idle-longer-than", "5")
    assert ended.code == Exit.USAGE
    assert "not by --model, --idle-longer-than" in ended.err
