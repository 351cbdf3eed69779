"""A page that comes later gets a run as a page that was there from the beginning has it."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_comm_broker.protocol.message import Message

from ..page import Page
from ..room import Room
from .asking import attach, begin, end
from .cell import Notebook

NAMES = st.sampled_from(("stdout", "stderr"))
DISPLAYS = st.sampled_from(("x", "y", None))
TEXTS = st.text("ab\r\n", min_size=1, max_size=6)
STEPS = st.one_of(
    st.tuples(st.just("print"), NAMES, TEXTS),
    st.tuples(st.just("display"), DISPLAYS, st.integers(0, 99)),
    st.tuples(st.just("update"), st.sampled_from(("x", "y")), st.integers(0, 99)),
    st.tuples(st.just("clear"), st.booleans()),
    st.tuples(st.just("error")),
    st.tuples(st.just("capture"), st.booleans()),
    st.tuples(st.just("next")),
    st.tuples(st.just("attach"), st.integers(0, 3)),
)


@settings(max_examples=300)
@given(st.lists(STEPS, max_size=25))
def test_a_page_that_attaches_at_any_moment_ends_as_one_that_was_always_there(
    steps: list[tuple[Any, ...]],
) -> None:
    room = Room()
    first = room.page("first")
    room.kernel.opens("out", {"_model_name": "OutputModel", "msg_id": "", "outputs": []})
    always = Notebook()
    later: dict[Page, Notebook] = {}
    requests = [begin(room, first)]
    always.runs(requests[0].header.msg_id)
    for step in steps:
        request = requests[-1]
        if step[0] == "next":
            capture(room, request, first, always, False)
            end(room, request)
            requests.append(begin(room, first, f"cell-{len(requests)}"))
            always.runs(requests[-1].header.msg_id)
        elif step[0] == "attach":
            number, notebook = len(later), Notebook()
            later[page := room.page(f"later-{number}")] = notebook
            # As the plug-in does: all runs, so that an update finds the displays of each.
            for each in requests:
                notebook.attaches(each.header.msg_id)
                notebook.gets(attach(page, each))
        elif step[0] == "capture":
            capture(room, request, first, always, step[1])
        else:
            publish(room, request, step)
        for page, notebook in later.items():
            notebook.gets(page.gets())
    capture(room, requests[-1], first, always, False)
    end(room, requests[-1])
    runs = room.broker._parts.runs
    assert runs.bytes == sum(run.size for run in runs)
    always.gets(first.gets())
    for page, notebook in later.items():
        notebook.gets(page.gets())
        for msg_id, cell in notebook.cells.items():
            assert cell.shown == always.cells[msg_id].shown
            assert cell.is_idle
            assert cell.reply is not None


def capture(room: Room, request: Message, page: Page, notebook: Notebook, begins: bool) -> None:
    """Let an Output widget of a page take what a run prints. The cell gets nothing meanwhile."""
    notebook.gets(page.gets())
    msg_id = request.header.msg_id
    room.kernel.updates("out", {"msg_id": msg_id if begins else ""}, request)
    notebook.cells[msg_id].captured = begins


def publish(room: Room, request: Message, step: tuple[Any, ...]) -> None:
    kind, *what = step
    if kind == "print":
        room.kernel.publishes("stream", {"name": what[0], "text": what[1]}, request)
    elif kind in ("display", "update"):
        transient = {} if what[0] is None else {"display_id": what[0]}
        content = {"data": {"text/plain": what[1]}, "metadata": {}, "transient": transient}
        msg_type = "display_data" if kind == "display" else "update_display_data"
        room.kernel.publishes(msg_type, content, request)
    elif kind == "clear":
        room.kernel.publishes("clear_output", {"wait": what[0]}, request)
    else:
        room.kernel.raises("E", request)
