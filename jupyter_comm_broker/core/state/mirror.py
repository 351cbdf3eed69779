"""The state of each widget, followed message by message (fact 2.2). Any doubt marks it dirty."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.state.changes import Changes
from jupyter_comm_broker.core.state.comm_record import CommRecord, Knowledge
from jupyter_comm_broker.core.state.mailboxes import followed
from jupyter_comm_broker.core.state.pending import PendingUpdate, PendingUpdates
from jupyter_comm_broker.core.state.registry import Registry
from jupyter_comm_broker.core.state.states import States, replaced_by
from jupyter_comm_broker.core.state.widget_state import WidgetState
from jupyter_comm_broker.protocol.json_text import Text
from jupyter_comm_broker.protocol.message import Message, Part
from jupyter_comm_broker.protocol.widget import (
    SAID_ONCE,
    Attribute,
    State,
    Step,
    WidgetPayload,
    read_attributes,
    read_payload,
    same,
)

ADDED_TO = "opened by a page; the kernel adds the rest of its state"


@dataclass(frozen=True, slots=True)
class Change:
    """Attributes of a comm that changed, and the page that already knows."""

    record: CommRecord
    keys: frozenset[str]
    known_to: str | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What the kernel's answer about a state says of the mirror."""

    wrong: frozenset[str] = frozenset()
    """The attributes that pages may show wrongly: those the mirror had wrong, and the suspects."""
    contradicted: frozenset[str] = frozenset()
    """Attributes of which the mirror has another, newer value."""


