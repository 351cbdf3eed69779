"""A comm whose message cannot be read is doubted, and nothing else comes of it."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.core.comms import Comms
from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.pages.effects import Effects
from jupyter_comm_broker.core.state.comm_record import Side
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.widget import WIDGET_TARGET


@pytest.mark.parametrize(
    ("side", "counter", "whose"),
    [
        (Side.KERNEL, "malformed_from_kernel", "a message"),
        (Side.FRONTEND, "malformed_from_frontends", "a page's message"),
    ],
)
def test_a_comm_whose_message_cannot_be_read_is_doubted(
    side: Side, counter: str, whose: str
) -> None:
    ledger = Ledger(Effects().note)
    one = Comms({}, Limits(), ledger)
    record = one.registry.opened("w", WIDGET_TARGET, Side.KERNEL, 0.0)

    def fail() -> int:
        raise MalformedMessageError("no object")

    assert one.followed(record, side, lambda: 7, 0) == 7
    assert one.followed(record, side, fail, 0) == 0
    assert record.dirty_because == f"{whose} could not be read: no object"
    assert ledger.counters[counter] == 1
