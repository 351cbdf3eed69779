"""Both ways in which JupyterLab gets a kernel's widgets lead to the same page."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.testing import Kernel
from jupyter_comm_broker.testing.restore import arrive, by_control, by_fallback, restore

pytestmark = pytest.mark.acceptance

TWO = "import ipywidgets as widgets\na, b = widgets.IntSlider(7), widgets.Text('x')"


async def test_what_the_control_comm_tells_is_what_single_requests_tell(
    comm_broker_kernel: Kernel,
) -> None:
    async with comm_broker_kernel.page() as first:
        assert (await arrive(first)).models == 0
        await first.run(TWO)
        shown = {comm_id: model.state for comm_id, model in first.widgets.models.items()}
    async with comm_broker_kernel.page() as page:
        restored = await restore(page)
        assert (restored.by, restored.models) == ("control", len(shown))
        assert restored.seconds > 0
        assert {i: m.state for i, m in page.widgets.models.items()} == shown
    async with comm_broker_kernel.page() as page:
        await by_fallback(page, 30)
        assert {i: m.state for i, m in page.widgets.models.items()} == shown


async def test_a_kernel_that_does_not_answer_in_time_is_not_waited_for(
    comm_broker_kernel: Kernel,
) -> None:
    # It reads nothing, as if no answer came.
    async with comm_broker_kernel.page(pace=0) as page:
        assert not await by_control(page, within=0.05)
        assert page.widgets.control == ""
