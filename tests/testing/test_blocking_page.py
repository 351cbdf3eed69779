"""A page of a plain function does what one of a coroutine does, and reads on in between."""

from __future__ import annotations

import threading
import time

import pytest

from jupyter_comm_broker.errors import ServerRefusedError
from jupyter_comm_broker.testing import BlockingPage, GoneError, Kernel, Page

pytestmark = pytest.mark.acceptance

SLIDER = """
import ipywidgets as widgets, threading, time
slider = widgets.IntSlider(7)
print(slider.model_id)
"""
LATER = "threading.Timer(0.2, lambda: setattr(slider, 'value', 8)).start()"


def test_a_widget_is_moved_and_reloaded_from_a_plain_function(
    comm_broker_page: BlockingPage,
) -> None:
    page = comm_broker_page
    slider = page.run(SLIDER).strip()
    page.set(slider, value=9)
    assert page.run("print(slider.value)") == "9\n"
    before = page.session_id
    assert page.reload().models == page.restore().models > 0
    assert page.session_id != before
    assert page.widgets[slider]["value"] == 9
    page.run(LATER)
    page.shows(lambda: page.widgets[slider]["value"] == 8)


def test_it_reads_while_the_test_does_something_else(comm_broker_page: BlockingPage) -> None:
    page = comm_broker_page
    slider = page.run(SLIDER).strip()
    page.run(LATER)
    end = time.monotonic() + 30
    while page.widgets[slider]["value"] != 8:
        assert time.monotonic() < end
        time.sleep(0.01)


def test_requests_are_waited_for_one_by_one(comm_broker_page: BlockingPage) -> None:
    page = comm_broker_page
    cell = page.execute("import comm; mine = comm.create_comm('mine'); 6 * 7")
    assert page.opened("mine").content["target_name"] == "mine"
    assert page.ended(cell).content["status"] == "ok"
    page.idle(cell)
    result = page.until(lambda m: m.type == "execute_result" and m.parent_id == cell)
    assert result in page.of(cell)
    assert result in page.received
    # Other requests of the page may have kept the kernel busy for a moment more.
    page.shows(lambda: page.status == "idle")
    asked = page.send("kernel_info_request", {}, channel="control")
    assert page.ended(asked).type == "kernel_info_reply"


def test_it_comes_back_after_a_drop_to_what_it_missed(comm_broker_page: BlockingPage) -> None:
    page = comm_broker_page
    slider = page.run(SLIDER).strip()
    page.run(LATER)
    page.drop()
    time.sleep(0.5)
    page.open()
    page.shows(lambda: page.widgets[slider]["value"] == 8)
    page.pause()
    page.resume()
    assert page.run("print(1)") == "1\n"


def test_its_thread_ends_with_it(comm_broker_kernel: Kernel) -> None:
    def threads() -> list[str]:
        return [each.name for each in threading.enumerate() if each.name == "page"]

    before = len(threads())
    with comm_broker_kernel.blocking_page() as page:
        assert len(threads()) == before + 1
    page.close()
    assert len(threads()) == before
    with pytest.raises(GoneError):
        page.run("1")
    refused = BlockingPage(Page(comm_broker_kernel.server, comm_broker_kernel.id, token="wrong"))
    with pytest.raises(ServerRefusedError):
        refused.open()
    assert len(threads()) == before
