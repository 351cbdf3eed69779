"""What the parts of one kernel's broker share, with the counters that all of them keep."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from jupyter_comm_broker.core.histogram import Histogram
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.log_throttle import LogThrottle
from jupyter_comm_broker.core.pages.delivery import Delivery
from jupyter_comm_broker.core.pages.effects import Effects
from jupyter_comm_broker.core.requests.execution import Execution
from jupyter_comm_broker.core.requests.kernel_info import KernelInfo
from jupyter_comm_broker.core.requests.requests import Requests
from jupyter_comm_broker.core.state.changes import Changes
from jupyter_comm_broker.core.state.comm_record import CommRecord, Side
from jupyter_comm_broker.core.state.mirror import Mirror
from jupyter_comm_broker.core.state.registry import Registry
from jupyter_comm_broker.core.state.retained import Retained
from jupyter_comm_broker.core.state.strategy import Strategy
from jupyter_comm_broker.core.state.targets import Targets
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.synthesis import Author

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the server's settings allow on this kernel. They are the stock class's settings."""

    allowed_message_types: frozenset[str] = frozenset()
    """The message types that pages may send. Empty: all of them."""
    hide_tracebacks: str | None = None
    """The text in place of tracebacks, if those are not to be shown."""
    untracked_message_types: frozenset[str] = frozenset()
    """The request types whose statuses pages do not show."""
    limit_rate: bool = True
    message_rate: float = 1000.0
    """Output messages per second."""
    data_rate: float = 1_000_000.0
    """Bytes of stream output per second."""
    rate_window: float = 3.0
    """The seconds over which both rates are taken."""
    strategies: Mapping[str, Strategy] = field(default_factory=dict)
    """The restore strategies by target name."""

    def allows(self, msg_type: str) -> bool:
        """Return whether pages may send messages of this type."""
        return not self.allowed_message_types or msg_type in self.allowed_message_types


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
    changes: Changes
    retained: Retained
    requests: Requests
    targets: Targets = field(default_factory=Targets)
    execution: Execution = field(default_factory=Execution)
    counters: Counter[str] = field(default_factory=Counter)
    log_throttle: LogThrottle = field(default_factory=LogThrottle)
    restore_seconds: Histogram = field(default_factory=Histogram)
    """The seconds from each page's ``request_states`` to the answer."""
    kernel_info: KernelInfo = field(default_factory=KernelInfo)
    backlog: Counter[str] = field(default_factory=Counter)
    """Bytes of pages' messages that wait here because the kernel does not take them, by channel."""
    epoch: int = 0
    """Counts the kernel's processes."""

    @classmethod
    def create(cls, policy: Policy, limits: Limits, author: Author) -> Context:
        """
        Return the context of a kernel of which nothing is known yet.

        Args:
            policy: what the server's settings allow.
            limits: how much is kept, and for how long.
            author: writes the broker's own messages.
        """
        effects = Effects()
        counters: Counter[str] = Counter()
        changes = Changes()
        retained = Retained(policy.strategies, limits, effects.note, counters)
        registry = Registry(limits.remembered_closed, changes, retained)
        return cls(
            policy=policy,
            limits=limits,
            author=author,
            effects=effects,
            registry=registry,
            mirror=Mirror(registry, limits, changes),
            delivery=Delivery(limits, effects, counters),
            counters=counters,
            retained=retained,
            changes=changes,
            requests=Requests(limits.remembered_requests),
        )

    def began(self) -> None:
        """Count a process of the kernel."""
        self.epoch += 1

    def forget(self, reason: str, now: float) -> list[str]:
        """Forget what held for one process of the kernel. Returns the comms that ended with it."""
        self.began()
        closed = self.registry.clear(reason, now)
        self.mirror.clear()
        self.requests.clear()
        self.targets.clear()
        self.kernel_info.forget()
        # Everything that comes next will be seen.
        self.registry.begin(complete=True)
        return closed

    @property
    def occupied(self) -> bool:
        """Whether a message that is sent to the kernel's main shell now must wait."""
        return self.execution.main_is_busy or self.requests.executing

    def log(self, level: str, text: str, fault: BaseException | None = None) -> None:
        """
        Add a line for the log.

        Args:
            level: ``debug``, ``info``, ``warning`` or ``error``.
            text: the line.
            fault: an error in our own code, whose traceback is logged too.
        """
        self.effects.note(level, text, fault)

    def malformed(self, what: str, now: float) -> None:
        """Count a message of the kernel that cannot be read. Only some of these are logged."""
        self.counters["malformed_from_kernel"] += 1
        if (line := self.log_throttle.line(what, now)) is not None:
            self.log("warning", line)

    def failed(self, what: str, fault: BaseException) -> None:
        """Count and log a fault of ours in the path of a message. The message was passed on."""
        self.counters["faults"] += 1
        self.log("error", f"{what} failed; the message was passed on", fault)

    def shielded(
        self, what: str, step: Callable[[], Value], otherwise: Value | None = None
    ) -> Value | None:
        """
        Take a step of bookkeeping about a message. Its failure must not stop the message.

        A fault in our code is counted, and logged with its traceback. The caller marks what the
        fault left unsure.

        Args:
            what: the step, for the log.
            step: what is to be done.
            otherwise: what is returned if the step fails.

        Returns:
            What the step returns.
        """
        try:
            return step()
        except Exception as fault:  # noqa: BLE001 - the one wall between our faults and the path
            self.stumbled(what, fault)
            return otherwise

    def followed(
        self, record: CommRecord, side: Side, step: Callable[[], Value], otherwise: Value
    ) -> Value:
        """
        Follow a comm's message. If the message cannot be read, the comm's state is doubted.

        Args:
            record: the comm.
            side: who sent the message.
            step: reads the message.
            otherwise: what is returned if the message cannot be read.

        Returns:
            What the step returns.
        """
        try:
            return step()
        except MalformedMessageError as error:
            is_kernel = side is Side.KERNEL
            self.counters[f"malformed_from_{'kernel' if is_kernel else 'frontends'}"] += 1
            whose = "a message" if is_kernel else "a page's message"
            self.registry.doubt(record, f"{whose} could not be read: {error}")
            return otherwise

    def stumbled(self, what: str, fault: BaseException) -> None:
        """Count and log a fault of ours in bookkeeping about a message. The message passes."""
        self.counters["faults"] += 1
        self.log("error", f"{what} failed; the message passes, its comm is checked later", fault)
