"""``running``: a line for each cell that runs or waits, over all kernels."""

from __future__ import annotations

from typing import Any

from jupyter_comm_broker.cli.exits import Exit

from ..conftest import Run
from ..counter import KERNEL, OTHER, Counter


def a_run(msg_id: str = "r1", **other: Any) -> dict[str, Any]:
    """Return a run as lists show it."""
    return {
        "kernel_id": KERNEL,
        "msg_id": msg_id,
        "cell_id": "cell",
        "state": "running",
        "seconds": 200.0,
        "prompt": None,
        "bytes": 2048,
        "last_lines": ["epoch 7"],
        **other,
    }


def lays_runs(counter: Counter, *runs: dict[str, Any], kernel_id: str = KERNEL) -> None:
    body = {"kernel_id": kernel_id, "requests": list(runs), "next": None, "total": len(runs)}
    counter.lays(f"/api/kernels/{kernel_id}/requests", body)


def test_people_see_what_runs_with_its_last_line(run: Run, counter: Counter) -> None:
    counter.lays_kernels(a="x.ipynb", b="y.ipynb")
    lays_runs(counter, a_run(), a_run("r2", state="queued", cell_id=None, last_lines=[], bytes=0))
    asks = a_run("r3", kernel_id=OTHER, prompt="name? \x1b[2J", cell_id="\x00")
    lays_runs(counter, asks, kernel_id=OTHER)
    ended = run("running")
    assert ended.code == 0
    _, one, two, three = ended.out.splitlines()
    assert one.split() == ["x.ipynb", "r1", "cell", "running", "3m", "2.0", "KiB", "epoch", "7"]
    assert two.split()[:3] == ["x.ipynb", "r2", "queued"]
    assert three.split()[:4] == ["y.ipynb", "r3", "\\x00", "asks"]
    assert "\x1b" not in ended.out
    query = counter.of("GET", f"/api/kernels/{KERNEL}/requests")[0].query
    assert query == {"state": "running,queued", "lines": "1", "limit": "1000"}


def test_programs_get_the_runs_as_the_api_has_them(run: Run, counter: Counter) -> None:
    counter.lays_kernels(a="x.ipynb")
    lays_runs(counter, a_run())
    assert run("running", "--json").json == [a_run()]


def test_one_kernel_is_named_as_elsewhere(run: Run, counter: Counter) -> None:
    counter.lays_kernels(a="x.ipynb", b="y.ipynb")
    lays_runs(counter, kernel_id=OTHER)
    ended = run("running", "y")
    assert (ended.code, ended.out, ended.err) == (0, "", "no cell runs on this kernel\n")
    assert run("running", "z").code == Exit.NOT_FOUND


def test_a_kernel_that_has_just_ended_is_left_out(run: Run, counter: Counter) -> None:
    counter.lays_kernels(a="x.ipynb", b="y.ipynb")
    gone = {"message": "no kernel", "reason": "KernelNotFoundError"}
    counter.lays(f"/api/kernels/{OTHER}/requests", gone, status=404)
    lays_runs(counter, a_run())
    assert [each["msg_id"] for each in run("running", "--json").json] == ["r1"]
    named = run("running", OTHER)
    assert (named.code, "no kernel" in named.err) == (Exit.NOT_FOUND, True)


def test_who_may_not_read_kernels_is_told_so(run: Run, counter: Counter) -> None:
    denied = {"message": "u may not read kernels", "reason": "not authorized"}
    counter.lays("/api/kernels", denied, status=403)
    ended = run("running")
    assert ended.code == Exit.NOT_ALLOWED
    assert "may not read kernels" in ended.err


def test_an_older_server_is_named(run: Run, counter: Counter) -> None:
    counter.lays_kernels(a="x.ipynb")
    ended = run("running")
    assert (ended.code, "is too old" in ended.err) == (Exit.NOT_FOUND, True)
