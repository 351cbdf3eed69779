"""The broker collects the same output inside ``with out:`` as the cell's own page shows."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ..capturing import Capturing, text

WIDGETS = ("one", "two")

ACTS = st.one_of(
    st.tuples(st.just("enters"), st.sampled_from(WIDGETS)),
    st.tuples(st.just("leaves"), st.sampled_from(WIDGETS)),
    st.tuples(st.just("prints"), st.sampled_from(["a\n", "b", "c\rd", "e\b"])),
    st.tuples(st.just("errs"), st.sampled_from(["f\n"])),
    st.tuples(st.just("shows"), st.sampled_from(["png"])),
    st.tuples(st.just("clears"), st.booleans()),
    st.tuples(st.just("sets"), st.sampled_from(WIDGETS)),
    st.tuples(st.just("waits"), st.sampled_from([0.05, 0.2])),
    st.tuples(st.just("reads"), st.just("")),
    st.tuples(st.just("comes"), st.just("")),
)


class PageModel:
    """What a page keeps of one Output widget; its texts as they came."""

    def __init__(self) -> None:
        self.outputs: list[dict[str, Any]] = []
        self.clear_next = False

    def takes(self, output: dict[str, Any]) -> None:
        if self.clear_next:
            self.outputs, self.clear_next = [], False
        self.adds(output)

    def adds(self, output: dict[str, Any]) -> None:
        last = self.outputs[-1] if self.outputs else {}
        if output.get("name") and output["name"] == last.get("name"):
            self.outputs[-1] = {**last, "text": last["text"] + output["text"]}
        else:
            self.outputs.append(output)

    def clears(self, wait: bool) -> None:
        if wait:
            self.clear_next = True
        else:
            self.outputs = []

    def shown(self) -> list[dict[str, Any]]:
        return [{**each, **overwritten(each)} for each in self.outputs]


def overwritten(output: dict[str, Any]) -> dict[str, str]:
    """Return a text after its control characters have done what they do."""
    line: list[str] = []
    cursor, done = 0, ""
    for char in output.get("text", ""):
        if char == "\n":
            done, line, cursor = done + "".join(line) + char, [], 0
        elif char == "\r":
            cursor = 0
        elif char == "\b":
            if cursor:
                del line[cursor - 1 : cursor + 1]
                cursor -= 1
        else:
            line[cursor : cursor + 1] = char
            cursor += 1
    return {"text": done + "".join(line)} if "text" in output else {}


@given(st.lists(ACTS, max_size=14))
def test_it_is_what_its_page_shows(acts: list[tuple[str, Any]]) -> None:
    out = Capturing(*WIDGETS)
    hooks, models = list(WIDGETS), {name: PageModel() for name in WIDGETS}
    for act, what in acts:
        if act == "enters":
            out.enters(what)
            hooks += [what] if what not in hooks else []
        elif act == "leaves":
            out.leaves(what)
            hooks = [each for each in hooks if each != what]
        elif act == "sets":
            out.room.kernel.updates(what, {"outputs": [text("set\n")]}, out.cell)
            models[what].outputs = []
            models[what].adds(text("set\n"))
        elif act == "waits":
            out.room.wait(what)
        elif act == "reads":
            out.room.broker.settle_outputs()
        elif act == "comes":
            out.room.page(f"page{len(out.room.pages)}").restores()
        elif act == "clears":
            out.clears(wait=what)
            for name in hooks[-1:]:
                models[name].clears(what)
        else:
            output = published(out, act, what)
            for name in hooks[-1:]:
                models[name].takes(output)
    out.room.broker.settle_outputs()
    shown = {name: out.mirrored(name) for name in WIDGETS}
    assert shown == {name: model.shown() for name, model in models.items()}
    assert out.room.broker._parts.ledger.counters["faults"] == 0


def published(out: Capturing, act: str, what: str) -> dict[str, Any]:
    """Let the kernel publish an output; returns it as a notebook keeps it."""
    if act == "shows":
        out.shows(what)
        return {"output_type": "display_data", "data": {"image/png": what}, "metadata": {}}
    name = "stdout" if act == "prints" else "stderr"
    out.publishes("stream", {"name": name, "text": what})
    return {**text(what), "name": name}
