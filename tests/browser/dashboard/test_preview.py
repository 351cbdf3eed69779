"""The widget itself, drawn in the dashboard: it works there as in the notebook."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from ..notebooks import SLIDER
from ..server import Server
from ..test_rights import RULES
from .board import NOT_THERE
from .conftest import Boards
from .kernels import Notebook
from .preview import Preview

if TYPE_CHECKING:
    from ..desk import Desk

# Pages close before their kernels end: notebooks stand before boards in every case.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

Notebooks = Callable[..., Notebook]

CONTROLS = """
import ipywidgets as w
box = w.VBox([
    w.HBox([w.Button(description="Go", icon="check", button_style="primary"),
            w.ToggleButtons(options=["a", "b"]), w.Dropdown(options=["x", "y"])]),
    w.Accordion([w.Text("hello"), w.DatePicker()], titles=["one", "two"], selected_index=0),
    w.Tab([w.IntProgress(value=40), w.ColorPicker()], titles=["first", "second"]),
    w.Checkbox(description="Yes"), w.FloatRangeSlider(description="Range"),
])
"""

COUNTER = '''
import anywidget, traitlets
class Counter(anywidget.AnyWidget):
    _esm = """
    function render({ model, el }) {
      const button = document.createElement("button");
      button.className = "counter";
      const draw = () => { button.textContent = `count is ${model.get("value")}`; };
      draw();
      button.addEventListener("click", () => {
        model.set("value", model.get("value") + 1);
        model.save_changes();
        model.send({ said: "clicked" });
      });
      model.on("change:value", draw);
      model.on("msg:custom", (message) => el.append(` heard ${message.word}`));
      el.append(button);
    }
    export default { render };
    """
    _css = ".counter { color: rgb(1, 2, 3); }"
    value = traitlets.Int(0).tag(sync=True)
heard = []
counter = Counter()
counter.on_msg(lambda widget, content, buffers: heard.append(content))
'''

FOREIGN = """
import ipywidgets as w
from traitlets import Unicode
def of(name, value):
    return Unicode(value).tag(sync=True)
class Foreign(w.DOMWidget):
    _model_name, _view_name = of("m", "MapModel"), of("v", "MapView")
    _model_module = _view_module = of("module", "some-maps")
    _model_module_version = _view_module_version = of("version", "^1.0.0")
    text = Unicode("<b>Bern</b>").tag(sync=True)
foreign = Foreign()
box = w.HBox([w.Label("beside"), foreign])
"""


@pytest.fixture
def ruled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on which who comes with a browser may only see comms."""
    server = Server(tmp_path_factory.mktemp("ruled") / "server", "broker", config=RULES)
    with server:
        yield server


def test_nothing_is_drawn_or_loaded_before_the_click(
    hub: Server, notebooks: Notebooks, boards: Boards
) -> None:
    notebook = notebooks("calm.ipynb")
    notebook.run("import ipywidgets as w; slider = w.IntSlider()")
    board = boards(hub)
    loaded: list[str] = []
    board.page.on("request", lambda request: loaded.append(request.url))
    comm_id = notebook.value("slider.comm.comm_id").strip("'")
    preview = Preview(board, notebook.kernel_id, comm_id)
    board.page.wait_for_timeout(1000)
    assert board.page.locator("iframe").count() == 0
    assert [each for each in loaded if "preview" in each or "WidgetFrame" in each] == []
    preview.ask()
    assert [each for each in loaded if "preview" in each]
    board.page.get_by_role("button", name="Close preview").click()
    board.wait_until(lambda: not board.page.locator("iframe").count(), 5, "it is closed")


