"""A page on a real kernel: it runs code, shows widgets, and has them again after a reload."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.testing import CellFailedError, Kernel

pytestmark = pytest.mark.acceptance

SLIDER = """
import ipywidgets as widgets
slider = widgets.IntSlider(7)
print(slider.model_id)
"""


async def test_code_is_run_and_what_it_prints_comes_back(comm_broker_kernel: Kernel) -> None:
    async with comm_broker_kernel.page() as page:
        info = await page.kernel_info()
        assert info.content["status"] == "ok"
        assert await page.run("print(6 * 7)") == "42\n"
        assert page.status == "idle"
        with pytest.raises(CellFailedError, match="ZeroDivisionError") as failed:
            await page.run("1 / 0")
        assert "division by zero" in failed.value.traceback


async def test_a_widget_is_moved_and_comes_back_after_a_reload(comm_broker_kernel: Kernel) -> None:
    async with comm_broker_kernel.page() as page:
        await page.arrive()
        slider = (await page.run(SLIDER)).strip()
        await page.widgets.set(slider, value=9)
        assert await page.run("print(slider.value)") == "9\n"
        before = page.session_id
        assert (await page.reload()).by == "control"
        assert page.session_id != before
        assert page.widgets[slider]["value"] == 9
        await page.run("slider.value = 3")
        assert page.widgets[slider]["value"] == 3


async def test_a_page_shows_what_it_was_built_for(comm_broker_kernel: Kernel) -> None:
    async with comm_broker_kernel.page(targets=()) as console:
        await console.kernel_info()
        slider = (await console.run(SLIDER)).strip()
        assert slider in console.widgets.refused
        assert console.widgets.models == {}


async def test_a_page_whose_models_are_never_built_leaves_nothing_behind(
    comm_broker_kernel: Kernel,
) -> None:
    async with comm_broker_kernel.page() as page:
        await page.arrive()
        await page.run(SLIDER)
    async with comm_broker_kernel.page(build_seconds=600) as page:
        await page.restore()
        assert page.widgets.models == {}
