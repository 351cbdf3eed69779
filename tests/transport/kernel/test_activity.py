"""The broker's watch over a kernel's activity does what jupyter_server's own watcher does."""

from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jupyter_client.session import Session
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

from jupyter_comm_broker.core.broker import KernelBroker
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.policy import Policy
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.multipart import cut
from jupyter_comm_broker.protocol.synthesis import Author
from jupyter_comm_broker.transport.kernel.activity import KernelActivity

KERNEL_ID = "kernel"
OURS = "the broker"
LONG_AGO = datetime(2000, 1, 1, tzinfo=timezone.utc)


class Stream:
    """The iopub subscription that the stock watcher makes: keeps its callback, can be closed."""

    def __init__(self) -> None:
        self.callback: Any = None
        self.open = True

    def on_recv(self, callback: Any) -> None:
        self.callback = callback

    def closed(self) -> bool:
        return not self.open

    def close(self) -> None:
        self.open = False


class Kernel:
    """What either watcher needs of a kernel manager."""

    def __init__(self, kernels: AsyncMappingKernelManager) -> None:
        self.parent = kernels
        self.kernel_id = KERNEL_ID
        self.session = Session(key=b"key")
        self.execution_state = "starting"
        self.reason = ""
        self.last_activity = LONG_AGO
        self._activity_stream: Stream | None = None

    def connect_iopub(self) -> Stream:
        return Stream()


def watched() -> Kernel:
    """Return a kernel that the stock watcher follows."""
    kernels = AsyncMappingKernelManager()
    kernel = Kernel(kernels)
    kernels._kernels[KERNEL_ID] = kernel
    kernels.start_watching_activity(KERNEL_ID)
    kernel.last_activity = kernels.last_kernel_activity = LONG_AGO
    return kernel


def multipart(kernel: Kernel, msg_type: str, parent_type: str | None, state: str) -> list[bytes]:
    content = {"execution_state": state} if msg_type == "status" else {}
    parent = None if parent_type is None else {"header": kernel.session.msg_header(parent_type)}
    message = kernel.session.msg(msg_type, content, parent=parent)
    return kernel.session.serialize(message)


def taken_over(kernel: Kernel, core_says: str = "unknown") -> KernelActivity:
    broker = KernelBroker(Policy(), Limits(), Author(OURS))
    broker._parts.work.execution.reset(core_says)
    activity = KernelActivity(kernel, OURS, broker)
    activity.take_over()
    return activity


def follow(activity: KernelActivity, message: list[bytes]) -> None:
    activity.followed([Message("iopub", cut(message))])


TYPES = st.sampled_from(["status", "stream", "comm_msg", "execute_input", "something_new"])
PARENTS = st.sampled_from([None, "execute_request", "kernel_info_request", "comm_msg"])
STATES = st.sampled_from(["starting", "busy", "idle"])


@given(st.lists(st.tuples(TYPES, PARENTS, STATES), max_size=12))
def test_both_watchers_come_to_the_same(published: list[tuple[str, str | None, str]]) -> None:
    stock, ours = watched(), watched()
    assert stock._activity_stream is not None
    callback = stock._activity_stream.callback
    activity = taken_over(ours)
    for msg_type, parent_type, state in published:
        stock.last_activity = ours.last_activity = LONG_AGO
        callback(multipart(stock, msg_type, parent_type, state))
        follow(activity, multipart(ours, msg_type, parent_type, state))
        assert ours.execution_state == stock.execution_state
        assert (ours.last_activity > LONG_AGO) == (stock.last_activity > LONG_AGO)


def test_the_end_of_work_is_noted_however_short_the_work_was() -> None:
    kernel = watched()
    activity = taken_over(kernel)
    before = LONG_AGO
    for state in ("busy", "idle") * 3:
        before = datetime.now(timezone.utc)
        follow(activity, multipart(kernel, "status", "comm_msg", state))
    assert kernel.last_activity >= before


def test_taking_over_ends_the_stock_subscription() -> None:
    kernel = watched()
    stream = kernel._activity_stream
    assert stream is not None
    taken_over(kernel)
    assert stream.closed()
    assert kernel._activity_stream is None


def test_a_subscription_the_server_makes_anew_is_ended_too() -> None:
    kernel = watched()
    activity = taken_over(kernel)
    kernel.parent.start_watching_activity(KERNEL_ID)
    activity.take_over()
    assert kernel._activity_stream is None


