"""What the core has for pages is written to each, and one that fails costs the others nothing."""

from __future__ import annotations

from jupyter_comm_broker.core.outboxes.outbox import Outbox
from jupyter_comm_broker.core.pages.shared_outbox import SharedBatch
from jupyter_comm_broker.protocol.alias import alias
from jupyter_comm_broker.transport.page_ports import PagePorts
from tests.core.room import Room
from tests.fakes.page import Page


class Broken(Page):
    """A page whose socket cannot be written to."""

    def flush(self, outbox: Outbox) -> None:
        raise OSError("flushing")

    def offer(self, batch: SharedBatch, wire: dict[str, bytes], outbox: Outbox) -> bool:
        raise OSError("offering")


class Desk:
    """A broker whose pages have the sockets that a test gives them."""

    def __init__(self, *pages: Page) -> None:
        self.noted: list[tuple[str, str, str]] = []
        self.room = Room()
        self.broker = self.room.broker
        self.ports = PagePorts(
            self.broker,
            lambda level, text, fault: self.noted.append((level, text, str(fault))),
        )
        for page in pages:
            assert self.ports.put(page.session, page) is None
            self.broker.frontend_attached(page.session, 0.0)
            self.ports.write(self.broker.take_effects())

    def publishes(self, text: str) -> None:
        message = self.room.kernel.write("iopub", "stream", {"name": "stdout", "text": text})
        self.broker.kernel_sent(message, 0.0)
        self.ports.write(self.broker.take_effects())


def texts(page: Page) -> list[str]:
    return [content["text"] for content in page.contents("stream")]


def test_all_get_what_all_get_alone_or_shared() -> None:
    one, other = Page("one"), Page("other")
    desk = Desk(one, other)
    for text in "abc":
        desk.publishes(text)
    assert texts(one) == texts(other) == ["a", "b", "c"]


def test_one_that_cannot_be_written_to_costs_the_others_nothing_and_loses_nothing() -> None:
    broken, well = Broken("broken"), Page("well")
    desk = Desk(broken, well)
    for text in "abc":
        desk.publishes(text)
    assert texts(well) == ["a", "b", "c"]
    assert ("error", f"cannot write to session {alias('broken')}", "flushing") in desk.noted
    again = Page("broken")
    assert desk.ports.put("broken", again) is broken
    desk.publishes("d")
    assert texts(again) == ["a", "b", "c", "d"]


def test_who_is_given_up_is_told_and_who_left_is_not_written_to() -> None:
    page = Page("page")
    desk = Desk(page)
    effects = desk.broker.take_effects()
    effects.cut_off.append(("page", "too slow"))
    effects.cut_off.append(("nobody", "too slow"))
    desk.ports.close(effects.cut_off)
    assert page.closed == ["too slow"]
    assert desk.ports.remove("page") is page
    assert desk.ports.remove("page") is None
    assert "page" not in desk.ports
    heard = len(page.heard)
    desk.publishes("a")
    assert len(page.heard) == heard
