"""A large buffer goes to every page without a copy for each, and holds nobody up."""

from __future__ import annotations

from contextlib import AsyncExitStack

from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.server import Server

from .flooded import ANSWERED
from .watch import Watch

MEGABYTE = 1_000_000
SIZE = 50 * MEGABYTE
PAGES = 4


async def test_a_large_buffer_reaches_every_page_and_is_in_memory_once(
    server: Server, kernel_id: str
) -> None:
    """Stock needs a copy for each page, and answers nobody meanwhile."""
    async with AsyncExitStack() as stack:
        pages = [await stack.enter_async_context(Page(server, kernel_id)) for _ in range(PAGES)]
        await pages[0].run("import ipywidgets as widgets\nimage = widgets.Image(value=b'')")
        async with Watch(server) as watch:
            await pages[0].run(f"image.value = bytes({SIZE})")
            for page in pages:

                def shown(page: Page = page) -> bool:
                    model = page.widgets.only("ImageModel")
                    return len(model.state["value"]) == SIZE

                await page.shows(shown, 30)
        assert watch.grown < 1.8 * SIZE / MEGABYTE
        assert watch.slowest < ANSWERED
        comm_id = pages[0].widgets.only("ImageModel").comm_id
        comm = (await server.comms(kernel_id))[comm_id]
        assert comm["bytes"]["state"] > SIZE