def test_a_slider_moved_there_moves_in_the_kernel_and_back(
    hub: Server, notebooks: Notebooks, boards: Boards, figures: dict[str, Any]
) -> None:
    notebook = notebooks("speed.ipynb")
    notebook.run("import ipywidgets as w; slider = w.IntSlider(value=3, description='Speed')")
    board = boards(hub)
    preview = Preview.of(board, notebook, "slider")
    assert preview.slider == 3
    board.picture("preview-slider")
    preview.press("ArrowRight", 20)
    # No step is lost to an echo of what was before.
    assert preview.slider == 23
    board.wait_until(lambda: notebook.value("slider.value") == "23", 15, "the kernel has it")
    notebook.run("slider.value = 77; slider.description = 'Faster'")
    figures["seconds until the preview follows the kernel"] = board.wait_until(
        lambda: preview.slider == 77, 10, "the preview follows the kernel"
    )
    preview.wait_for("Faster")
    # What the kernel makes of it counts.
    notebook.run("slider.observe(lambda c: setattr(slider, 'value', min(slider.value, 80)))")
    preview.press("ArrowRight", 9)
    board.wait_until(lambda: preview.slider == 80, 15, "it springs to what is allowed")
    # It was 80 for a moment on its way up, too.
    board.wait_until(
        lambda: (notebook.value("slider.value"), preview.slider) == ("80", 80), 15, "both are at 80"
    )


def test_a_slider_moved_there_moves_in_the_notebook_and_back(
    subject: Server, desk: Desk, boards: Boards
) -> None:
    notebook = desk.notebook(subject, ["import ipywidgets as widgets", SLIDER])
    lab = desk.page(subject)
    lab.open_notebook(notebook)
    lab.run_all()
    lab.wait_until(lambda: lab.page.locator(".widget-slider").count() == 1, 60, "a slider")
    kernel_id = subject.kernel_of(notebook.path)
    assert kernel_id is not None
    listed = subject.rest("GET", f"/api/kernels/{kernel_id}/comms?model=IntSliderModel")
    board = boards(subject)
    preview = Preview(board, kernel_id, listed["comms"][0]["comm_id"])
    preview.ask()
    preview.press("ArrowRight", 4)
    lab.wait_until(lambda: lab.slider() == 4, 15, "the notebook's slider follows the preview's")
    lab.page.bring_to_front()
    lab.press_on_slider("ArrowRight", 3)
    board.page.bring_to_front()
    board.wait_until(lambda: preview.slider == 7, 15, "the preview follows the notebook")
    assert subject.evaluate(notebook.path, "slider.value") == "7"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_controls_look_as_they_do_in_a_notebook(
    hub: Server, notebooks: Notebooks, boards: Boards, dark: bool
) -> None:
    notebook = notebooks("controls.ipynb")
    notebook.run(CONTROLS)
    board = boards(hub, dark=dark)
    preview = Preview.of(board, notebook, "box")
    for text in ("Go", "one", "first", "Yes", "Range"):
        preview.wait_for(text)
    board.page.wait_for_timeout(500)
    frame, inside = board.page.locator("iframe").bounding_box(), preview.frame.locator("#widget")
    assert frame is not None
    high = inside.evaluate("widget => widget.getBoundingClientRect().height")
    assert frame["height"] == pytest.approx(high, abs=2), "something is cut off, or left blank"
    assert board.complaints("section[aria-label=Preview]") == []
    board.picture(f"preview-{'dark' if dark else 'light'}")


def test_widgets_that_a_box_gets_later_are_drawn_in_it(
    hub: Server, notebooks: Notebooks, boards: Boards
) -> None:
    notebook = notebooks("later.ipynb")
    notebook.run("import ipywidgets as w; box = w.VBox([w.Label('first')])")
    board = boards(hub)
    preview = Preview.of(board, notebook, "box")
    preview.wait_for("first")
    notebook.run("box.children = (*box.children, w.HBox([w.Label('second')]))")
    preview.wait_for("second")
    notebook.run("box.close()")
    preview.wait_for_words("This widget is closed")
    board.forgive(*NOT_THERE)


