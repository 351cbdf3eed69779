"""What the broker says in the kernel's name has the shape that pages wait for (rule 2)."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.protocol.json_text import loads
from jupyter_comm_broker.protocol.message import Message

from ..page import Page
from ..room import Room


def busy() -> tuple[Room, Page]:
    room = Room()
    room.kernel.opens("w", {"value": 1})
    page = room.page("a")
    room.kernel.busy(page.executes())
    page.gets()
    return room, page


def spoken(room: Room, page: Page) -> list[Message]:
    """Let a page ask for everything that the broker answers by itself."""
    room.kernel.opens("gone", {"value": 1})
    page.restores()
    page.asks_state("w")
    page.sends("kernel_info_request", {})
    page.sends("comm_info_request", {})
    room.kernel.closes("gone")
    page.updates("gone", {"value": 1})
    return page.gets()


def test_every_answer_is_valid_for_jupyterlab() -> None:
    # services/src/kernel/validate.ts: what these lack or have otherwise is thrown away.
    room, page = busy()
    messages = [m for m in spoken(room, page) if not m.header.msg_id.startswith("kernel")]
    assert len(messages) == 10
    for message in messages:
        header, parent, metadata, content = (loads(part) for part in message.parts[:4])
        for name in ("username", "version", "session", "msg_id", "msg_type"):
            assert isinstance(header[name], str)
        assert {type(each) for each in (parent, metadata, content)} == {dict}
        assert header["session"] == "kernel"
        assert message.channel in ("shell", "iopub")


def test_every_answer_has_an_id_of_its_own() -> None:
    room, page = busy()
    ids = [message.header.msg_id for message in spoken(room, page)]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("msg_type", ["kernel_info_request", "comm_info_request"])
def test_a_reply_comes_with_the_idle_that_ends_the_wait(msg_type: str) -> None:
    _, page = busy()
    request = page.sends(msg_type, {})
    reply, idle = page.gets()
    assert (reply.channel, idle.channel) == ("shell", "iopub")
    assert {m.parent.msg_id for m in (reply, idle)} == {request.header.msg_id}
    assert {m.parent.session for m in (reply, idle)} == {"a"}


def test_a_repair_goes_to_everybody_but_who_knows() -> None:
    room, page = busy()
    other = room.page("b")
    other.gets()
    room.broker._parts.page_replies.repair(
        room.record("w"), ["value", "unknown"], room.now, besides="a"
    )
    assert page.gets() == []
    [update] = other.gets()
    assert loads(update.comm.data)["state"] == {"value": 1}


def test_an_update_of_nothing_is_not_sent() -> None:
    room, page = busy()
    room.broker._parts.page_replies.repair(room.record("w"), ["unknown"], room.now)
    assert page.gets() == []
