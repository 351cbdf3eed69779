"""A reply finds the page that asked, and nobody else (rule 17)."""

from __future__ import annotations

from jupyter_comm_broker.core.requests.request import CONTROL, MAIN, Request
from jupyter_comm_broker.core.requests.requests import Requests
from jupyter_comm_broker.protocol.message import Header

from ..room import Kernel, Room
from ..talker import Talker


def test_two_tabs_that_execute_each_get_their_own_reply() -> None:
    room = Room()
    one, other = room.page("a"), room.page("b")
    first, second = one.executes(), other.executes()
    replies = [room.kernel.replies(first, {"n": 1}), room.kernel.replies(second, {"n": 2})]
    assert (one.gets(), other.gets()) == ([replies[0]], [replies[1]])


def test_a_question_on_stdin_goes_to_the_page_whose_cell_asks() -> None:
    room = Room()
    one, other = room.page("a"), room.page("b")
    cell = one.executes("input()")
    other.executes()
    asked = room.kernel.says("stdin", "input_request", {"prompt": "?"}, cell)
    again = room.kernel.says("stdin", "input_request", {"prompt": "?"}, cell)
    assert (one.gets(), other.gets()) == ([asked, again], [])


def test_a_reply_waits_for_a_page_that_comes_back() -> None:
    room = Room()
    page = room.page("a")
    cell = page.executes()
    page.detach()
    reply = room.kernel.replies(cell, {"status": "ok"})
    page.attach()
    assert reply in page.gets()


def test_a_request_that_is_not_known_is_replied_to_by_its_session() -> None:
    room = Room()
    page = room.page("a")
    stranger = Talker("a").write("shell", "history_request", {}, msg_id="nobody knows")
    reply = room.kernel.replies(stranger, {"status": "ok"})
    assert page.gets() == [reply]


def test_a_msg_id_is_trusted_before_a_session() -> None:
    # A page may send its requests under any session; the table says whose socket it was.
    room = Room()
    one, other = room.page("a"), room.page("b")
    request = one.sends("history_request", {}, session="b")
    reply = room.kernel.replies(request, {})
    assert (one.gets(), other.gets()) == ([reply], [])


def test_a_reply_to_nobody_is_counted() -> None:
    room = Room()
    page = room.page("a")
    room.kernel.replies(Talker("gone").write("shell", "execute_request", {}), {})
    assert page.gets() == []
    assert room.broker._parts.ledger.counters["replies_to_nobody"] == 1


def test_an_entry_ends_with_reply_and_idle_whichever_comes_first() -> None:
    room = Room()
    page = room.page("a")
    first, second = page.executes(), page.executes()
    room.kernel.idle(first)
    room.kernel.replies(first, {})
    room.kernel.replies(second, {})
    assert len(room.broker._parts.work.requests) == 1
    room.kernel.idle(second)
    assert len(room.broker._parts.work.requests) == 0


def test_a_comm_message_ends_with_its_idle() -> None:
    room = Room()
    room.kernel.opens("w", {"value": 1})
    page = room.page("a")
    sent = page.updates("w", {"value": 2})
    assert len(room.broker._parts.work.requests) == 1
    room.kernel.idle(sent)
    assert len(room.broker._parts.work.requests) == 0


def test_a_restart_forgets_them() -> None:
    room = Room()
    room.page("a").executes()
    room.broker.kernel_restarted(room.now)
    assert (len(room.broker._parts.work.requests), room.broker._parts.work.occupied) == (0, False)


def request(number: int, msg_type: str = "execute_request", **header: str) -> Request:
    return Request("a", "shell", Header(str(number), msg_type, "a", **header), 0.0)


def test_past_the_bound_the_oldest_are_forgotten_and_counted() -> None:
    requests = Requests(2)
    for number in range(4):
        requests.sent(request(number))
    assert [requests.get(str(n)) is not None for n in range(4)] == [False, False, True, True]
    assert (len(requests), requests.forgotten, requests.executing) == (2, 2, True)
    for number in range(4):
        requests.finished(str(number))
    assert requests.executing is False


