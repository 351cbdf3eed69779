"""What one kernel's broker counts and logs, and the wall between its faults and the messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TypeVar

from jupyter_comm_broker.core.histogram import Histogram
from jupyter_comm_broker.core.log_throttle import LogThrottle

Value = TypeVar("Value")

Note = Callable[[str, str, BaseException | None], None]
"""Adds a line for the log. Takes its level, its text and an error of ours, if there is one."""


class Ledger:
    """
    Keeps the counters, and lets no fault of ours stop a message.

    Args:
        note: adds a line for the log.
    """

    def __init__(self, note: Note) -> None:
        self._note = note
        self.counters: Counter[str] = Counter()
        self.restore_seconds = Histogram()
        """The seconds from each page's ``request_states`` to the answer."""
        self._throttle = LogThrottle()

    def log(self, level: str, text: str, fault: BaseException | None = None) -> None:
        """
        Add a line for the log.

        Args:
            level: ``debug``, ``info``, ``warning`` or ``error``.
            text: the line.
            fault: an error in our own code, whose traceback is logged too.
        """
        self._note(level, text, fault)

    def malformed(self, what: str, now: float) -> None:
        """Count a message of the kernel that cannot be read. Only some of these are logged."""
        self.counters["malformed_from_kernel"] += 1
        if (line := self._throttle.line(what, now)) is not None:
            self.log("warning", line)

    def failed(self, what: str, fault: BaseException) -> None:
        """Count and log a fault of ours in the path of a message. The message was passed on."""
        self.counters["faults"] += 1
        self.log("error", f"{what} failed; the message was passed on", fault)

    def stumbled(self, what: str, fault: BaseException) -> None:
        """Count and log a fault of ours in bookkeeping about a message. The message passes."""
        self.counters["faults"] += 1
        self.log("error", f"{what} failed; the message passes, its comm is checked later", fault)

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
