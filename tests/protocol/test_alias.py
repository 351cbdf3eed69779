"""Aliases: the same for the same page, and no way back to the session id."""

from __future__ import annotations

import uuid

import pytest

from jupyter_comm_broker.protocol.alias import LENGTH, alias, shown_msg_id
from jupyter_comm_broker.protocol.message import Header


@pytest.mark.parametrize("session_id", ["a", "\n", "é" * 5000, "\ud800", "0123456789abcdef" * 2])
def test_an_alias_is_short_and_plain_and_does_not_hold_the_session_id(session_id: str) -> None:
    shown = alias(session_id)
    assert (len(shown), shown.isalnum(), alias(session_id)) == (LENGTH, True, shown)
    assert session_id not in shown or len(session_id) == 1
    assert shown != alias(session_id + "x")


def test_nobody_has_no_alias() -> None:
    assert alias("") == ""


def test_a_msg_id_is_shown_without_the_session_id_that_jupyter_client_writes_in_it() -> None:
    session = f"{uuid.uuid4().hex}_{uuid.uuid4().hex}"
    shown = shown_msg_id(Header(msg_id=f"{session}_4711_3", session=session))
    assert shown == f"{alias(session)}_4711_3"


@pytest.mark.parametrize("session", ["", "4", "4711", str(uuid.UUID(int=4711))])
def test_a_msg_id_that_holds_none_is_shown_as_it_is(session: str) -> None:
    assert shown_msg_id(Header(msg_id="4711-3", session=session)) == "4711-3"
