"""``tree``: each widget under those that hold it, also where they hold each other."""

from __future__ import annotations

from typing import Any

from jupyter_comm_broker.cli.commands.tree import Node, grow

from ..conftest import Run
from ..counter import KERNEL, Counter, comm


def widget(comm_id: str, *holds: str, held_by: str = "", model: str = "BoxModel") -> dict[str, Any]:
    named = {"name": model, "module": "m", "version": "1"}
    return comm(comm_id, references=list(holds), parents=held_by.split(), model=named)


def outline(nodes: list[Node]) -> list[Any]:
    return [
        (each["comm_id"], outline(each["children"])) if each["children"] else each["comm_id"]
        for each in nodes
    ]


def test_what_is_held_stands_under_what_holds_it() -> None:
    grown = grow([widget("leaf", held_by="box"), widget("box", "leaf", "gone"), widget("alone")])
    assert outline(grown) == [("box", ["leaf"]), "alone"]


def test_what_several_hold_is_unfolded_once() -> None:
    grown = grow(
        [
            widget("a", "shared"),
            widget("b", "shared"),
            widget("shared", "leaf", held_by="a b"),
            widget("leaf", held_by="shared"),
        ]
    )
    assert sorted(str(each) for each in outline(grown)) == [
        "('a', [('shared', ['leaf'])])",
        "('b', ['shared'])",
    ]
    assert grown[1]["children"][0]["seen_before"]


def test_widgets_that_hold_each_other_are_shown_from_the_oldest() -> None:
    grown = grow([widget("a", "b", held_by="b"), widget("b", "a", held_by="a")])
    assert outline(grown) == [("a", [("b", ["a"])])]


def test_widgets_may_be_nested_deeper_than_a_stack() -> None:
    depth = 5000
    chain = [widget(f"w{n}", f"w{n + 1}", held_by=f"w{n - 1}" if n else "") for n in range(depth)]
    (top,) = grow(chain)
    levels = 1
    while top["children"]:
        (top,) = top["children"]
        levels += 1
    assert levels == depth


def test_people_see_branches(run: Run, counter: Counter) -> None:
    counter.lays_kernels(a="x.ipynb")
    counter.lays_comms(
        widget("boxboxboxbox", "slide", "lay"),
        widget("slide", held_by="boxboxboxbox", model="IntSliderModel"),
        comm("own", target_name="my.target", model=None),
        {**widget("label", model="LabelModel"), "caption": "Epochs"},
    )
    assert run("tree").out.splitlines() == [
        "x.ipynb (4 comms)",
        "├── Box boxboxbo",
        "│   └── IntSlider slide",
        "├── my.target own",
        "└── Epochs, Label label",
    ]
    assert counter.of("GET", "/api/comms")[-1].query["dress"] == "false"


def test_layouts_and_styles_are_shown_to_who_asks_for_them(run: Run, counter: Counter) -> None:
    counter.lays_kernels(a="x.ipynb")
    counter.lays_comms(widget("lay", held_by="box", model="LayoutModel"))
    assert "Layout lay" in run("tree", "--all").out
    assert "dress" not in counter.of("GET", "/api/comms")[-1].query


def test_programs_get_nodes(run: Run, counter: Counter) -> None:
    counter.lays_comms(widget("box", "slide"), widget("slide", held_by="box"))
    (found,) = run("tree", "--json").json
    assert (found["kernel_id"], outline(found["comms"])) == (KERNEL, [("box", ["slide"])])


def test_nothing_grows_from_nothing(run: Run, counter: Counter) -> None:
    counter.lays_comms()
    ended = run("tree")
    assert (ended.code, ended.out, ended.err) == (0, "", "no comm is open there\n")
