"""
What strategies keep of the comms that are no widgets, within bounds, and behind a shield.

A strategy is somebody else's code. What goes wrong in it costs its comm the strategy, and
never a message.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.pages.effects import Effects, LogLine
from jupyter_comm_broker.core.state.comm_record import CommRecord, Side
from jupyter_comm_broker.core.strategy import Kept, Payload, Strategy
from jupyter_comm_broker.protocol.message import Message


class KeptMessages:
    """What is kept of the comms of one kernel, those first that changed longest ago."""

    def __init__(
        self,
        strategies: Mapping[str, Strategy],
        limits: Limits,
        effects: Effects,
        counters: Counter[str],
    ) -> None:
        self._strategies = strategies
        self._limits = limits
        self._effects = effects
        self._counters = counters
        self._kept: dict[CommRecord, Kept] = {}
        self.bytes = 0
        """All of it together."""

    def __len__(self) -> int:
        return len(self._kept)

    def of(self, record: CommRecord) -> Kept | None:
        """Return what a page that comes back is given of a comm, if there is anything."""
        return self._kept.get(record)

    # -- what happens to comms -----------------------------------------------------------------

    def kernel_opened(self, record: CommRecord, message: Message) -> None:
        """The kernel opened a comm."""
        strategy = self._strategies.get(record.target_name)
        if strategy is not None:
            opened = strategy.opened
            self._keep(record, lambda: opened(Payload.carried_by(message)))

    def passed(self, record: CommRecord, by: Side, message: Message) -> None:
        """A ``comm_msg`` passed. Nearly all comms have no strategy, and are through here fast."""
        kept = self._kept.get(record)
        if kept is not None:
            strategy = self._strategies[record.target_name]
            self._keep(record, lambda: strategy.passed(kept, by, Payload.carried_by(message)))

    def closed(self, record: CommRecord) -> None:
        """A comm is closed."""
        for payload in self._kept.pop(record, ()):
            self.bytes -= payload.size

    # -- inside --------------------------------------------------------------------------------

    def _keep(self, record: CommRecord, reduce: Callable[[], Kept | None]) -> None:
        try:
            kept = reduce()
            size = _checked(kept)
        except Exception as fault:  # noqa: BLE001 - somebody else's code, in the path of messages
            self.closed(record)
            self._counters["faults"] += 1
            self._counters["strategy_faults"] += 1
            what = f"the strategy for {record.target_name!r} failed; comm {record.comm_id} is"
            self._log("error", f"{what} only tracked from now on", fault)
            return
        self.closed(record)
        if kept is None:
            return
        if size > self._limits.comm_state_bytes:
            setting = f"CommBroker.comm_state_bytes = {self._limits.comm_state_bytes}"
            self._give_up(record, f"{size} bytes; the limit is {setting}")
            return
        self._kept[record] = kept
        self.bytes += size
        while self.bytes > self._limits.kernel_state_bytes:
            oldest = next(iter(self._kept))
            self.closed(oldest)
            setting = f"CommBroker.kernel_state_bytes = {self._limits.kernel_state_bytes}"
            self._give_up(oldest, f"too much of all comms together; the limit is {setting}")

    def _give_up(self, record: CommRecord, because: str) -> None:
        self._counters["strategy_states_given_up"] += 1
        what = f"the strategy for {record.target_name!r} keeps too much of comm {record.comm_id}"
        self._log("warning", f"{what}, which is only tracked from now on: {because}")

    def _log(self, level: str, text: str, fault: BaseException | None = None) -> None:
        self._effects.log.append(LogLine(level, text, fault))


def _checked(kept: object) -> int:
    """Return the bytes of what a strategy answered. Raises TypeError if it may not answer that."""
    if kept is None:
        return 0
    if not isinstance(kept, tuple) or not kept:
        raise TypeError(f"a strategy answers None or a tuple of payloads, not {kept!r:.200}")
    for each in kept:
        if not isinstance(each, Payload):
            raise TypeError(f"a strategy keeps payloads, not {each!r:.200}")
    return sum(each.size for each in kept)
