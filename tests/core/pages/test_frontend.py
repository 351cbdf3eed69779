"""One page, with and without a socket."""

from __future__ import annotations

from jupyter_comm_broker.core.outboxes.outbox import Outbox
from jupyter_comm_broker.core.pages.frontend import CatchUp, Frontend


def test_a_page_is_attached_until_its_socket_is_gone() -> None:
    page = Frontend("a", 3.0, Outbox(0))
    assert (page.attached, page.came_at, page.attached_at) == (True, 3.0, 3.0)
    page.absent_since = 5.0
    assert page.attached is False


def test_a_catch_up_is_due_at_each_moment_after_the_snapshot() -> None:
    catch_up = CatchUp({"w"}, 10.0, (0.3, 1.0))
    assert (catch_up.due, catch_up.restored, catch_up.changed) == ([10.3, 11.0], {"w"}, {})
