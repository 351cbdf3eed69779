"""After a lost connection, each message that comes again is recognised once, and no other."""

from __future__ import annotations

from jupyter_comm_broker.comms.remote.heard_before import HeardBefore


def test_what_comes_again_after_a_reconnection_is_known_once() -> None:
    before = HeardBefore()
    assert [before.heard(each) for each in "abc"] == [False] * 3
    before.reconnected()
    assert [before.heard(each) for each in "bcdb"] == [True, True, False, False]


def test_on_one_connection_nothing_comes_again() -> None:
    before = HeardBefore()
    assert [before.heard(each) for each in "aa"] == [False, False]


def test_an_id_that_many_messages_have_tells_nothing() -> None:
    before = HeardBefore()
    for msg_id in ("x", "x", "", "y"):
        before.heard(msg_id)
    before.reconnected()
    assert [before.heard(each) for each in ("x", "", "y")] == [False, False, True]


def test_only_the_latest_are_remembered() -> None:
    before = HeardBefore(2)
    for msg_id in "abc":
        before.heard(msg_id)
    before.reconnected()
    assert [before.heard(each) for each in "abc"] == [False, True, True]