class Mirror:
    """
    The states of one kernel's widgets, within a budget of bytes. The mirror sends nothing.

    Args:
        registry: the kernel's comms.
        limits: the limits of the budget.
        changes: notes each change of a state.
    """

    def __init__(self, registry: Registry, limits: Limits, changes: Changes) -> None:
        self._registry = registry
        self._states = States(registry, limits, changes)
        self.budget = self._states.budget
        self.watched = self._states.watched
        self.pending = PendingUpdates()
        self._unconfirmed: set[str] = set()

    @property
    def has_unconfirmed(self) -> bool:
        """Whether :meth:`take_unconfirmed` has something to hand over."""
        return bool(self._unconfirmed)

    def take_unconfirmed(self) -> set[str]:
        """Hand over the comms that a page changed without the kernel's confirmation."""
        taken, self._unconfirmed = self._unconfirmed, set()
        return taken

    def kernel_opened(self, record: CommRecord, message: Message) -> None:
        """Take the state with which the kernel opened a widget."""
        self._set_whole(record, read_payload(message.comm.data), message.buffers)

    def kernel_sent(
        self, record: CommRecord, message: Message, payload: WidgetPayload, now: float
    ) -> frozenset[str]:
        """
        Follow a ``comm_msg`` of the kernel. Returns the names of the attributes that it changed.

        Args:
            record: the comm.
            message: the message.
            payload: its data.
            now: the time.
        """
        if payload.method == "update":
            return self._kernel_updated(record, payload, message, now)
        if payload.method == "echo_update":
            return self._kernel_echoed(record, payload, message, now)
        # Some widgets change their state silently, along with a custom message.
        self.watched.note(record.comm_id)
        return frozenset()

    def _kernel_updated(
        self, record: CommRecord, payload: WidgetPayload, message: Message, now: float
    ) -> frozenset[str]:
        change = read_attributes(payload.state, payload.buffer_paths, message.buffers)
        update = self.pending.get(message.parent.msg_id)
        if update is not None and update.comm_id == record.comm_id:
            self._start(update)
            # The kernel's word is final. A later error does not undo these attributes.
            for key in change:
                update.undo.pop(key, None)
            update.confirmed.update(change)
            update.settled.update(change)
        before = replaced_by(record.state, change) if record.state is not None else {}
        record.mailboxes = followed(record.mailboxes, change, before, message.parent.msg_id, now)
        return self._states.apply(record, change, before)

    def _kernel_echoed(
        self, record: CommRecord, payload: WidgetPayload, message: Message, now: float
    ) -> frozenset[str]:
        change = read_attributes(payload.state, payload.buffer_paths, message.buffers)
        update = self.pending.get(message.parent.msg_id)
        if update is None or update.comm_id != record.comm_id:
            return self._states.apply(record, change)
        if not update.started:
            # A comm message may have no status (ipykernel 7.4). Then the echo starts the update.
            self._start(update)
            update.echoed_at, update.header = now, message.parent_text
            self.pending.statusless[update.msg_id] = update
        update.confirmed.update(change)
        if record.state is not None:
            for key, old in replaced_by(record.state, change).items():
                update.undo.setdefault(key, old)
        return self._states.apply(record, change)

    def kernel_answered(
        self,
        record: CommRecord,
        state: Text,
        paths: Sequence[Sequence[Step]],
        buffers: Sequence[Part],
        newer: Collection[str] = (),
    ) -> Answered:
        """
        Take a state that the kernel gave when it was asked. Returns what it says of the mirror.

        Args:
            record: the comm.
            state: its state as JSON.
            paths: where in it the buffers belong.
            buffers: the buffers.
            newer: the attributes of which the mirror has newer values than this answer.
        """
        known = record.state
        if known is not None and not record.suspects and known.unchanged == bytes(state).strip():
            self._registry.judge(record, Knowledge.CLEAN)
            return Answered()
        truth = read_attributes(state, paths, buffers)
        before = known.attributes() if known is not None else {}
        if "_model_name" not in truth:
            truth.update((key, before[key]) for key in before if key.startswith(SAID_ONCE))
        kept = {key: before[key] for key in newer if key in before}
        contradicted = {key for key, value in kept.items() if not same(truth.get(key), value)}
        truth.update(kept)
        differ = {key for key, value in truth.items() if not same(before.get(key), value)}
        wrong = differ | (record.suspects or set())
        if known is None or wrong - truth.keys() or before.keys() - truth.keys():
            self._states.store(record, WidgetState(state, paths, buffers))
            self._states.apply(record, kept)
            self._states.changed(record, wrong)
        elif wrong:
            self._states.apply(record, {key: truth[key] for key in wrong})
        if record.state is not None:
            self._registry.judge(record, Knowledge.CLEAN)
        return Answered(frozenset(wrong & truth.keys()), frozenset(contradicted))

    def frontend_opened(self, record: CommRecord, message: Message) -> None:
        """Take the state with which a page opened a widget. The kernel adds to it: it is dirty."""
        self._set_whole(record, read_payload(message.comm.data), message.buffers)
        self._registry.doubt(record, ADDED_TO, ask=False)

    def frontend_sent(
        self, record: CommRecord, message: Message, payload: WidgetPayload, session_id: str
    ) -> None:
        """
        Keep a page's ``update`` or ``custom`` message until the kernel handles it.

        Args:
            record: the comm.
            message: the message.
            payload: its data.
            session_id: the page.
        """
        attributes: dict[str, Attribute] = {}
        if payload.method == "update":
            attributes = read_attributes(payload.state, payload.buffer_paths, message.buffers)
        update = PendingUpdate(message.header.msg_id, session_id, record.comm_id, attributes)
        if record.state is not None:
            # The page shows its own values, also those that the kernel has not handled.
            update.seen = record.state.picked(attributes)
            own = self.pending.shown(record.comm_id, session_id)
            update.seen.update((key, own[key]) for key in attributes if key in own)
        because = "too many updates of pages wait for the kernel"
        for given_up in self.pending.add(update):
            if other := self._registry.get(given_up.comm_id):
                self._registry.doubt(other, because, set(given_up.attributes))

    def busy(self, msg_id: str) -> None:
        """Note that the kernel began with a message. A page's update counts from now on."""
        update = self.pending.get(msg_id)
        if update is not None:
            self._start(update)

    def failed(self, msg_id: str, ename: str) -> Change | None:
        """Note that a message raised an error in the kernel. The state is in doubt in any case."""
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
        # traitlets undoes the whole update on a TraitError. Other errors leave part of it.
        changed = self._states.restore(record, update.undo)
        update.undo = {}
        return Change(record, changed)

    def idle(self, msg_id: str) -> Change | None:
        """Note that the kernel is done with a message. Returns what other pages must be told."""
        opened = self._registry.came_to(msg_id)
        if opened is not None and opened.is_widget and opened.knowledge is Knowledge.DIRTY:
            self._registry.doubt(opened, ADDED_TO)
        update = self.pending.get(msg_id)
        if update is None:
            return None
        self._start(update)
        self.pending.remove(msg_id)
        record = self._registry.get(update.comm_id)
        if record is None or record.state is None or update.failed:
            return None
        self._note_unconfirmed(record, update)
        # Echo is off in ipywidgets 7, and can be off for single attributes.
        silent = {k for k in update.attributes if k in record.state and k not in update.confirmed}
        if not silent:
            return None
        # A page that was told another value meanwhile no longer shows its own.
        shows_its_own = all(update.seen.get(key) == update.undo.get(key) for key in silent)
        return Change(record, frozenset(silent), update.session_id if shows_its_own else None)

    def _note_unconfirmed(self, record: CommRecord, update: PendingUpdate) -> None:
        # An echo is no proof (fact 2.1), and a custom message may change a widget silently.
        if not update.attributes:
            because = "a page's message may have changed it"
        elif update.attributes.keys() - update.settled:
            because = "a page set a value that the kernel has not confirmed"
        else:
            return
        self._registry.doubt(record, because, ask=False)
        self._unconfirmed.add(record.comm_id)

    def closed(self, record: CommRecord) -> None:
        """Forget a comm's state."""
        self.budget.drop(record)
        self.pending.forget(record.comm_id)

    def clear(self) -> None:
        """Forget everything, because the kernel has a new process."""
        self.pending.clear()
        self.budget.clear()

    def set_attributes(self, record: CommRecord, change: State) -> None:
        """Set attributes that the broker itself worked out (captured output)."""
        self._states.apply(record, dict(change))

    def _start(self, update: PendingUpdate) -> None:
        if update.started:
            return
        self.pending.begin(update)
        record = self._registry.get(update.comm_id)
        if record is None or record.state is None:
            return
        # The kernel ignores attributes that it does not have (measured). So does the mirror.
        known = {k: v for k, v in update.attributes.items() if k in record.state}
        update.undo = replaced_by(record.state, known)
        self._states.apply(record, known)

    def _set_whole(
        self, record: CommRecord, payload: WidgetPayload, buffers: Sequence[Part]
    ) -> None:
        self._states.open(record, WidgetState(payload.state, payload.buffer_paths, buffers))
        if record.state is not None:
            self._registry.judge(record, Knowledge.CLEAN)
