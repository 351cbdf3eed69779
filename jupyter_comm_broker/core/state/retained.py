"""
What strategies keep of the comms that are no widgets.

A strategy is somebody else's code, so it is bounded and shielded. If it fails, its comm loses the
strategy. No message is lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.state.comm_record import CommRecord, Side
from jupyter_comm_broker.core.state.strategy import Kept, Payload, Strategy
from jupyter_comm_broker.protocol.message import Message


class Retained:
    """
    What is kept of the comms of one kernel, in the order of the last changes.

    Args:
        strategies: the strategies by target name.
        limits: the limits.
        note: writes a log line; takes its level, its text and an exception or ``None``.
        counters: counts faults and states that were given up.
    """

    def __init__(
        self,
        strategies: Mapping[str, Strategy],
        limits: Limits,
        note: Callable[[str, str, BaseException | None], None],
        counters: Counter[str],
    ) -> None:
        self._strategies = strategies
        self._limits = limits
        self._note = note
        self._counters = counters
        self._kept: dict[CommRecord, Kept] = {}
        self.bytes = 0
        """The bytes of everything that is kept."""

    def __len__(self) -> int:
        return len(self._kept)

    def of(self, record: CommRecord) -> Kept | None:
        """Return what a page that comes back is given of a comm; ``None`` for nothing."""
        return self._kept.get(record)

    # -- what happens to comms -----------------------------------------------------------------

    def kernel_opened(self, record: CommRecord, message: Message) -> None:
        """Note that the kernel opened a comm."""
        strategy = self._strategies.get(record.target_name)
        if strategy is not None:
            opened = strategy.opened
            self._keep(record, lambda: opened(Payload.carried_by(message)))

    def passed(self, record: CommRecord, by: Side, message: Message) -> None:
        """
        Note that a ``comm_msg`` passed. This is fast for a comm without a strategy, as nearly all
        are.

        Args:
            record: the comm.
            by: who sent it.
            message: the message.
        """
        kept = self._kept.get(record)
        if kept is not None:
            strategy = self._strategies[record.target_name]
            self._keep(record, lambda: strategy.passed(kept, by, Payload.carried_by(message)))

    def closed(self, record: CommRecord) -> None:
        """Forget what is kept of a comm, because it is closed."""
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
            self._note("error", f"{what} only tracked from now on", fault)
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
        self._note("warning", f"{what}, which is only tracked from now on: {because}", None)


def _checked(kept: object) -> int:
    """
    Return the bytes of a strategy's answer.

    Raises:
        TypeError: a strategy may not answer that.
    """
    if kept is None:
        return 0
    if not isinstance(kept, tuple) or not kept:
        raise TypeError(f"a strategy answers None or a tuple of payloads, not {kept!r:.200}")
    for each in kept:
        if not isinstance(each, Payload):
            raise TypeError(f"a strategy keeps payloads, not {each!r:.200}")
    return sum(each.size for each in kept)
