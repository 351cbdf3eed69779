"""One page cannot take away another's widgets."""

from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.server import Server

SLIDER = "import ipywidgets as widgets\nslider = widgets.IntSlider()"
KERNEL_HAS_IT = "print(slider.comm.comm_id in get_ipython().kernel.comm_manager.comms)"


async def test_a_console_that_does_not_know_the_target_leaves_the_notebook_its_slider(
    server: Server, kernel_id: str
) -> None:
    """Stock: the kernel no longer had the comm, and the slider stayed at 0."""
    async with (
        Page(server, kernel_id) as notebook,
        Page(server, kernel_id, targets=()) as console,
    ):
        await notebook.kernel_info()
        await notebook.run(SLIDER)
        slider = notebook.widgets.only("IntSliderModel")
        await console.until(lambda m: m.comm_id == slider.comm_id)
        assert slider.comm_id in console.widgets.refused
        # The refusal must be through before the kernel is asked.
        await console.ended(await console.send("kernel_info_request", {}))
        assert await notebook.run(KERNEL_HAS_IT) == "True\n"
        assert slider.comm_id in await server.comms(kernel_id)
        await notebook.widgets.set(slider.comm_id, value=42)
        await notebook.until(lambda m: m.method == "echo_update")
        assert await notebook.run("print(slider.value)") == "42\n"
        assert slider.comm_id not in notebook.widgets.closed


async def test_a_page_that_used_a_widget_can_close_it_for_all(
    server: Server, kernel_id: str
) -> None:
    async with Page(server, kernel_id) as one, Page(server, kernel_id) as other:
        await one.kernel_info()
        await one.run(SLIDER)
        comm_id = one.widgets.only("IntSliderModel").comm_id
        await other.until(lambda m: m.comm_id == comm_id)
        await one.widgets.set(comm_id, value=1)
        await one.until(lambda m: m.method == "echo_update")
        await one.send("comm_close", {"comm_id": comm_id, "data": {}})
        await other.until(lambda m: m.type == "comm_close" and m.comm_id == comm_id)
        await one.kernel_info()
        assert comm_id not in one.widgets.closed
        assert comm_id not in await server.comms(kernel_id)
