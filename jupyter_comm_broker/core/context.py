"""What the parts of one kernel's broker share, and the counters that all of them keep."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from jupyter_comm_broker.core.histogram import Durations
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.log_throttle import Complaints
from jupyter_comm_broker.core.pages.delivery import Delivery
from jupyter_comm_broker.core.pages.effects import Effects, LogLine
from jupyter_comm_broker.core.requests.execution import Execution
from jupyter_comm_broker.core.requests.requests import Requests
from jupyter_comm_broker.core.state.changes import Happenings
from jupyter_comm_broker.core.state.mirror import Mirror
from jupyter_comm_broker.core.state.registry import Registry
from jupyter_comm_broker.core.state.retained import KeptMessages
from jupyter_comm_broker.core.state.targets import Targets
from jupyter_comm_broker.core.strategy import Strategy
from jupyter_comm_broker.protocol.synthesis import Author


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the server's settings allow on this kernel (decision 9: the stock class's settings)."""

    allowed_message_types: frozenset[str] = frozenset()
    """Empty: all are."""
    hide_tracebacks: str | None = None
    """Put in the place of tracebacks, where those are not to be shown."""
    untracked_message_types: frozenset[str] = frozenset()
    """Request types whose statuses pages do not show."""
    limit_rate: bool = True
    message_rate: float = 1000.0
    """Output messages a second."""
    data_rate: float = 1_000_000.0
    """Bytes of stream output a second."""
    rate_window: float = 3.0
    """Seconds over which both are taken."""
    strategies: Mapping[str, Strategy] = field(default_factory=dict)
    """By target name, what is kept of comms for pages that come back."""


@dataclass(slots=True)
class Context:
    """The state of one kernel's broker."""

    policy: Policy
    limits: Limits
    author: Author
    effects: Effects
    registry: Registry
    mirror: Mirror
    delivery: Delivery
    happenings: Happenings
    kept_messages: KeptMessages
    targets: Targets = field(default_factory=Targets)
    execution: Execution = field(default_factory=Execution)
    requests: Requests = field(default_factory=lambda: Requests(20_000))
    counters: Counter[str] = field(default_factory=Counter)
    complaints: Complaints = field(default_factory=Complaints)
    restore_seconds: Durations = field(default_factory=Durations)
    """From each page's question for its widgets to the answer."""
    kernel_info: bytes | None = None
    """The content of the kernel's latest ``kernel_info_reply``, verbatim."""
    backlog: Counter[str] = field(default_factory=Counter)
    """Bytes of pages' messages that the kernel's end does not take and wait here, by channel."""
    epoch: int = 0
    """Counts the kernel's processes."""

    @classmethod
    def create(cls, policy: Policy, limits: Limits, author: Author) -> Context:
        """Return the context of a kernel of which nothing is known yet."""
        effects = Effects()
        counters: Counter[str] = Counter()
        happenings = Happenings()
        kept_messages = KeptMessages(policy.strategies, limits, effects, counters)
        registry = Registry(limits.remembered_closed, happenings, kept_messages)
        return cls(
            policy=policy,
            limits=limits,
            author=author,
            effects=effects,
            registry=registry,
            mirror=Mirror(registry, limits, happenings),
            delivery=Delivery(limits, effects, counters),
            counters=counters,
            kept_messages=kept_messages,
            happenings=happenings,
            requests=Requests(limits.remembered_requests),
        )

    def forget(self, reason: str, now: float) -> list[str]:
        """The kernel's process is another one. Returns the comms that ended with it."""
        self.epoch += 1
        closed = self.registry.clear(reason, now)
        self.mirror.clear()
        self.requests.clear()
        self.targets.clear()
        self.kernel_info = None
        # Of what comes next everything will be seen.
        self.registry.complete = self.registry.followed = True
        return closed

    @property
    def occupied(self) -> bool:
        """Whether what is sent to the kernel's main shell now has to wait for something."""
        return self.execution.main_is_busy or self.requests.executing

    def log(self, level: str, text: str, fault: BaseException | None = None) -> None:
        """Leave a line for the log."""
        self.effects.log.append(LogLine(level, text, fault))

    def malformed(self, what: str, now: float) -> None:
        """Count a message of the kernel that cannot be read; the log hears of some."""
        self.counters["malformed_from_kernel"] += 1
        if (line := self.complaints.line(what, now)) is not None:
            self.log("warning", line)

    def failed(self, what: str, fault: BaseException) -> None:
        """Count and log a fault of ours in the path of a message, which was passed on."""
        self.counters["faults"] += 1
        self.log("error", f"{what} failed; the message was passed on", fault)

    def shielded(self, what: str, step: Callable[[], None]) -> bool:
        """
        Take a step of bookkeeping whose failure must not stop the message it is about.

        Returns whether it succeeded. A fault in our code is counted and logged with its
        traceback; the caller marks what it left unsure.
        """
        try:
            step()
        except Exception as fault:  # noqa: BLE001 - the one wall between our faults and the path
            self.counters["faults"] += 1
            self.log(
                "error", f"{what} failed; the message passes, its comm is checked later", fault
            )
            return False
        return True
