"""Whatever happens in whatever order, mirror and pages agree with the kernel in the end."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.state.comm_record import Knowledge
from jupyter_comm_broker.protocol.json_text import loads
from jupyter_comm_broker.protocol.widget import size_of

from .exact_room import ExactRoom
from .model_kernel import QUIET, REJECTED, ModelKernel
from .model_page import ModelPage
from .page import EVERYTHING
from .room import Room

VALUES = st.sampled_from([0, 1, 2, 7, REJECTED, 60, 70])
KEYS = st.sampled_from(["value", "other", QUIET, "unknown"])


class KernelAndPages(RuleBasedStateMachine):
    """One kernel, up to three pages that come, go, return and reload."""

    @initialize(
        high=st.sampled_from([0, 1_500, EVERYTHING]),
        absent=st.sampled_from([4_000, 1_000_000]),
        in_flight=st.sampled_from([3_000, 1_000_000]),
    )
    def begin(self, high: int, absent: int, in_flight: int) -> None:
        self.limits = Limits(
            outbox_high_bytes=high,
            absent_bytes=absent,
            outbox_cap_bytes=1_000_000,
            in_flight_bytes=in_flight,
        )
        self.room = ExactRoom(limits=self.limits)
        self.kernel = ModelKernel(self.room)
        self.pages: list[ModelPage] = []
        self.names = 0
        for value in (1, 2):
            self.kernel.opens(self.name("w"), value)
        self.comes(building=2.0, asks=True, prompt=True)

    def name(self, kind: str) -> str:
        self.names += 1
        return f"{kind}{self.names}"

    def attached(self) -> list[ModelPage]:
        return [page for page in self.pages if page.attached and page.page.network]

    # -- pages -----------------------------------------------------------------------------------

    @rule(building=st.sampled_from([0.0, 0.2, 2.0, 7.9]), asks=st.booleans(), prompt=st.booleans())
    def comes(self, building: float, asks: bool, prompt: bool) -> None:
        if len(self.pages) < 3:
            page = ModelPage(self.room, self.name("page"), building, prompt=prompt)
            self.pages.append(page)
            if asks:
                page.restores()

    @precondition(lambda self: self.pages)
    @rule(data=st.data())
    def leaves_or_returns(self, data: Any) -> None:
        page = data.draw(st.sampled_from(self.pages))
        if not page.page.network:
            if data.draw(st.booleans()):
                page.leaves()  # the server notices it
            page.page.network = True
            page.returns()
        elif not page.attached:
            page.returns()
        elif data.draw(st.booleans()):
            page.leaves()
        else:
            # A reload: the old session id never returns.
            page.leaves()
            self.pages.remove(page)

    @precondition(lambda self: self.attached())
    @rule(data=st.data())
    def restores(self, data: Any) -> None:
        data.draw(st.sampled_from(self.attached())).restores()

    @precondition(lambda self: self.attached())
    @rule(data=st.data(), most=st.sampled_from([0, 1_000, EVERYTHING]))
    def reads(self, data: Any, most: int) -> None:
        data.draw(st.sampled_from(self.attached())).reads(most)

    @precondition(lambda self: self.attached())
    @rule(data=st.data())
    def network_vanishes(self, data: Any) -> None:
        page = data.draw(st.sampled_from(self.attached()))
        page.reads()
        page.page.loses_network()

    @precondition(lambda self: self.attached())
    @rule(data=st.data(), takes=st.booleans())
    def socket_fills_or_empties(self, data: Any, takes: bool) -> None:
        data.draw(st.sampled_from(self.attached())).page.takes = takes

    @precondition(lambda self: any(page.models for page in self.attached()))
    @rule(data=st.data(), key=KEYS, value=VALUES)
    def uses_a_widget(self, data: Any, key: str, value: int) -> None:
        page = data.draw(st.sampled_from([page for page in self.attached() if page.models]))
        page.sets(data.draw(st.sampled_from(sorted(page.models))), key, value)

    @precondition(lambda self: any(page.closable for page in self.attached()))
    @rule(data=st.data())
    def closes_a_widget(self, data: Any) -> None:
        page = data.draw(st.sampled_from([page for page in self.attached() if page.closable]))
        page.closes(data.draw(st.sampled_from(page.closable)))

    @precondition(lambda self: self.attached())
    @rule(data=st.data(), value=st.integers(0, 9))
    def opens_a_widget(self, data: Any, value: int) -> None:
        page = data.draw(st.sampled_from(self.attached()))
        page.opens(self.name("from-page"), {"value": value})

    @precondition(lambda self: self.attached())
    @rule(data=st.data())
    def executes(self, data: Any) -> None:
        data.draw(st.sampled_from(self.attached())).page.executes()

    # -- the kernel ------------------------------------------------------------------------------

    @rule()
    def kernel_works(self) -> None:
        self.kernel.works()

    @rule()
    def kernel_ends_a_cell(self) -> None:
        self.kernel.ends_cell()

    @rule(value=st.integers(0, 9))
    def kernel_opens(self, value: int) -> None:
        self.kernel.opens(self.name("w"), value)

    @precondition(lambda self: self.kernel.widgets)
    @rule(data=st.data(), key=st.sampled_from(["value", "other", QUIET]), value=st.integers(0, 9))
    def kernel_sets(self, data: Any, key: str, value: int) -> None:
        self.kernel.sets(data.draw(st.sampled_from(sorted(self.kernel.widgets))), key, value)

    @precondition(lambda self: self.kernel.widgets)
    @rule(data=st.data())
    def kernel_sends_a_custom(self, data: Any) -> None:
        comm_id = data.draw(st.sampled_from(sorted(self.kernel.widgets)))
        self.names += 1
        self.kernel.says.customs(comm_id, self.names, self.kernel.cell)

    @precondition(lambda self: self.kernel.widgets)
    @rule(data=st.data())
    def kernel_closes(self, data: Any) -> None:
        self.kernel.closes(data.draw(st.sampled_from(sorted(self.kernel.widgets))))

    @rule()
    def kernel_prints(self) -> None:
        self.kernel.says.prints("line\n", self.kernel.cell)

    @rule()
    def restarts(self) -> None:
        self.kernel.starts_anew()
        self.room.broker.kernel_restarted(self.room.now)
        self.room.settle()

    @rule(seconds=st.sampled_from([0.1, 1.0, 3.0, 10.0]))
    def time_passes(self, seconds: float) -> None:
        self.room.wait(seconds)

    # -- what always holds -----------------------------------------------------------------------

    @invariant()
    def prompt_pages_have_read_everything(self) -> None:
        for page in self.attached():
            if page.prompt:
                page.reads()
        for page in self.pages:
            if page.prompt and not page.page.network and page.attached:
                page.page.gets()  # written, and never read

    @invariant()
    def accounts_are_right(self) -> None:
        comms, delivery = self.room.broker._parts.comms, self.room.broker._parts.delivery
        states = [record.state for record in comms.registry if record.state is not None]
        assert comms.mirror.budget.bytes == sum(state.size for state in states)
        for state in states:
            apart = (state._apart or {}).values()
            assert state.size == len(state._rest) + sum(map(size_of, apart))
        own = sum(each.outbox.bytes for each in delivery if not each.attached)
        assert delivery.waiting.bytes <= self.limits.absent_bytes + own
        for frontend in delivery:
            outbox, limits = frontend.outbox, self.limits
            assert outbox.bytes == sum(entry.size for entry in outbox._entries)
            assert outbox.bytes <= (
                limits.outbox_cap_bytes if frontend.attached else limits.absent_bytes
            )

    @invariant()
    def nothing_failed(self) -> None:
        faults = [line for line in self.room.log if line.fault is not None]
        assert faults == []

    @invariant()
    def what_is_said_to_be_known_is_true(self) -> None:
        comms = self.room.broker._parts.comms
        pending = {update.comm_id for update in comms.mirror.pending}
        for record in comms.registry:
            if record.knowledge is Knowledge.CLEAN and record.comm_id not in pending:
                assert self.room.mirrored(record.comm_id) == self.kernel.widgets[record.comm_id]

    @invariant()
    def customs_are_in_order(self) -> None:
        for page in self.pages:
            for numbers in page.customs.values():
                assert numbers == sorted(set(numbers))

    # -- in the end ------------------------------------------------------------------------------

    def teardown(self) -> None:
        """Let the kernel finish everything, and time pass until nothing more comes."""
        if not hasattr(self, "room"):
            return
        for _ in range(30):
            self.kernel.ends_cell()
            while self.kernel.works():
                self.kernel.ends_cell()
            self.room.wait(1.0)
        comms = self.room.broker._parts.comms
        mirrored = {record.comm_id: self.room.mirrored(record.comm_id) for record in comms.registry}
        assert mirrored == self.kernel.widgets
        in_order = [record.comm_id for record in comms.registry if record.comm_id[0] == "w"]
        assert in_order == [comm_id for comm_id in self.kernel.widgets if comm_id[0] == "w"]
        assert len(comms.mirror.pending) == 0
        for page in self.attached():
            page.reads()
            assert page.models == {
                comm_id: state
                for comm_id, state in self.kernel.widgets.items()
                # Nobody tells a page of what another page opened, before it asks.
                if comm_id in page.models or (page.restored and comm_id[0] == "w")
            }


# 2,000 examples take minutes, and more than a quarter of an hour on a machine that does much else.
LONG = bool(os.environ.get("JCB_LONG"))
TestKernelAndPages = pytest.mark.timeout(3600 if LONG else 900)(KernelAndPages.TestCase)
TestKernelAndPages.settings = settings(
    max_examples=2_000 if LONG else 60,
    stateful_step_count=30,
    deadline=None,
    # Explaining traces every line and takes minutes.
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)


def test_the_model_kernel_clamps_and_rejects_as_its_widgets_do() -> None:
    """The model itself, else the machine proves nothing."""
    room = Room()
    kernel = ModelKernel(room)
    kernel.opens("w", 1)
    page = room.page("a")
    page.gets()
    for value in (60, REJECTED):
        page.updates("w", {"value": value, "unknown": 1})
        kernel.works()
    data = [m.comm.data for m in page.gets() if m.header.msg_type == "comm_msg"]
    assert [(loads(each)["method"], loads(each)["state"]) for each in data] == [
        ("echo_update", {"value": 60}),
        ("update", {"value": 50}),
        ("echo_update", {"value": REJECTED}),
        ("update", {"value": 50}),
    ]
    assert kernel.widgets["w"]["value"] == 50
