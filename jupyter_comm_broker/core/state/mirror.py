"""
What each widget's state is, followed message by message (protocol facts 2.2).

The mirror is told what passed and changes its states; it sends nothing. Where a message
leaves it unsure it marks the comm dirty, which is always allowed and never wrong.
Each method returns the changes that pages may not have heard of.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.state.changes import Happenings
from jupyter_comm_broker.core.state.comm_record import CommRecord, Knowledge
from jupyter_comm_broker.core.state.pending import PendingUpdate, PendingUpdates
from jupyter_comm_broker.core.state.registry import Registry
from jupyter_comm_broker.core.state.state_budget import StateBudget
from jupyter_comm_broker.core.state.widget_state import WidgetState
from jupyter_comm_broker.protocol.json_text import Text
from jupyter_comm_broker.protocol.message import Message, Part
from jupyter_comm_broker.protocol.widget import (
    Attribute,
    State,
    Step,
    WidgetPayload,
    read_attributes,
    read_model_name,
    read_payload,
    references,
    same,
    text_of,
)

_REFERS = b'"IPY_MODEL_'


@dataclass(frozen=True, slots=True)
class Change:
    """Attributes of a comm that changed, and the page that needs no telling."""

    record: CommRecord
    keys: frozenset[str]
    known_to: str | None = None


class Mirror:
    """The states of one kernel's widgets, within a budget of bytes."""

    def __init__(self, registry: Registry, limits: Limits, happenings: Happenings) -> None:
        self._registry = registry
        self._happenings = happenings
        self.pending = PendingUpdates()
        self.budget = StateBudget(registry, limits)
        self.watchers: list[dict[str, set[str]]] = []
        """Records of changed attributes by comm, kept for pages that are building their models."""

    # -- the kernel's messages -------------------------------------------------------------

    def kernel_opened(self, record: CommRecord, message: Message) -> None:
        """Take the state a widget was opened with."""
        payload = read_payload(message.comm.data)
        self._set_whole(record, payload, message.buffers)

    def kernel_sent(
        self, record: CommRecord, message: Message, payload: WidgetPayload, now: float
    ) -> frozenset[str]:
        """Follow one ``comm_msg`` of the kernel. Returns the attributes it changed."""
        if payload.method == "update":
            return self._kernel_updated(record, payload, message)
        if payload.method == "echo_update":
            return self._kernel_echoed(record, payload, message, now)
        return frozenset()

    def _kernel_updated(
        self, record: CommRecord, payload: WidgetPayload, message: Message
    ) -> frozenset[str]:
        change = read_attributes(payload.state, payload.buffer_paths, message.buffers)
        update = self.pending.get(message.parent.msg_id)
        if update is not None and update.comm_id == record.comm_id:
            self._start(update)
            # The kernel has the last word: an error later no longer undoes these.
            for key in change:
                update.undo.pop(key, None)
            update.confirmed.update(change)
        return self._apply(record, change)

    def _kernel_echoed(
        self, record: CommRecord, payload: WidgetPayload, message: Message, now: float
    ) -> frozenset[str]:
        change = read_attributes(payload.state, payload.buffer_paths, message.buffers)
        update = self.pending.get(message.parent.msg_id)
        if update is None or update.comm_id != record.comm_id:
            return self._apply(record, change)
        if not update.started:
            # No status need come for comm messages (ipykernel 7.4): the echo starts it as well.
            self._start(update)
            update.echoed_at, update.header = now, message.parts[1]
            self.pending.statusless[update.msg_id] = update
        update.confirmed.update(change)
        if record.state is not None:
            for key, old in self._replaced(record.state, change).items():
                update.undo.setdefault(key, old)
        return self._apply(record, change)

    def kernel_answered(
        self,
        record: CommRecord,
        state: Text,
        paths: Sequence[Sequence[Step]],
        buffers: Sequence[Part],
    ) -> frozenset[str]:
        """
        Take a state the kernel gave when asked.

        Returns the attributes that pages may show wrongly: those we had wrong, and the suspects.
        """
        truth = read_attributes(state, paths, buffers)
        before = record.state.attributes() if record.state is not None else {}
        wrong = {key for key, value in truth.items() if not same(before.get(key), value)}
        wrong |= record.suspects or set()
        if record.state is None or wrong - truth.keys() or before.keys() - truth.keys():
            self._store(record, WidgetState(state, paths, buffers))
            self._changed(record, wrong)
        elif wrong:
            self._apply(record, {key: truth[key] for key in wrong})
        if record.state is not None:
            self._registry.judge(record, Knowledge.CLEAN)
        return frozenset(wrong & truth.keys())

    # -- the pages' messages ---------------------------------------------------------------

    def frontend_opened(self, record: CommRecord, message: Message) -> None:
        """Take the state a page opened a widget with; the kernel adds to it, so it is dirty."""
        payload = read_payload(message.comm.data)
        self._set_whole(record, payload, message.buffers)
        self._registry.doubt(record, "opened by a page; the kernel adds the rest of its state")

    def frontend_sent(
        self, record: CommRecord, message: Message, payload: WidgetPayload, session_id: str
    ) -> None:
        """Keep a page's ``update`` until the kernel processes it."""
        attributes = read_attributes(payload.state, payload.buffer_paths, message.buffers)
        update = PendingUpdate(message.header.msg_id, session_id, record.comm_id, attributes)
        if record.state is not None:
            update.seen = record.state.picked(attributes)
        given_up = self.pending.add(update)
        for update in given_up:
            if other := self._registry.get(update.comm_id):
                because = "too many updates of pages wait for the kernel"
                self._registry.doubt(other, because, set(update.attributes))

    # -- statuses ----------------------------------------------------------------------------

    def busy(self, msg_id: str) -> None:
        """The kernel began with a page's update: it holds from now on."""
        update = self.pending.get(msg_id)
        if update is not None:
            self._start(update)

    def failed(self, msg_id: str, ename: str) -> Change | None:
        """The kernel raised over a page's update. Whatever we do now, we are not sure."""
        update = self.pending.get(msg_id)
        record = self._registry.get(update.comm_id) if update is not None else None
        if update is None or record is None:
            return None
        self._start(update)
        update.failed = ename
        keys = set(update.attributes)
        self._registry.doubt(record, f"{ename} while the kernel processed a page's update", keys)
        if ename != "TraitError" or record.state is None or not update.undo:
            return None
        # traitlets rolls the whole batch back on a TraitError; other errors leave part of it.
        before = record.state.size
        record.state.restore(update.undo)
        self._resized(record, before)
        changed = self._changed(record, update.undo)
        update.undo = {}
        return Change(record, changed)

    def idle(self, msg_id: str) -> Change | None:
        """
        The kernel is done with a page's update.

        Returns the attributes that it did not echo, which the other pages have to be told:
        echo is off in ipywidgets 7 and can be off for single attributes.
        """
        update = self.pending.get(msg_id)
        if update is None:
            return None
        self._start(update)
        self.pending.remove(msg_id)
        record = self._registry.get(update.comm_id)
        if record is None or record.state is None or update.failed:
            return None
        silent = {k for k in update.attributes if k in record.state and k not in update.confirmed}
        if not silent:
            return None
        # A page that was told another value since it sent its own no longer shows its own.
        shows_its_own = all(update.seen.get(key) == update.undo.get(key) for key in silent)
        return Change(record, frozenset(silent), update.session_id if shows_its_own else None)

    # -- life --------------------------------------------------------------------------------

    def closed(self, record: CommRecord) -> None:
        """Forget a comm's state."""
        self.budget.drop(record)
        self.pending.forget(record.comm_id)

    def clear(self) -> None:
        """Forget everything, as when the kernel's process is another one."""
        self.pending.clear()
        self.budget.clear()

    def set_attributes(self, record: CommRecord, change: State) -> None:
        """Set what the broker itself worked out (captured output)."""
        self._apply(record, dict(change))

    # -- inside --------------------------------------------------------------------------------

    def _start(self, update: PendingUpdate) -> None:
        if update.started:
            return
        update.started = True
        record = self._registry.get(update.comm_id)
        if record is None or record.state is None:
            return
        # The kernel ignores names it does not have (measured), and so do we.
        change = {k: v for k, v in update.attributes.items() if k in record.state}
        update.undo = self._replaced(record.state, change)
        self._apply(record, change)

    @staticmethod
    def _replaced(state: WidgetState, change: Iterable[str]) -> dict[str, Attribute | None]:
        picked = state.picked(change)
        return {key: picked.get(key) for key in change}

    def _set_whole(
        self, record: CommRecord, payload: WidgetPayload, buffers: Sequence[Part]
    ) -> None:
        record.model = read_model_name(payload.state)
        self._store(record, WidgetState(payload.state, payload.buffer_paths, buffers))
        if record.state is not None:
            self._registry.judge(record, Knowledge.CLEAN)

    def _store(self, record: CommRecord, state: WidgetState) -> None:
        grown = state.size - (record.state.size if record.state is not None else 0)
        record.state = state
        text = state.written()[0]
        record.references = references(text)
        if not record.model.name:
            record.model = read_model_name(text)
        record.sequence += 1
        self._happenings.changed(record, None)
        self.budget.changed(record, grown)

    def _apply(self, record: CommRecord, change: State) -> frozenset[str]:
        if not change:
            return frozenset()
        state = record.state
        if state is not None:
            before, replaced = state.size, self._replaced(state, change)
            state.apply(change)
            if any(_REFERS in text_of(each) for each in (*change.values(), *replaced.values())):
                record.references = references(state.written()[0])
            self._resized(record, before)
        return self._changed(record, change)

    def _resized(self, record: CommRecord, before: int) -> None:
        if record.state is not None:
            self.budget.changed(record, record.state.size - before)

    def _changed(self, record: CommRecord, keys: Iterable[str]) -> frozenset[str]:
        record.sequence += 1
        for watcher in self.watchers:
            watcher.setdefault(record.comm_id, set()).update(keys)
        self._happenings.changed(record, keys)
        return frozenset(keys)
