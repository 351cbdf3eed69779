"""A reply is kept as it is, and of a large one its outcome."""

from __future__ import annotations

from jupyter_comm_broker.core.pages.outcome import LONGEST_REPLY, shortened
from jupyter_comm_broker.protocol.message import Message

from ..talker import Talker

KERNEL = Talker("kernel")


def test_a_small_one_stays_as_it_is_but_for_its_buffers() -> None:
    reply = KERNEL.write("shell", "execute_reply", {"status": "ok", "payload": [1]}, buffers=[b"b"])
    assert list(shortened(reply).parts) == list(reply.parts[:4])


def test_of_a_large_one_the_outcome_is_kept() -> None:
    content = {"status": "error", "ename": "E", "payload": "x" * LONGEST_REPLY}
    kept = shortened(KERNEL.write("shell", "execute_reply", content))
    assert kept.content == {"status": "error", "ename": "E"}


def test_of_one_that_cannot_be_read_nothing_is_kept() -> None:
    reply = Message("shell", [b"{}", b"{}", b"{}", b"[" * (LONGEST_REPLY + 1)])
    assert shortened(reply).content == {}
