"""What comes under our own questions is ours, but for what only stands there by chance."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.protocol.message import Message

from ..heard import set_to
from ..room import Room

STATE = {"_model_name": "N", "value": 1}


def _says(comm_id: str, method: str, state: dict[str, object]) -> dict[str, object]:
    data = {"method": method, "state": state, "buffer_paths": []}
    return {"comm_id": comm_id, "data": data}


def test_what_threads_print_under_our_question_reaches_the_pages_under_their_own() -> None:
    room = Room(limits=Limits(verify_interval=10.0))
    page = room.page("a")
    cell = page.executes()
    room.kernel.busy(cell)
    room.kernel.replies(cell, {})
    room.kernel.idle(cell)
    room.kernel.opens("w", STATE)
    room.kernel.updates("w", {"value": 2})
    room.for_kernel()
    page.gets()
    room.wait(10.0)
    [asked] = room.for_kernel()
    room.kernel.prints("from a thread\n", asked)
    room.kernel.updates("w", {"value": 3}, asked)
    printed, update = page.gets()
    assert [m.parts[1] for m in (printed, update)] == [cell.parts[0]] * 2
    assert room.mirrored("w")["value"] == 3


def test_a_kernel_that_answered_has_started_though_its_own_word_for_it_was_missed() -> None:
    room = Room(proven=False)
    execution = room.broker._parts.work.execution
    execution.reset("starting")
    [shell] = room.for_kernel()
    room.kernel.busy(shell)
    assert execution.state == "starting"
    room.kernel.replies(shell, {"status": "ok"})
    assert (room.broker._parts.handshake.link, execution.state) == ("proven", "idle")
    room.kernel.publishes("status", {"execution_state": "starting"})
    assert execution.state == "starting"
    room.kernel.idle(shell)
    assert execution.state == "idle"


EVERY_OTHER_WORD: dict[str, tuple[str, dict[str, object]]] = {
    "a child that a getter made": (
        "comm_open",
        {
            "comm_id": "child",
            "target_name": "jupyter.widget",
            "data": {"state": {"_model_name": "LayoutModel"}, "buffer_paths": []},
        },
    ),
    "a comm of another target": (
        "comm_open",
        {"comm_id": "other", "target_name": "t", "data": {"_model_name": "N"}},
    ),
    "a part of the state": ("comm_msg", _says("w", "update", {"value": 3})),
    "a part that holds a model's name deeper": (
        "comm_msg",
        _says("w", "update", {"value": {"_model_name": "deep"}}),
    ),
    "the whole state of another widget": (
        "comm_msg",
        _says("v", "update", {"_model_name": "N", "value": 3}),
    ),
    "an echo": ("comm_msg", _says("w", "echo_update", {"_model_name": "N", "value": 3})),
    "a custom message": (
        "comm_msg",
        {"comm_id": "w", "data": {"method": "custom", "content": {"_model_name": "N"}}},
    ),
    "data that is no object": ("comm_msg", {"comm_id": "w", "data": '"_model_name"'}),
    "a message without a comm": ("comm_msg", {"data": {"_model_name": "N"}}),
    "the end of a comm": ("comm_close", {"comm_id": "v", "data": {"_model_name": "N"}}),
    "the end of the comm that is asked": ("comm_close", {"comm_id": "w", "data": {}}),
    "what is printed": ("stream", {"name": "stdout", "text": '"_model_name"'}),
    "what is displayed": ("display_data", {"data": {}, "metadata": {}, "transient": {}}),
    "what is displayed anew": ("update_display_data", {"data": {}, "metadata": {}}),
    "a clearing": ("clear_output", {"wait": False}),
    "a type that nobody knows": ("of_tomorrow", {"_model_name": "N"}),
}


def questions_of(room: Room, many: bool = False) -> dict[str, Message]:
    """Doubt everything. Return the first question of each kind that the broker puts."""
    asked: dict[str, Message] = {}
    registry = room.broker._parts.comms.registry
    for record in registry:
        registry.doubt(record, "a test")
        if not many:
            break
    room.settle()
    for message in room.for_kernel():
        if message.header.msg_type == "comm_msg":
            about = "states" if "control" in message.comm.comm_id else "state"
            asked.setdefault(about, message)
    return asked


@pytest.mark.parametrize("many", [False, True], ids=["one by one", "all at once"])
@pytest.mark.parametrize("word", EVERY_OTHER_WORD)
def test_what_others_say_under_our_question_is_the_pages(word: str, many: bool) -> None:
    room = Room()
    page = room.page("a")
    cell = page.executes()
    room.kernel.busy(cell)
    room.kernel.replies(cell, {})
    room.kernel.idle(cell)
    for comm_id in ("w", "v", *(f"more{n}" for n in range(30 if many else 0))):
        room.kernel.opens(comm_id, STATE)
    room.for_kernel()
    page.gets()
    question = questions_of(room, many)["states" if many else "state"]
    msg_type, content = EVERY_OTHER_WORD[word]
    room.kernel.busy(question)
    said = room.kernel.publishes(msg_type, content, question)
    heard = page.gets()
    # Once, as it was, under the request that a page knows.
    assert [(m.parts[0], m.parts[1], m.parts[3]) for m in heard] == [
        (said.parts[0], cell.parts[0], said.parts[3])
    ]
    assert room.broker._parts.ledger.counters["faults"] == 0


def test_what_a_thread_prints_into_an_output_widget_is_found_by_what_the_widget_names() -> None:
    """On ipykernel 6 a thread that enters the widget names the latest request, and that is ours."""
    room = Room()
    page = room.page("a")
    cell = page.executes()
    room.kernel.busy(cell)
    room.kernel.replies(cell, {})
    room.kernel.idle(cell)
    room.kernel.opens("w", STATE)
    room.kernel.opens("out", {"_model_name": "OutputModel", "msg_id": "", "outputs": []})
    page.gets()
    question = questions_of(room)["state"]
    room.kernel.busy(question)
    room.kernel.updates("out", {"msg_id": question.header.msg_id}, question)
    page.gets()
    room.kernel.publishes("stream", {"name": "stdout", "text": "inside"}, question)
    room.kernel.idle(question)
    [printed] = [m for m in page.gets() if m.header.msg_type == "stream"]
    assert printed.parent.msg_id == question.header.msg_id
    room.kernel.updates("out", {"msg_id": ""}, question)
    page.gets()
    room.kernel.publishes("stream", {"name": "stdout", "text": "outside"}, question)
    [printed] = page.gets()
    assert printed.parent.msg_id == cell.header.msg_id


def test_a_child_that_is_made_while_the_kernel_answers_is_mirrored() -> None:
    room = Room()
    page = room.page("a")
    room.kernel.opens("w", STATE)
    page.gets()
    question = questions_of(room)["state"]
    room.kernel.busy(question)
    room.kernel.opens("child", {"_model_name": "LayoutModel"}, question)
    room.kernel.updates("w", {**STATE, "layout": "IPY_MODEL_child"}, question)
    room.kernel.idle(question)
    assert [kind for kind, _ in page.hears()] == ["comm_open", "comm_msg"]
    assert room.mirrored("child") == {"_model_name": "LayoutModel"}
    assert room.record("w").references == ("child",)


def test_an_answer_that_comes_twice_is_read_twice_and_shown_to_nobody() -> None:
    room = Room()
    page = room.page("a")
    room.kernel.opens("w", STATE)
    page.gets()
    question = questions_of(room)["state"]
    for value in (1, 2):
        room.kernel.updates("w", {**STATE, "value": value}, question)
    room.kernel.idle(question)
    assert page.hears() == [set_to("w", {"value": 2})]
    # After its end nothing is an answer: a task that goes on under our request is the pages'.
    room.kernel.updates("w", {**STATE, "value": 3}, question)
    assert page.hears() == [set_to("w", {**STATE, "value": 3})]


def test_an_answer_is_told_from_what_only_stands_under_our_question() -> None:
    """The kernel is not at work because we asked: an answer must not keep it from being culled."""
    room = Room()
    page = room.page("a")
    room.kernel.opens("w", STATE)
    question = questions_of(room)["state"]
    whole, part = _says("w", "update", STATE), _says("w", "update", {"value": 2})

    def says(content: object, parent: Message) -> bool:
        written = room.kernel.write("iopub", "comm_msg", content, parent=parent)
        return room.broker.is_answer(written)

    assert says(whole, question)
    for content, parent in (
        (part, question),
        ({"data": whole["data"]}, question),
        (whole, page.executes()),
    ):
        assert not says(content, parent)


def test_a_thread_that_asks_for_input_under_our_question_asks_the_page_before() -> None:
    """Stock asks the socket whose request was the last, and our question is nobody's."""
    room = Room(limits=Limits(verify_interval=10.0))
    page, other = room.page("a"), room.page("b")
    cell = page.executes()
    room.kernel.busy(cell)
    room.kernel.replies(cell, {})
    room.kernel.idle(cell)
    room.kernel.opens("w", STATE)
    room.kernel.updates("w", {"value": 2})
    room.for_kernel()
    page.gets()
    other.gets()
    room.wait(10.0)
    [asked] = room.for_kernel()
    room.kernel.busy(asked)
    room.kernel.says("stdin", "input_request", {"prompt": "?"}, asked)
    [question] = [m for m in page.gets() if m.channel == "stdin"]
    assert question.parts[1] == cell.parts[0]
    assert [m for m in other.gets() if m.channel == "stdin"] == []
