"""Nobody gets at what is another's by its session id, whoever that is."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_comm_broker.core.pages.page_user import PageUser
from jupyter_comm_broker.errors import MalformedMessageError
from tests.core.page import Page
from tests.core.room import Room
from tests.core.talker import Talker

ANN, BEN = PageUser("ann", shows_token=False), PageUser("ben", shows_token=False)


def refused(room: Room, session_id: str, user: PageUser = ANN) -> bool:
    return bool(room.broker.refusal(session_id, user))


def replies(page: Page) -> list[Any]:
    return [content for msg_type, content in page.hears() if msg_type == "history_reply"]


def test_a_page_stays_with_its_user_while_it_is_attached_and_while_it_is_away() -> None:
    room = Room()
    assert not refused(room, "a")
    room.broker.frontend_attached("a", room.now, ANN)
    for leave in (False, True):
        if leave:
            room.broker.frontend_detached("a", room.now)
        assert (refused(room, "a", ANN), refused(room, "a", BEN)) == (False, True)


def test_who_comes_back_does_not_hand_the_page_on() -> None:
    room = Room()
    room.broker.frontend_attached("a", room.now, ANN)
    room.broker.frontend_detached("a", room.now)
    room.broker.frontend_attached("a", room.now, PageUser("ann", shows_token=True))
    assert (refused(room, "a", ANN), refused(room, "a", BEN)) == (False, True)


def test_a_page_that_was_given_up_is_nobodys() -> None:
    room = Room()
    room.broker.frontend_attached("a", room.now, ANN)
    room.broker.frontend_detached("a", room.now)
    room.wait(room.broker._parts.limits.absent_seconds + 1)
    assert not refused(room, "a", BEN)


def test_the_brokers_own_id_and_a_programs_are_nobody_elses() -> None:
    room = Room()
    own = room.broker._parts.author.session
    room.broker.program_attached("program", room.now)
    assert refused(room, own)
    assert refused(room, "program")
    room.broker.program_detached("program")
    assert not refused(room, "program")


@pytest.mark.parametrize(
    "change", [lambda own: own[:-1], lambda own: own + "0", str.upper, lambda own: f" {own}"]
)
def test_what_only_looks_like_ours_is_a_pages_like_any_other(change: object) -> None:
    room = Room()
    name = change(room.broker._parts.author.session)  # type: ignore[operator]
    assert not refused(room, name)
    page = room.page(name)
    asked = page.sends("history_request", {})
    room.kernel.replies(asked, {"status": "ok"})
    assert replies(page) == [{"status": "ok"}]


@pytest.mark.parametrize("session", ["broker", "program"])
def test_no_page_sends_in_the_name_of_the_server(session: str) -> None:
    room = Room()
    room.broker.program_attached("program", room.now)
    room.page("a")
    room.for_kernel()
    forged = Talker(session).write("shell", "comm_info_request", {})
    with pytest.raises(MalformedMessageError, match="the server itself"):
        room.broker.frontend_sent("a", forged, room.now)
    assert room.for_kernel() == []


def test_a_reply_finds_its_page_where_another_gave_its_message_the_same_id() -> None:
    room = Room()
    one, other = room.page("a"), room.page("b")
    asked = [page.sends("history_request", {}, msg_id="1") for page in (one, other)]
    for each in asked:
        room.kernel.replies(each, {"status": "ok", "history": [each.header.session]})
    for page in (one, other):
        assert replies(page) == [{"status": "ok", "history": [page.session]}]
