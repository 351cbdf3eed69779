"""Events are read as they are written, and followed over broken connections."""

from __future__ import annotations

from itertools import islice

import pytest

from jupyter_comm_broker.cli import event_stream
from jupyter_comm_broker.cli.client import Client
from jupyter_comm_broker.cli.event_stream import PATH, Event, follow, read
from jupyter_comm_broker.cli.exits import CommandError, Exit
from jupyter_comm_broker.cli.servers.address import address

from .counter import KERNEL, Counter
from .happened import closed, gone, message, stream

MISSING = {"message": "no kernel", "reason": "KernelNotFoundError"}


def client(counter: Counter) -> Client:
    return Client(address(counter.url, "t"))


def test_a_stream_is_read_by_the_rules_of_server_sent_events() -> None:
    lines = [
        b": a remark\n",
        b"retry: 5\r\n",
        b"id: 1\n",
        b"event: opened\n",
        b'data: {"a":\n',
        b"data: 1}\n",
        b"\n",
        b'data:{"b": 2}\n',
        b"\n",
        b"id: 2\n",
        b"\n",
        b"data: cut off",
    ]
    assert list(read(lines)) == [
        Event("opened", {"a": 1}, "1"),
        Event("message", {"b": 2}, "1"),
        Event("", {}, "2"),
    ]


@pytest.mark.parametrize("data", [b"data: x\n", b"data: [1]\n"])
def test_what_is_no_event_of_ours_is_said(data: bytes) -> None:
    with pytest.raises(CommandError, match="not the broker's"):
        list(read([data, b"\n"]))


def test_a_broken_connection_goes_on_behind_the_last_event(counter: Counter) -> None:
    first, second = stream(message(msg_id="a")), stream(message(msg_id="b"), begin=2)
    counter.lays(PATH, first, stream(begin=2), second)
    found = list(islice(follow(client(counter), {"types": "message"}, pause=0), 2))
    assert [each.data["msg_id"] for each in found] == ["a", "b"]
    asked = [each.headers.get("Last-Event-ID") for each in counter.asked]
    assert asked[:3] == [None, "life-1", "life-1"]
    assert counter.asked[0].headers["Accept"] == "text/event-stream"
    assert counter.asked[0].query == {"types": "message"}


def test_the_end_of_the_kernel_that_is_followed_is_the_end(counter: Counter) -> None:
    counter.lays(PATH, stream(message(), gone()))
    found = list(follow(client(counter), {"kernel": KERNEL}, pause=0))
    assert [each.type for each in found] == ["message", "kernel"]
    counter.answers["GET", PATH] = [(200, stream(message())), (404, MISSING)]
    found = list(follow(client(counter), {"kernel": KERNEL, "types": "message"}, pause=0))
    assert [each.type for each in found] == ["message"]


def test_the_end_of_one_of_many_kernels_is_not(counter: Counter) -> None:
    counter.lays(PATH, stream(gone()), stream(closed(), begin=2))
    found = list(islice(follow(client(counter), {}, pause=0), 2))
    assert [each.type for each in found] == ["kernel", "closed"]


def test_an_unknown_kernel_is_refused_at_first(counter: Counter) -> None:
    counter.lays(PATH, MISSING, status=404)
    with pytest.raises(CommandError, match="no kernel"):
        list(follow(client(counter), {"kernel": "x"}, pause=0))


def test_a_server_that_stays_away_is_given_up(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_stream, "TRIES", 3)
    broken = {"message": "bad gateway", "reason": "x"}
    counter.answers["GET", PATH] = [(200, stream(message())), (502, broken)]
    with pytest.raises(CommandError, match="did not come back") as caught:
        list(follow(client(counter), {}, pause=0))
    assert caught.value.exit_code is Exit.NO_SERVER
    assert len(counter.asked) == 4