def test_a_request_runs_in_a_lane() -> None:
    requests = Requests(10)
    requests.sent(request(1))
    requests.sent(request(2, subshell_id="sub"))
    requests.sent(Request("a", "control", Header("3", "debug_request"), 0.0))
    lanes = [requests.lane(Header(str(number))) for number in (1, 2, 3, 4)]
    assert lanes == [MAIN, "sub", CONTROL, MAIN]
    assert requests.lane(Header("5", subshell_id="other")) == "other"


def test_only_cells_of_the_main_shell_count_as_executing() -> None:
    requests = Requests(10)
    requests.sent(request(1, "history_request"))
    requests.sent(request(2, subshell_id="sub"))
    assert requests.executing is False


def test_pages_never_see_what_another_session_of_the_kernel_answers_for_us() -> None:
    room = Room(running=True, proven=False)
    page = room.page("a")
    for asked in room.for_kernel():
        Kernel(room).busy(asked)
        Kernel(room).replies(asked, {"status": "ok"})
        Kernel(room).idle(asked)
    # It counts as busy until its main shell has answered. No parent is one of our questions.
    said = page.gets()
    assert [m.content for m in said] == [{"execution_state": each} for each in ("busy", "idle")]
    assert [m.parent.msg_id for m in said] == ["", ""]


def test_who_has_another_session_in_its_headers_is_found_when_its_request_is_over() -> None:
    """A thread asks for input after its cell; a program may name its sessions as it likes."""
    room = Room()
    page, other = room.page("a"), room.page("b")
    cell = page.executes(session="somebody")
    stolen = other.executes(session="a")
    for each in (cell, stolen):
        room.kernel.busy(each)
        room.kernel.replies(each, {})
        room.kernel.idle(each)
    page.gets()
    other.gets()
    asked = room.kernel.says("stdin", "input_request", {"prompt": "?"}, cell)
    assert (page.gets(), other.gets()) == ([asked], [])
    # A page's own session id is nobody else's.
    asked = room.kernel.says("stdin", "input_request", {"prompt": "?"}, stolen)
    assert (page.gets(), other.gets()) == ([asked], [])


def test_sessions_in_headers_do_not_pile_up() -> None:
    requests = Requests(10)
    for number in range(3 * Requests.MOST_SENDERS):
        header = Header(msg_id=f"m{number}", session=f"s{number}")
        requests.sent(Request("page", "shell", header, 0.0))
    assert len(requests._senders) == Requests.MOST_SENDERS
    latest = Header(msg_id="m", session="s0")
    for sender in ("page", "another"):
        requests.sent(Request(sender, "shell", latest, 0.0))
        assert requests.sender("s0") == sender


def test_two_requests_with_one_id_get_a_reply_each_in_the_order_in_which_they_came() -> None:
    """Scripts count from 1, and share a session in their headers."""
    requests = Requests(10)
    first = Request("p", "shell", Header("1", "execute_request", "same"), 1.0)
    second = Request("q", "shell", Header("1", "execute_request", "same"), 2.0)
    requests.sent(first)
    requests.sent(second)
    # Replies may overtake the idles.
    assert requests.awaiting("1") is first
    requests.replied("1")
    assert requests.awaiting("1") is second
    requests.replied("1")
    requests.finished("1")
    assert requests.executing
    requests.finished("1")
    assert (len(requests), requests.executing, requests.unended) == (0, False, {})


def test_requests_with_one_id_are_bounded_and_forgotten_together() -> None:
    requests = Requests(2)
    for number in range(1_000):
        requests.sent(Request("p", "shell", Header("1", "execute_request", "s"), float(number)))
    for msg_id in ("2", "3"):
        requests.sent(Request("p", "shell", Header(msg_id, "execute_request", "s"), 0.0))
    assert requests.get("1") is None
    assert not requests._behind
