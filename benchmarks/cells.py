"""The code that kernels run: comms that send, comms that echo, and widgets to restore."""

from __future__ import annotations

SENDER = """
import asyncio, time
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
def bench_send_buffers(first, count, size):
    for number in range(first, first + count):
        state = {"bench_seq": number}
        bench_comm.send({"method": "update", "state": state, "buffer_paths": [["bench_image"]]},
                        buffers=[bytes(size)])
def bench_flood(seconds):
    end = time.monotonic() + seconds
    number = 0
    while time.monotonic() < end:
        bench_send(number + 1, 100)
        number += 100
async def bench_keep_sending(per_second, batch=10):
    loop = asyncio.get_running_loop()
    due, number = loop.time(), 0
    while True:
        bench_send(number + 1, batch)
        number += batch
        due += batch / per_second
        await asyncio.sleep(max(0.0, due - loop.time()))
"""
"""
A comm that looks like a widget's, so that a mirror must follow every update.

One update has 200 bytes of data.
"""

ECHO = """
from comm import get_comm_manager
def bench_opened(comm, opening):
    @comm.on_msg
    def echo(message):
        comm.send(message["content"]["data"])
get_comm_manager().register_target("bench.echo", bench_opened)
"""
"""A target whose comms send back every message."""


STORM = """
import threading
from comm import create_comm
def bench_storm(comms, updates):
    over = threading.Event()
    def prints():
        while not over.is_set():
            print("a line of a print flood", flush=True)
    printer = threading.Thread(target=prints)
    printer.start()
    opened = [create_comm(target_name="jupyter.widget", metadata={"version": "2.1.0"},
                          data={"state": {"_model_name": "IntProgressModel"}, "buffer_paths": []})
              for _ in range(comms)]
    for number in range(1, updates + 1):
        state = {"bench_seq": number, "value": number % 100}
        opened[number % comms].send({"method": "update", "state": state, "buffer_paths": []})
    for each in opened:
        each.close()
    over.set()
    printer.join()
"""
"""Opens comms, updates them in turn at full speed while a thread prints, and closes them."""

PLAIN = """
from comm import create_comm
bench_plain = []
def bench_open(count):
    bench_plain.extend(create_comm(target_name="bench.plain", data={}) for _ in range(count))
"""
"""Comms without a state, of which only the registry knows."""


def burst(first: int, count: int, pause: float = 0.0, ahead: float = 0.0) -> str:
    """
    Return a cell that sends numbered updates.

    Args:
        first: the first number.
        count: how many updates it sends.
        pause: the seconds between two updates.
        ahead: the seconds before the first update.
    """
    return f"bench_send({first}, {count}, {pause}, {ahead})"


def buffers(first: int, count: int, size: int) -> str:
    """
    Return a cell that sends numbered updates, each with a buffer.

    Args:
        first: the first number.
        count: how many updates it sends.
        size: the bytes of a buffer.
    """
    return f"bench_send_buffers({first}, {count}, {size})"


def models(count: int) -> str:
    """Return a cell that makes this many widget models. A slider has three."""
    sliders = count // 3
    return (
        "import ipywidgets\n"
        f"bench_widgets = [ipywidgets.IntSlider() for _ in range({sliders})]\n"
        f"bench_widgets += [ipywidgets.Layout() for _ in range({count - 3 * sliders})]"
    )


def busy(seconds: float) -> str:
    """Return a cell that keeps the main shell busy for some seconds."""
    return f"import time; time.sleep({seconds})"
