"""The captures of one kernel: which widget collects the output of which request."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_comm_broker.core.comms import Comms
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.restore.capture import Capture
from jupyter_comm_broker.core.restore.output_list import OutputList
from jupyter_comm_broker.core.state.comm_record import CommRecord
from jupyter_comm_broker.protocol.widget import text_of

CUT = "[jupyter_comm_broker] more output was not kept; the limit is CommBroker.comm_state_bytes\n"


class Captures:
    """
    Keeps a capture for each widget that collects, or whose list the kernel may not have.

    What a capture holds counts in the budget of states, and is dropped with its widget's state.

    Args:
        comms: the kernel's comms.
        limits: how much is kept.
    """

    def __init__(self, comms: Comms, limits: Limits) -> None:
        self._comms = comms
        self._limits = limits
        self._captures: dict[str, Capture] = {}
        self._by_parent: dict[str, list[Capture]] = {}
        """By request, the captures that collect its output. If nested, only the last collects."""
        self._clear_waits: set[str] = set()
        """The widgets without a capture whose next output clears what they show."""
        comms.mirror.budget.tell(self.drop)

    def __iter__(self) -> Iterator[Capture]:
        return iter(list(self._captures.values()))

    def __len__(self) -> int:
        return len(self._captures)

    def get(self, comm_id: str) -> Capture | None:
        """Return the capture of a widget; ``None`` if there is none."""
        return self._captures.get(comm_id)

    def record(self, capture: Capture) -> CommRecord | None:
        """Return a capture's comm; ``None`` if it is closed."""
        return self._comms.registry.get(capture.comm_id)

    def collecting(self, msg_id: str) -> Capture | None:
        """Return the capture that collects the output of a request; ``None`` if none does."""
        collecting = self._by_parent.get(msg_id)
        return collecting[-1] if collecting else None

    def begun(self, record: CommRecord, now: float) -> Capture:
        """Return the capture of a widget. A new one starts with the widget's outputs."""
        capture = self._captures.get(record.comm_id)
        if capture is None:
            outputs, room = outputs_of(record), self._limits.comm_state_bytes
            if record.state is not None:
                room -= record.state.size - len(outputs)
            capture = Capture(record.comm_id, OutputList(room, CUT), now)
            capture.list.set(outputs)
            capture.list.clear_waits = record.comm_id in self._clear_waits
            self._clear_waits.discard(record.comm_id)
            self._captures[record.comm_id] = capture
            self.weigh(capture)
        return capture

    def collects(self, capture: Capture, msg_id: str) -> None:
        """Let a capture collect the output of a request."""
        capture.parent = capture.last_parent = msg_id
        self._by_parent.setdefault(msg_id, []).append(capture)

    def stop(self, capture: Capture) -> None:
        """Let a capture collect no more."""
        collecting = self._by_parent.get(capture.parent, [])
        if capture in collecting:
            collecting.remove(capture)
        if not collecting:
            self._by_parent.pop(capture.parent, None)
        capture.parent = ""

    def follow(self, capture: Capture, record: CommRecord) -> None:
        """Replace a capture's list by the outputs that the widget has."""
        capture.follows(outputs_of(record))
        self.weigh(capture)

    def weigh(self, capture: Capture) -> None:
        """Count a capture's bytes in the budget of states."""
        record = self.record(capture)
        if record is not None:
            self._comms.mirror.budget.beside(record, capture.list.size)

    def mirror(self, capture: Capture) -> bool:
        """Bring the mirror up to date with a capture. Returns whether the mirror has room."""
        record = self.record(capture)
        if record is None or record.state is None:
            return False
        if capture.written is None:
            capture.written = capture.list.written()
        if not self.is_shown(capture):
            self._comms.mirror.set_attributes(record, {"outputs": capture.written})
        return record.state is not None

    def is_shown(self, capture: Capture) -> bool:
        """Return whether the mirror has exactly this list, and no other since."""
        record = self.record(capture)
        return (
            record is not None
            and capture.written is not None
            and outputs_of(record) is capture.written
        )

    def free(self, capture: Capture) -> None:
        """Free a capture, because the kernel has the list or another one that counts."""
        clear_waits = capture.list.clear_waits
        record = self.record(capture)
        self.drop(capture.comm_id)
        if record is not None:
            self._comms.mirror.budget.beside(record, 0)
            if clear_waits:
                self._clear_waits.add(capture.comm_id)

    def drop(self, comm_id: str) -> None:
        """Forget a widget's capture, because the widget or its state is gone."""
        self._clear_waits.discard(comm_id)
        capture = self._captures.pop(comm_id, None)
        if capture is not None:
            self.stop(capture)

    def clear(self) -> None:
        """Forget everything, because the kernel has a new process."""
        self._captures.clear()
        self._by_parent.clear()
        self._clear_waits.clear()


def outputs_of(record: CommRecord) -> bytes:
    """Return the outputs that the mirror has of a widget, as JSON."""
    attribute = record.state.picked(("outputs",)).get("outputs") if record.state else None
    return text_of(attribute) or b"[]"
