"""Every change of a state is counted, told and followed in what the widget refers to."""

from jupyter_comm_broker.core.comms import Comms
from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.pages.effects import Effects
from jupyter_comm_broker.core.state.comm_record import CommRecord, Knowledge, Side
from jupyter_comm_broker.core.state.states import States, replaced_by
from jupyter_comm_broker.core.state.watched_changes import Changes
from jupyter_comm_broker.core.state.widget_state import WidgetState


def widget(limits: Limits | None = None) -> tuple[States, CommRecord, Changes]:
    limits = limits or Limits()
    comms = Comms({}, limits, Ledger(Effects().note))
    states = States(comms.registry, limits, comms.changes)
    record = comms.registry.opened("w", "jupyter.widget", Side.KERNEL, 0.0)
    changes: Changes = {}
    states.watched.watch(changes)
    states.store(record, WidgetState(b'{"_model_name":"N","value":1,"layout":"IPY_MODEL_l"}'))
    return states, record, changes


def test_a_change_is_counted_told_and_followed() -> None:
    states, record, changes = widget()
    assert (record.model.name, record.references, record.sequence) == ("N", ("l",), 1)
    assert states.apply(record, {"layout": b'"IPY_MODEL_m"', "value": b"22"}) == {"layout", "value"}
    assert (record.references, record.sequence) == (("m",), 2)
    assert changes == {"w": {"layout", "value"}}
    assert record.state is not None
    assert states.budget.bytes == record.state.size


def test_what_is_put_back_is_a_change_too() -> None:
    states, record, changes = widget()
    assert record.state is not None
    before = replaced_by(record.state, ["value", "new"])
    states.apply(record, {"value": b"2", "new": b"3"})
    changes.clear()
    assert states.restore(record, before) == {"value", "new"}
    assert record.state.picked(["value", "new"]) == {"value": b"1"}
    assert (changes, states.budget.bytes) == ({"w": {"value", "new"}}, record.state.size)


def test_nothing_is_no_change() -> None:
    states, record, changes = widget()
    assert (states.apply(record, {}), record.sequence, changes) == (frozenset(), 1, {})


def test_what_outgrows_the_limit_is_given_up_and_its_changes_still_told() -> None:
    states, record, changes = widget(Limits(comm_state_bytes=100))
    states.apply(record, {"value": b'"%s"' % (b"x" * 200)})
    assert (record.state, record.knowledge) == (None, Knowledge.TOO_LARGE)
    assert states.apply(record, {"value": b"1"}) == {"value"}
    assert states.restore(record, {"value": b"1"}) == frozenset()
    assert changes == {"w": {"value"}}
