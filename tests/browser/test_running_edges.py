"""What may happen to a cell beside a reload: it is aborted, interrupted, edited, closed, lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .cells import Cells, document, save
from .medley import medley
from .reloading import LONG, prompts, reload_while_it_counts, run, see_through

if TYPE_CHECKING:
    from .desk import Desk
    from .reloading import Undisturbed
    from .server import Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

SAID_ON_A_RESTART = (
    "uncaught: Canceled future for",
    "uncaught: Error: Canceled future for create_subshell_request",
    "Could not restore the debugger state",
)
"""What JupyterLab itself logs if a kernel is restarted soon after the page was loaded."""

INSIDE_AND_BESIDE = """\
out = widgets.Output()
display(out)
for n in ticks(90):
    with out:
        print(f"inside {n}", flush=True)
    print(f"line {n}", flush=True)"""

NEXT = 'get_ipython().set_next_input("y = 2")'

INSIDE = ".jp-OutputArea-output .widget-output"


def test_queued_cells_go_on_or_are_aborted(desk: Desk, subject: Server) -> None:
    """Both cells were sent. The second one is aborted, as the first one raises."""
    lab, cells, notebook = run(desk, subject, [f"{LONG}\n1 / 0", "print('never')"])
    reload_while_it_counts(lab, cells, 1)
    cells.show_prompts("[1]", "[*]", "[*]", within=5)
    lab.let_go(notebook)
    cells.show_prompts("[1]", "[2]", "[ ]")
    assert "ZeroDivisionError" in cells.text(1)
    assert cells.text(2) == ""
    assert lab.errors == []


def test_an_output_widget_has_its_lines_once(desk: Desk, subject: Server) -> None:
    """What `with out:` takes is in the widget, once, and not in the cell."""
    lab, cells, notebook = run(desk, subject, [INSIDE_AND_BESIDE])
    reload_while_it_counts(lab, cells, 1)
    seen = len(cells.numbers(1))
    lab.wait_until(lambda: len(cells.numbers(1)) > seen + 5, 20, "the cell goes on")
    lab.let_go(notebook)
    cells.show_prompts("[1]", "[2]")
    last = int(subject.evaluate(notebook.path, "n"))
    inside = [f"inside {n}" for n in range(last + 1)]
    lab.wait_until(lambda: lab.lines(INSIDE) == inside, 10, "all lines", lambda: lab.lines(INSIDE))
    assert cells.numbers(1) == list(range(last + 1))
    assert cells.text(1).count("inside") == last + 1
    assert lab.errors == []


@pytest.mark.long
def test_closed_and_opened_after_the_end(
    desk: Desk, subject: Server, undisturbed: Undisturbed
) -> None:
    """Nobody was there when the cells ended. The next page has all of it."""
    sources = medley(1.0, ["lines", "update", "raise"])
    right = undisturbed.document(sources)
    lab, cells, notebook = run(desk, subject, sources)
    lab.wait_until(lambda: bool(cells.numbers(2)), 60, "the cell counts")
    lab.page.close(run_before_unload=False)
    lab = desk.page(subject)
    lab.pause(4)
    cells = Cells(lab)
    lab.open_notebook(notebook)
    cells.show_prompts(*prompts(sources))
    save(lab, notebook)
    assert document(subject, notebook) == right

    # Now the file has all of it, and the page stays as it is.
    lab.reload()
    cells.show_prompts(*prompts(sources))
    lab.pause(1)
    attached = [each for each in lab.wire.messages if each.sent and each.channel == "shell"]
    assert lab.is_saved, attached
    assert lab.errors == []


def test_interrupt_and_restart_after_a_reload(desk: Desk, subject: Server) -> None:
    """No star is left, whatever ends the cell."""
    lab, cells, _ = run(desk, subject, [LONG])
    reload_while_it_counts(lab, cells, 1)
    cells.choose(1)
    lab.page.keyboard.press("i")
    lab.page.keyboard.press("i")
    cells.show_prompts("[1]", "[2]")
    assert cells.text(1).count("KeyboardInterrupt") > 0
    before = cells.text(1)

    lab.page.keyboard.press("Control+Enter")
    lab.wait_until(lambda: cells.text(1) != before and bool(cells.numbers(1)), 20, "it counts")
    reload_while_it_counts(lab, cells, 1)
    cells.choose(1)
    lab.page.keyboard.press("0")
    lab.page.keyboard.press("0")
    lab.page.locator(".jp-Dialog-button.jp-mod-accept").click()
    cells.show_prompts("[1]", "[ ]")
    # A session cannot be ended while its kernel starts.
    lab.wait_until(lambda: lab.status() == "idle", 60, "the kernel is there again")
    assert [error for error in lab.errors if not error.startswith(SAID_ON_A_RESTART)] == []


def test_a_page_that_restarts_its_kernel_gets_no_old_output_back(
    desk: Desk, subject: Server
) -> None:
    """What was cleared stays cleared, and what did not run is no error."""
    lab, cells, _ = run(desk, subject, ["print('over')", LONG, "print('never')"])
    lab.wait_until(lambda: len(cells.numbers(2)) > 3, 30, "it counts")
    lab.choose("Kernel", "Restart Kernel and Clear Outputs of All Cells…")
    lab.page.locator(".jp-Dialog-button.jp-mod-accept").click()
    nothing = ["[ ]"] * 4
    cells.show_prompts(*nothing)
    lab.wait_until(lambda: lab.status() == "idle", 60, "the kernel is there again")
    # Whatever the page asks is answered by now.
    cells.choose(3)
    lab.page.keyboard.press("Control+Enter")
    cells.show_prompts(*nothing[:3], "[1]")
    assert [cells.text(number) for number in range(4)] == ["", "", "", "never\n"]
    assert [error for error in lab.errors if not error.startswith(SAID_ON_A_RESTART)] == []


@pytest.mark.long
def test_a_cell_that_is_changed_while_it_runs(desk: Desk, subject: Server) -> None:
    """Edited, run again and deleted: each as in a page that was not reloaded."""
    lab, cells, notebook = run(desk, subject, [LONG, "time.sleep(0.1)", LONG])
    reload_while_it_counts(lab, cells, 1)
    lab.page.locator(".jp-Notebook .jp-CodeCell").nth(2).locator(".cm-content").click()
    lab.page.keyboard.type("# edited ")
    cells.choose(1)
    lab.page.keyboard.press("Control+Enter")
    cells.show_prompts("[1]", "[*]", "[*]", "[*]")
    assert cells.text(1) == ""
    cells.choose(3)
    lab.page.keyboard.press("d")
    lab.page.keyboard.press("d")
    cells.show_prompts("[1]", "[*]", "[*]")
    notebook.let_go()
    cells.show_prompts("[1]", "[5]", "[3]")
    lab.pause(0.5)
    assert lab.errors == []


@pytest.mark.long
def test_three_reloads_in_a_row(desk: Desk, subject: Server, undisturbed: Undisturbed) -> None:
    """Each while the page is still loading, or has just been drawn."""
    sources = medley(3.0, ["update"])
    right = undisturbed.document(sources)
    lab, cells, notebook = run(desk, subject, sources)
    lab.wait_until(lambda: bool(cells.numbers(2)), 60, "the cell counts")
    lab.page.reload(wait_until="commit")
    lab.pause(0.7)
    lab.page.reload(wait_until="commit")
    lab.reload()
    see_through(lab, cells, prompts(sources), [])
    save(lab, notebook)
    assert document(subject, notebook) == right
    assert lab.errors == []


@pytest.mark.long
def test_a_kernel_that_dies_after_a_reload(desk: Desk, subject: Server) -> None:
    """The cell ends as in a page that was not reloaded: the prompt is empty, the output stays."""
    lab, cells, notebook = run(desk, subject, [f"{LONG}\nimport os; os._exit(1)", "print('never')"])
    reload_while_it_counts(lab, cells, 1)
    lab.let_go(notebook)
    lab.page.get_by_text("appears to have died").wait_for(timeout=30_000)
    lab.page.locator(".jp-Dialog-button.jp-mod-accept").click()
    cells.show_prompts("[1]", "[ ]", "[ ]")
    assert cells.numbers(1) == list(range(len(cells.numbers(1))))
    lab.wait_until(lambda: lab.status() == "idle", 60, "the kernel is there again")
    cells.choose(2)
    lab.page.keyboard.press("Control+Enter")
    cells.show_text(2, "never")
    assert [error for error in lab.errors if not error.startswith(SAID_ON_A_RESTART)] == []


@pytest.mark.long
def test_a_cell_that_is_moved_while_it_runs(desk: Desk, subject: Server) -> None:
    """JupyterLab drops the output of a running cell that is moved. A reload brings it back."""
    lab, cells, notebook = run(desk, subject, [LONG, "print('line 0')"])
    lab.wait_until(lambda: bool(cells.numbers(1)), 60, "the cell counts")
    cells.choose(1)
    lab.page.keyboard.press("Control+Shift+ArrowDown")
    lab.pause(0.5)
    save(lab, notebook)
    lab.reload()
    lab.wait_until(lambda: len(cells.numbers(2)) > 10, 20, "the cell goes on where it is now")
    cells.show_prompts("[1]", "[*]", "[*]")
    lab.let_go(notebook)
    cells.show_prompts("[1]", "[3]", "[2]")
    last = int(subject.evaluate(notebook.path, "n"))
    assert cells.numbers(2) == list(range(last + 1))
    assert cells.numbers(1) == [0]
    assert lab.errors == []


def test_what_a_reloaded_cell_puts_into_the_next_one_is_there(desk: Desk, subject: Server) -> None:
    lab, cells, notebook = run(desk, subject, [f"{NEXT}\n{LONG}"])
    reload_while_it_counts(lab, cells, 1)
    lab.let_go(notebook)
    cells.show_prompts("[1]", "[2]", "[ ]")
    save(lab, notebook)
    sources = ["".join(cell["source"]) for cell in document(subject, notebook)["cells"]]
    assert sources[2:] == ["y = 2"]
    assert lab.errors == []
