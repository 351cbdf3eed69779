"""A reload in the middle of cells is nothing: the notebook at the end is that of a run without."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from .cells import Cells, document, save
from .medley import KINDS, medley
from .reloading import prompts, run, see_through

if TYPE_CHECKING:
    from .desk import Desk
    from .lab import App
    from .reloading import Undisturbed
    from .server import Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

SECONDS = 1.0
"""How long each cell takes."""

KINDS_AND_ROUNDS = [(kind, number) for kind in KINDS for number in range(13)]
"""104 reloads: each kind at 13 random moments, in turns saved and not, alone and watched."""


@pytest.mark.parametrize(
    ("app", "is_saved"),
    [
        ("lab", True),
        pytest.param("lab", False, marks=pytest.mark.long),
        pytest.param("notebooks", True, marks=pytest.mark.long),
    ],
)
def test_reload_among_all_kinds_of_cells(
    desk: Desk,
    subject: Server,
    undisturbed: Undisturbed,
    figures: dict[str, Any],
    app: App,
    is_saved: bool,
) -> None:
    """Two reloads at random moments of a notebook whose cells do all that cells do."""
    sources = medley(SECONDS)
    right = undisturbed.document(sources)
    lab, cells, notebook = run(desk, subject, sources, app)
    if is_saved:
        cells.show_text(2, "line 5")
        save(lab, notebook)
    moments = [random.uniform(0, len(KINDS) * SECONDS / 2) for _ in range(2)]  # noqa: S311
    figures["moments"] = moments
    see_through(lab, cells, prompts(sources), [moments[0], sum(moments)])
    desk.picture(lab)
    save(lab, notebook)
    assert document(subject, notebook) == right
    assert [error for error in lab.errors if app == "lab" or "uncaught" not in error] == []


@pytest.mark.long
@pytest.mark.parametrize(("kind", "number"), KINDS_AND_ROUNDS)
def test_reload_at_any_moment(
    desk: Desk, subject: Server, undisturbed: Undisturbed, kind: str, number: int
) -> None:
    """One kind of cell, one random moment: also before it begins, and when it has just ended."""
    is_watched = number % 3 == 1
    # It takes some seconds until the second page is there.
    sources = medley(8.0 if is_watched else 3.0, [kind])
    right = undisturbed.document(sources)
    lab, cells, notebook = run(desk, subject, sources)
    watching = None
    if is_watched:
        second = desk.page(subject)
        watching = Cells(second)
        second.open_notebook(notebook, workspace=f"{notebook.name}-second")
    if number % 2:
        save(lab, notebook)
    lab.page.bring_to_front()
    see_through(lab, cells, prompts(sources), [random.uniform(0, 3.5)])  # noqa: S311
    if watching is not None:
        watching.show_prompts(*prompts(sources))
        lab.wait_until(lambda: watching.texts == cells.texts, 20, "both show the same")
    save(lab, notebook)
    assert document(subject, notebook) == right
    assert lab.errors == []


@pytest.mark.long
def test_two_pages_see_all_and_both_end(
    desk: Desk, subject: Server, undisturbed: Undisturbed
) -> None:
    """A second page on the notebook shows what the first does. The first is not disturbed."""
    sources = medley(SECONDS)
    right = undisturbed.document(sources)
    first, of_first, notebook = run(desk, subject, sources)
    second = desk.page(subject)
    of_second = Cells(second)
    second.open_notebook(notebook, workspace=f"{notebook.name}-second")
    see_through(second, of_second, prompts(sources), [2.0])
    of_first.show_prompts(*prompts(sources))
    # The first page gives the kernel what its Output widget collected, and the second hears of it.
    second.wait_until(lambda: of_second.texts == of_first.texts, 20, "both show the same")
    for lab in (first, second):
        lab.page.bring_to_front()
        save(lab, notebook)
        assert document(subject, notebook) == right
        assert lab.errors == []
        if lab is first:
            # Else JupyterLab asks whose version of the file is wanted.
            second.page.reload()
            second.wait_until(lambda: second.drawn is not None, 60, "the notebook is drawn")


def test_broker_off(desk: Desk, stock: Server) -> None:
    """A page of a server without the broker asks nothing and says nothing."""
    lab, cells, notebook = run(desk, stock, ["for n in ticks(90): print(f'line {n}', flush=True)"])
    cells.show_text(1, "line 5")
    lab.reload()
    lab.pause(1)
    lab.let_go(notebook)
    lab.wait_until(lambda: lab.status() == "idle", 20, "the cell is over")
    sent = [passed for passed in lab.wire.messages if passed.sent]
    assert {passed.msg_type for passed in sent if "_runs_" in passed.parent_id} == set()
    assert cells.prompts == ["[ ]", "[ ]"]
    assert cells.told == []
    assert lab.errors == []
