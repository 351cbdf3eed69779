"""The code that kernels run: comms that send, comms that echo, widgets to restore."""

from __future__ import annotations

SENDER = """
import time
from comm import create_comm
bench_comm = create_comm(
    target_name="jupyter.widget",
    data={"state": {"_model_name": "IntProgressModel", "_model_module": "@jupyter-widgets/controls",
                    "_model_module_version": "2.0.0", "value": 0, "description": ""},
          "buffer_paths": []},
    metadata={"version": "2.1.0"},
)
bench_filling = "x" * 118
def bench_send(first, count, pause=0.0, ahead=0.0):
    time.sleep(ahead)
    due = time.monotonic()
    for number in range(first, first + count):
        state = {"bench_seq": number, "description": bench_filling}
        bench_comm.send({"method": "update", "state": state, "buffer_paths": []})
        if pause:
            due += pause
            time.sleep(max(0.0, due - time.monotonic()))
"""
"""
A widget model as far as the wire can tell: a mirror has to follow every update.

One update is 200 bytes of data.
"""

ECHO = """
from comm import get_comm_manager
def bench_opened(comm, opening):
    @comm.on_msg
    def echo(message):
        comm.send(message["content"]["data"])
get_comm_manager().register_target("bench.echo", bench_opened)
"""
"""A target whose comms send back what they get."""


def burst(first: int, count: int, pause: float = 0.0, ahead: float = 0.0) -> str:
    """Return a cell that sends ``count`` numbered updates, ``pause`` apart."""
    return f"bench_send({first}, {count}, {pause}, {ahead})"


def models(count: int) -> str:
    """Return a cell that leaves the kernel with this many widget models (a slider is three)."""
    sliders = count // 3
    return (
        "import ipywidgets\n"
        f"bench_widgets = [ipywidgets.IntSlider() for _ in range({sliders})]\n"
        f"bench_widgets += [ipywidgets.Layout() for _ in range({count - 3 * sliders})]"
    )


def busy(seconds: float) -> str:
    """Return a cell that keeps the main shell busy."""
    return f"import time; time.sleep({seconds})"
