"""``list`` and ``targets``, for people and for programs."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.cli.exits import Exit

from ..conftest import Run
from ..counter import KERNEL, OTHER, Counter, comm

TARGET = {
    "kernel_id": KERNEL,
    "target_name": "my.target",
    "side": "kernel",
    "status": "rejected",
    "evidence": "closed at once",
    "since": "2026-01-02T03:04:05.678+00:00",
    "comms": 0,
}


def test_programs_get_all_comms_as_the_api_has_them(run: Run, counter: Counter) -> None:
    counter.lays(
        "/api/comms",
        {"comms": [comm("a")], "next": "n", "total": 2},
        {"comms": [comm("b")], "next": None, "total": 2},
    )
    ended = run("list", "--json", "--text", "x", "--sort=-idle", "--fields", "comm_id")
    assert (ended.code, ended.err) == (0, "")
    assert ended.json == [comm("a"), comm("b")]
    query = counter.asked[0].query
    assert query == {"text": "x", "sort": "-idle", "fields": "comm_id", "limit": "1000"}


def test_people_get_a_table_and_are_told_of_the_rest(run: Run, counter: Counter) -> None:
    counter.lays_kernels(a="x.ipynb")
    counter.lays(
        "/api/comms",
        {"comms": [comm("abc")], "next": "n", "total": 3},
        {"comms": [comm("layout")], "next": "n", "total": 1_007},
    )
    ended = run("list", "--limit", "1", "--kernel", "x")
    assert ended.code == 0
    assert "abc" in ended.out
    assert "layout" not in ended.out
    assert ended.err == (
        "1 of 3 comms; --limit 0 shows all\nwithout 1,004 layouts and styles; --all shows them\n"
    )
    shown, counted = counter.of("GET", "/api/comms")
    assert shown.query == {"kernel": KERNEL, "limit": "1", "dress": "false"}
    assert counted.query == {"kernel": KERNEL, "limit": "1"}


@pytest.mark.parametrize("asked", [["--all"], ["--model", "LayoutModel"], ["--text", "abc"]])
def test_layouts_and_styles_are_shown_to_who_asks_for_them(
    run: Run, counter: Counter, asked: list[str]
) -> None:
    counter.lays_kernels(a="x.ipynb")
    counter.lays_comms(comm("abc"))
    ended = run("list", *asked)
    assert ("abc" in ended.out, ended.err) == (True, "")
    (request,) = counter.of("GET", "/api/comms")
    assert "dress" not in request.query


def test_nothing_is_said_to_be_nothing(run: Run, counter: Counter) -> None:
    counter.lays_comms()
    assert run("list").err == "no comm is open on this server\n"
    assert run("list", "--attached").err == "no such comm\n"
    assert run("list", "--json").json == []


def test_fields_are_for_programs(run: Run) -> None:
    ended = run("list", "--fields", "comm_id")
    assert (ended.code, ended.out) == (Exit.USAGE, "")
    assert "--json" in ended.err


def test_targets_are_listed(run: Run, counter: Counter) -> None:
    counter.lays_kernels(a="x.ipynb", b="y.ipynb")
    counter.lays("/api/comms/targets", {"targets": [TARGET, {**TARGET, "kernel_id": OTHER}]})
    shown = run("targets", "-k", "x").out.splitlines()
    assert len(shown) == 2
    row = ["x.ipynb", "kernel", "my.target", "rejected", "0", "2026-01-02", "03:04:05"]
    assert shown[1].split() == [*row, "closed", "at", "once"]
    assert run("targets", "--json").json == [TARGET, {**TARGET, "kernel_id": OTHER}]


def test_targets_that_are_not_known_yet_are_said_to_be_so(run: Run, counter: Counter) -> None:
    counter.lays("/api/comms/targets", {"targets": []})
    ended = run("targets")
    assert (ended.code, ended.out) == (0, "")
    assert "learns them" in ended.err
