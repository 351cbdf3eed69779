"""The facts about pages' subshells."""

import pytest

from jupyter_comm_broker.core.requests.subshells import Subshells, subshell_of

from ..talker import Talker


def made(subshells: Subshells, subshell_id: object, session_id: str, now: float = 0.0) -> None:
    reply = Talker("kernel").write(
        "control", "create_subshell_reply", {"status": "ok", "subshell_id": subshell_id}
    )
    subshells.made(reply, session_id, now)


def test_a_subshell_is_abandoned_when_its_page_closed_and_not_when_its_socket_drops() -> None:
    subshells = Subshells()
    for session_id in ("a", "b"):
        subshells.page_came(session_id)
        made(subshells, f"of {session_id}", session_id)
    subshells.page_left("b", 1.0, is_closed=False)
    assert not subshells.abandoned
    subshells.page_left("a", 2.0, is_closed=True)
    assert {key: each.closed_at for key, each in subshells.abandoned.items()} == {"of a": 2.0}
    # The browser brought the page back.
    subshells.page_came("a")
    assert not subshells.abandoned


def test_the_heir_is_the_latest_of_a_page_that_is_there() -> None:
    subshells = Subshells()
    for session_id in ("a", "b", "c"):
        subshells.page_came(session_id)
        made(subshells, f"of {session_id}", session_id)
    assert subshells.heir() == "of c"
    subshells.page_left("c", 1.0, is_closed=False)
    assert subshells.heir() == "of b"
    subshells.deleted("of b")
    assert subshells.heir() == "of a"


@pytest.mark.parametrize("content", [{}, {"subshell_id": 7}, {"subshell_id": None}, [], "text"])
def test_what_names_no_subshell_names_none(content: object) -> None:
    assert subshell_of(Talker("page").write("control", "delete_subshell_request", content)) == ""


def test_what_is_no_id_is_no_subshell() -> None:
    subshells = Subshells()
    subshells.page_came("a")
    made(subshells, None, "a")
    made(subshells, 7, "a")
    assert subshells.heir() is None


def test_another_process_has_none_of_them() -> None:
    subshells = Subshells()
    subshells.page_came("a")
    made(subshells, "of a", "a")
    subshells.began("of a")
    assert subshells.is_latest("of a")
    subshells.page_left("a", 1.0, is_closed=True)
    subshells.clear()
    assert (dict(subshells.abandoned), subshells.heir()) == ({}, None)
    assert not subshells.is_latest("of a")
    # Its pages stay.
    subshells.page_came("a")
    made(subshells, "another", "a")
    assert subshells.heir() == "another"


def test_of_closed_pages_only_the_latest_are_remembered() -> None:
    subshells = Subshells()
    for number in range(Subshells.MOST_CLOSED + 1):
        subshells.page_left(str(number), 1.0, is_closed=True)
    made(subshells, "of the first", "0")
    made(subshells, "of the second", "1")
    assert list(subshells.abandoned) == ["of the second"]
