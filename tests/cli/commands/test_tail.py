"""``tail``: a line for each message, whatever it carries."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.cli.commands.tail import carried
from jupyter_comm_broker.cli.event_stream import PATH

from ..conftest import Run
from ..counter import KERNEL, Counter, comm
from ..happened import message, stream


@pytest.fixture(autouse=True)
def kernel(counter: Counter) -> None:
    counter.lays_kernels(a="x.ipynb")


def test_people_see_a_line_for_each(run: Run, counter: Counter) -> None:
    own = message(method=None, direction="from_frontend", data={"a": "\x1b"}, msg_type="comm_open")
    missed = ("resync", {"reason": "too slow"})
    counter.lays(PATH, stream(message(), missed, own))
    ended = run("tail", "-n", "2", "--target", "t")
    assert ended.code == 0
    assert ended.out.splitlines() == [
        '03:04:05.678  x.ipynb  <-  c1  comm_msg update  2.0 KiB  {"value": 7}',
        '03:04:05.678  x.ipynb  ->  c1  comm_open  2.0 KiB  {"a": "\\u001b"}',
    ]
    assert ended.err == "some messages are missing here: too slow\n"
    assert counter.of("GET", PATH)[0].query == {"types": "message", "target": "t"}


def test_programs_get_a_line_of_json_for_each(run: Run, counter: Counter) -> None:
    counter.lays_comms(comm())
    counter.lays(PATH, stream(message(), message(msg_id="n")))
    ended = run("tail", "c1", "--json", "-n", "1")
    assert ended.json == {"type": "message", **message()[1]}
    query = {"types": "message", "kernel": KERNEL, "comm": "c1"}
    assert counter.of("GET", PATH)[0].query == query


@pytest.mark.parametrize(
    ("other", "shown"),
    [
        ({"data": None, "cut": '{"long'}, '{"long…'),
        ({"buffers": [10, 2048]}, '{"value": 7} +10 B, 2.0 KiB'),
        ({"redacted": [["state", "value"]]}, '{"value": 7} (secrets left out)'),
        ({"data": "text", "method": None}, '"text"'),
    ],
)
def test_what_a_message_carries_is_told(other: dict[str, object], shown: str) -> None:
    assert carried(message(**other)[1]) == shown
