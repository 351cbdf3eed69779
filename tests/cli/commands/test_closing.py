"""``close``: those that are named or meant, never more, and not without a look."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_comm_broker.cli.command_context import CommandContext
from jupyter_comm_broker.cli.exits import Exit

from ..conftest import Run
from ..counter import KERNEL, OTHER, Counter, comm

COMMS = f"/api/kernels/{KERNEL}/comms"
CLOSED = {"comm_id": "c1", "msg_id": "m", "queued_behind": None}


def many(*ids: str, kernel_id: str = KERNEL, dry_run: bool = True) -> dict[str, Any]:
    comms = [
        {"comm_id": each, "target_name": "t", "model": None, "idle_seconds": 70.0} for each in ids
    ]
    count = 0 if dry_run else len(ids)
    return {"kernel_id": kernel_id, "dry_run": dry_run, "closed": count, "comms": comms}


@pytest.fixture(autouse=True)
def kernels(counter: Counter) -> None:
    counter.lays_kernels(a="x.ipynb", b="y.ipynb")
    counter.lays_comms(comm("c1"), comm("c2"))


def deleted(counter: Counter) -> list[tuple[str, dict[str, str]]]:
    return [(each.path, each.query) for each in counter.asked if each.method == "DELETE"]


def test_named_comms_are_closed(run: Run, counter: Counter) -> None:
    counter.lays(f"{COMMS}/c1", CLOSED, method="DELETE")
    counter.lays(f"{COMMS}/c2", {**CLOSED, "comm_id": "c2"}, method="DELETE")
    assert run("close", "c1", "c2", "c1").out == "closed c1\nclosed c2\n"
    assert deleted(counter) == [(f"{COMMS}/c1", {}), (f"{COMMS}/c2", {})]


def test_what_was_closed_is_told_before_what_went_wrong(run: Run, counter: Counter) -> None:
    counter.lays(f"{COMMS}/c1", CLOSED, method="DELETE")
    dead = {"message": "kernel is dead", "reason": "KernelUnavailableError"}
    counter.lays(f"{COMMS}/c2", dead, method="DELETE", status=503)
    ended = run("close", "c1", "c2", "--json")
    assert ended.code == Exit.KERNEL_DOWN
    assert [each["comm_id"] for each in ended.json["closed"]] == ["c1"]
    assert ended.err == "jupyter comms: kernel is dead\n"


def test_nothing_is_closed_when_a_name_is_unknown(run: Run, counter: Counter) -> None:
    assert run("close", "c1", "c9").code == Exit.NOT_FOUND
    assert deleted(counter) == []


def test_a_dry_run_closes_nothing(run: Run, counter: Counter) -> None:
    assert run("close", "c1", "--dry-run").out == "would close c1\n"
    assert deleted(counter) == []
    counter.lays(COMMS, many("c1", "c2"), method="DELETE")
    ended = run("close", "-k", "x", "--target", "t", "--dry-run")
    assert ended.code == 0
    assert ended.err == "would close 2 comms\n"
    assert [line.split()[0] for line in ended.out.splitlines()] == ["COMM", "c1", "c2"]
    assert deleted(counter) == [(COMMS, {"target": "t", "dry_run": "true"})]


def test_it_is_said_that_some_are_needed(run: Run, counter: Counter) -> None:
    answer = {**many("c1"), "held": 3}
    counter.lays(COMMS, answer, answer, method="DELETE")
    ended = run("close", "-k", "x", "--target", "t", "--dry-run")
    assert "3 comms more matched and stay open: other widgets use them" in ended.err
    assert run("close", "-k", "x", "--target", "t", "--dry-run", "--json").json["held"] == 3


def test_meant_comms_are_closed_on_every_kernel(run: Run, counter: Counter) -> None:
    other = f"/api/kernels/{OTHER}/comms"
    counter.lays_comms(comm("c1"), comm("c2"), comm("d", OTHER))
    counter.lays(COMMS, many("c1", "c2"), many("c1", "c2", dry_run=False), method="DELETE")
    of_other = [many("d", kernel_id=OTHER, dry_run=dry) for dry in (True, False)]
    counter.lays(other, *of_other, method="DELETE")
    ended = run("close", "--idle-longer-than", "1m", "--detached", "--yes")
    assert (ended.code, ended.out) == (0, "closed 3 comms\n")
    query = {"idle_longer_than": "60.0", "attached": "false"}
    dry = {**query, "dry_run": "true"}
    assert deleted(counter) == [(COMMS, dry), (other, dry), (COMMS, query), (other, query)]


def test_programs_are_told_which(run: Run, counter: Counter) -> None:
    counter.lays(COMMS, many("c1"), many("c1", dry_run=False), method="DELETE")
    ended = run("close", "--all", "-k", "x", "--yes", "--json")
    (closed,) = ended.json["closed"]
    assert (closed["kernel_id"], closed["comm_id"]) == (KERNEL, "c1")
    assert deleted(counter)[-1] == (COMMS, {"all": "true"})


@pytest.mark.parametrize(("agrees", "code", "closings"), [(True, 0, 2), (False, Exit.FAILED, 1)])
def test_a_person_decides(
    run: Run,
    counter: Counter,
    monkeypatch: pytest.MonkeyPatch,
    agrees: bool,
    code: int,
    closings: int,
) -> None:
    questions: list[str] = []

    def asked(_context: CommandContext, question: str) -> bool:
        questions.append(question)
        return agrees

    monkeypatch.setattr(CommandContext, "agrees", asked)
    ids = [f"c{number}" for number in range(30)]
    counter.lays(COMMS, many(*ids), many(*ids, dry_run=False), method="DELETE")
    ended = run("close", "--target", "t")
    assert (ended.code, questions) == (code, ["Close 30 comms?"])
    assert "and 10 more; --dry-run shows all" in ended.err
    assert len(deleted(counter)) == closings


def test_nobody_there_to_ask_closes_nothing(run: Run, counter: Counter) -> None:
    counter.lays(COMMS, many("c1"), method="DELETE")
    ended = run("close", "--target", "t")
    assert ended.code == Exit.USAGE
    assert "--yes" in ended.err
    assert len(deleted(counter)) == 1


def test_nothing_meant_is_nothing_to_ask_about(run: Run, counter: Counter) -> None:
    counter.lays(COMMS, many(), method="DELETE")
    ended = run("close", "--target", "t")
    assert (ended.code, ended.out) == (0, "closed 0 comms\n")
    assert len(deleted(counter)) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "use --all"),
        (["c1", "--target", "t"], "not both"),
        (["c1", "--all"], "not both"),
        (["--all", "--target", "t"], "without a condition"),
    ],
)
def test_it_has_to_be_clear_which(run: Run, counter: Counter, words: list[str], said: str) -> None:
    ended = run("close", *words)
    assert ended.code == Exit.USAGE
    assert said in ended.err
    assert counter.asked == []
