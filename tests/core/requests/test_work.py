"""What a kernel has to do makes it busy, also before it has said so."""

from __future__ import annotations

from jupyter_comm_broker.core.requests.request import Request
from jupyter_comm_broker.core.requests.work import Work
from jupyter_comm_broker.protocol.message import Header


def test_a_kernel_is_occupied_from_the_moment_a_cell_is_sent() -> None:
    work = Work(10)
    before = work.occupied
    work.requests.sent(Request("page", "shell", Header("1", "execute_request", "page"), 0.0))
    busy = work.occupied
    work.forget()
    assert (before, busy, work.occupied) == (False, True, False)


def test_what_a_process_said_of_itself_ends_with_it() -> None:
    work = Work(10)
    work.kernel_info.said(b'{"supported_features": ["kernel subshells"]}')
    assert work.kernel_info.has_subshells
    work.forget()
    assert work.kernel_info.content is None