def test_anywidget_shows_with_the_code_of_the_servers_labextension(
    hub: Server, notebooks: Notebooks, boards: Boards
) -> None:
    notebook = notebooks("counter.ipynb")
    notebook.run(COUNTER)
    board = boards(hub)
    preview = Preview.of(board, notebook, "counter")
    preview.wait_for("count is 0")
    button = preview.frame.locator("button.counter")
    assert button.evaluate("button => getComputedStyle(button).color") == "rgb(1, 2, 3)"
    button.click()
    board.wait_until(lambda: notebook.value("counter.value") == "1", 15, "the kernel counts")
    board.wait_until(lambda: notebook.value("heard") == "[{'said': 'clicked'}]", 15, "it heard")
    notebook.run("counter.value = 41; counter.send({'word': 'hello'})")
    preview.wait_for("count is 41")
    preview.wait_for("heard hello")
    board.picture("preview-anywidget")


def test_a_widget_whose_code_is_not_there_shows_its_state_and_why(
    hub: Server, notebooks: Notebooks, boards: Boards
) -> None:
    notebook = notebooks("maps.ipynb")
    notebook.run(FOREIGN)
    board = boards(hub)
    preview = Preview.of(board, notebook, "box")
    preview.wait_for("beside")
    preview.wait_for("MapModel of some-maps is not drawn: no labextension of this server")
    preview.wait_for('"text": "<b>Bern</b>"')
    board.picture("preview-missing")
    board.forgive("no labextension")


def test_an_output_and_what_it_holds_are_drawn(
    hub: Server, notebooks: Notebooks, boards: Boards
) -> None:
    notebook = notebooks("output.ipynb")
    notebook.run("import ipywidgets as w; out = w.Output(); out.append_stdout('printed\\n')")
    preview = Preview.of(boards(hub), notebook, "out")
    preview.wait_for("printed")


def test_who_may_only_see_is_told_so_and_the_slider_springs_back(
    ruled: Server, boards: Boards
) -> None:
    notebook = Notebook(ruled, "seen.ipynb")
    notebook.run("import ipywidgets as w; slider = w.IntSlider(value=3)")
    board = boards(ruled)
    preview = Preview.of(board, notebook, "slider")
    preview.wait_for_words("You may look at this widget but not use it")
    preview.press("ArrowRight", 1)
    board.wait_until(lambda: preview.slider == 3, 10, "it springs back")
    assert notebook.value("slider.value") == "3"
    notebook.run("slider.value = 9")
    board.wait_until(lambda: preview.slider == 9, 10, "it follows who may")
    board.picture("preview-read-only")
    assert board.complaints("section[aria-label=Preview]") == []


def test_a_busy_kernel_is_waited_for(hub: Server, notebooks: Notebooks, boards: Boards) -> None:
    notebook = notebooks("busy.ipynb")
    notebook.run("import ipywidgets as w, time; slider = w.IntSlider(value=3)")
    board = boards(hub)
    preview = Preview.of(board, notebook, "slider")
    notebook.begin("time.sleep(4)")
    board.page.wait_for_timeout(300)
    preview.press("ArrowRight", 5)
    preview.wait_for_words("The kernel is busy")
    assert preview.slider == 8, "what was moved stays where it is"
    board.wait_until(lambda: not preview.words, 20, "the kernel is free")
    # The page sends the next value when the kernel is done with the one before.
    board.wait_until(lambda: notebook.value("slider.value") == "8", 10, "the kernel has it")
    assert preview.slider == 8


def test_a_kernel_that_dies_ends_the_preview(
    hub: Server, notebooks: Notebooks, boards: Boards
) -> None:
    notebook = notebooks("dies.ipynb")
    notebook.run("import ipywidgets as w; slider = w.IntSlider()")
    board = boards(hub)
    preview = Preview.of(board, notebook, "slider")
    notebook.kill()
    preview.wait_for_words("This widget is closed: the kernel", within=40)
    board.forgive(*NOT_THERE)
