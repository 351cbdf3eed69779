"""
Sets the states of one kernel's widgets. No other module changes them.

Each change is counted in the budget and told to those who watch. A change of references to other
widgets is followed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.state.changes import Changes
from jupyter_comm_broker.core.state.comm_record import NO_MODEL, CommRecord
from jupyter_comm_broker.core.state.registry import Registry
from jupyter_comm_broker.core.state.state_budget import StateBudget
from jupyter_comm_broker.core.state.watched_changes import WatchedChanges
from jupyter_comm_broker.core.state.widget_state import WidgetState
from jupyter_comm_broker.protocol.widget import (
    Attribute,
    State,
    read_model_name,
    references,
    text_of,
)

_REFERS = b'"IPY_MODEL_'


class States:
    """
    Stores and changes the states, within a budget of bytes.

    Args:
        registry: the comms.
        limits: the limits of the budget.
        changes: notes each change of a state.
    """

    def __init__(self, registry: Registry, limits: Limits, changes: Changes) -> None:
        self._changes = changes
        self.budget = StateBudget(registry, limits)
        self.watched = WatchedChanges()

    def open(self, record: CommRecord, state: WidgetState) -> None:
        """Set the state with which a comm is opened, perhaps again and as another model."""
        record.model = NO_MODEL
        self.store(record, state)

    def store(self, record: CommRecord, state: WidgetState) -> None:
        """Set a comm's whole state."""
        grown = state.size - (record.state.size if record.state is not None else 0)
        record.state = state
        text = state.written()[0]
        record.references = references(text)
        if not record.model.name:
            record.model = read_model_name(text)
        record.sequence += 1
        self._changes.changed(record, None)
        self.budget.changed(record, grown)

    def apply(
        self,
        record: CommRecord,
        change: State,
        replaced: Mapping[str, Attribute | None] | None = None,
    ) -> frozenset[str]:
        """
        Set attributes of a comm. If its state is not known, they are only noted as changed.

        Args:
            record: the comm.
            change: the attributes.
            replaced: what they hold now, if the caller knows it.

        Returns:
            Their names.
        """
        if not change:
            return frozenset()
        state = record.state
        if state is not None:
            before = state.size
            replaced = replaced_by(state, change) if replaced is None else replaced
            state.apply(change)
            if _refer(change.values()) or _refer(replaced.values()):
                record.references = references(state.written()[0])
            self._resized(record, before)
            if not record.model.name and "_model_name" in change:
                # The comm was opened without a model name. It comes later.
                record.model = read_model_name(state.written()[0])
        return self.changed(record, change)

    def restore(self, record: CommRecord, undo: Mapping[str, Attribute | None]) -> frozenset[str]:
        """Put back attributes that were replaced. Returns their names."""
        if record.state is None:
            return frozenset()
        before = record.state.size
        record.state.restore(dict(undo))
        self._resized(record, before)
        return self.changed(record, undo)

    def changed(self, record: CommRecord, keys: Iterable[str]) -> frozenset[str]:
        """Note that attributes of a comm changed. Returns their names."""
        record.sequence += 1
        self.watched.note(record.comm_id, keys)
        self._changes.changed(record, keys)
        return frozenset(keys)

    def _resized(self, record: CommRecord, before: int) -> None:
        if record.state is not None:
            self.budget.changed(record, record.state.size - before)


def _refer(attributes: Iterable[Attribute | None]) -> bool:
    """Return whether one of these may refer to another widget."""
    # Each update of every widget comes through here, so this is a plain loop.
    for each in attributes:
        text = each if type(each) is bytes else text_of(each)
        if _REFERS in text:
            return True
    return False


def replaced_by(state: WidgetState, change: Iterable[str]) -> dict[str, Attribute | None]:
    """Return what the named attributes hold now; ``None`` for an attribute that the state lacks."""
    picked = state.picked(change)
    return {key: picked.get(key) for key in change}