def test_what_was_given_back_is_followed_by_the_server_again() -> None:
    kernel = watched()
    activity = taken_over(kernel)
    activity.give_back()
    assert kernel._activity_stream is not None
    assert not activity.ours


def test_a_kernel_that_is_gone_is_not_given_back() -> None:
    kernel = watched()
    activity = taken_over(kernel)
    del kernel.parent._kernels[KERNEL_ID]
    activity.give_back()
    assert kernel._activity_stream is None


def test_a_kernel_nobody_watched_is_left_alone() -> None:
    kernel = watched()
    kernel._activity_stream = None
    activity = taken_over(kernel)
    follow(activity, multipart(kernel, "status", "execute_request", "busy"))
    assert not activity.ours
    assert kernel.execution_state == "starting"


def test_the_brokers_own_questions_are_no_activity() -> None:
    kernel = watched()
    kernel.execution_state = "idle"
    activity = taken_over(kernel)
    asking = Session(key=b"key", session=OURS)
    parent = {"header": asking.msg_header("comm_msg")}
    status = kernel.session.msg("status", {"execution_state": "busy"}, parent=parent)
    follow(activity, kernel.session.serialize(status))
    assert kernel.execution_state == "idle"
    assert kernel.last_activity == LONG_AGO


def test_a_kernel_that_answered_the_broker_has_started() -> None:
    kernel = watched()
    activity = taken_over(kernel)
    asking = Session(key=b"key", session=OURS)
    parent = {"header": asking.msg_header("kernel_info_request")}
    for state, expected in (("busy", "starting"), ("idle", "idle")):
        status = kernel.session.msg("status", {"execution_state": state}, parent=parent)
        follow(activity, kernel.session.serialize(status))
        assert kernel.execution_state == expected
    assert kernel.last_activity == LONG_AGO


@pytest.mark.parametrize(
    ("core_says", "said"),
    [("idle", "idle"), ("starting", "idle"), ("busy", "busy"), ("unknown", "busy")],
)
def test_a_cell_whose_end_only_the_core_noticed_is_over_for_the_server_too(
    core_says: str, said: str
) -> None:
    """Its idle was lost, or named a question of ours. A busy kernel would never be culled."""
    kernel = watched()
    activity = taken_over(kernel, core_says)
    follow(activity, multipart(kernel, "status", "execute_request", "busy"))
    asking = Session(key=b"key", session=OURS)
    parent = {"header": asking.msg_header("kernel_info_request")}
    status = kernel.session.msg("status", {"execution_state": "idle"}, parent=parent)
    follow(activity, kernel.session.serialize(status))
    assert kernel.execution_state == said


def test_a_reply_of_a_new_process_counts_where_its_statuses_were_lost() -> None:
    """They are lost where the broker is subscribed later than the kernel answers."""
    kernel = watched()
    activity = taken_over(kernel, "starting")
    follow(activity, multipart(kernel, "status", "execute_request", "busy"))
    asking = Session(key=b"key", session=OURS)
    parent = {"header": asking.msg_header("kernel_info_request")}
    reply = kernel.session.serialize(kernel.session.msg("kernel_info_reply", {}, parent=parent))
    asked = kernel.session.serialize(kernel.session.msg("input_request", {}, parent=parent))
    activity.followed([Message("stdin", cut(asked))])
    assert kernel.execution_state == "busy", "a question of a thread is no reply"
    activity.followed([Message("shell", cut(reply))])
    assert kernel.execution_state == "idle"


def test_what_is_published_under_a_question_of_ours_is_activity_as_on_stock() -> None:
    kernel = watched()
    activity = taken_over(kernel)
    asking = Session(key=b"key", session=OURS)
    parent = {"header": asking.msg_header("comm_msg")}
    printed = kernel.session.serialize(kernel.session.msg("comm_msg", {}, parent=parent))
    follow(activity, printed)
    assert kernel.last_activity > LONG_AGO


def test_what_cannot_be_read_is_no_activity_and_no_fault() -> None:
    kernel = watched()
    activity = taken_over(kernel)
    activity.followed([Message("iopub", [b"no json", b"{}", b"{}", b"{}"])])
    assert kernel.last_activity == LONG_AGO
