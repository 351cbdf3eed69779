"""Waits for a kernel that may be busy, and shows a person why."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from contextlib import suppress
from threading import Thread
from typing import Any

from jupyter_comm_broker.cli.arguments import a_time
from jupyter_comm_broker.cli.client import step
from jupyter_comm_broker.cli.command_context import CommandContext
from jupyter_comm_broker.cli.exits import CommandError
from jupyter_comm_broker.cli.wording import duration

TIMEOUT = 60.0
"""Seconds to wait for a kernel by default."""

ON_THE_WAY = 15.0
"""Seconds that the HTTP answer may take in addition to the wait for the kernel."""

QUIET = 0.7
"""Seconds until the wait is shown. Most kernels are done by then."""

LOOK = 2.0
"""Seconds between two requests for the kernel's state."""


def add_timeout(parser: ArgumentParser) -> None:
    """Add the argument for the time to wait."""
    parser.add_argument(
        "--timeout",
        metavar="TIME",
        type=a_time,
        default=TIMEOUT,
        help=f"how long to wait for the kernel; by default {duration(TIMEOUT)}, at most 10m",
    )


def patiently(context: CommandContext, kernel_id: str, ask: Callable[[], Any]) -> Any:
    """
    Send a request, and show a person that the command waits if that takes long.

    An interrupt ends the wait, but does not take back what was sent.

    Args:
        context: the command's outputs.
        kernel_id: the kernel that is waited for.
        ask: sends the request, and waits for the answer.

    Returns:
        What ``ask`` returns.

    Raises:
        BaseException: what ``ask`` raises.
    """
    answers: list[Any] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            answers.append(ask())
        except BaseException as error:  # noqa: BLE001 - it is raised again below
            errors.append(error)

    began = time.monotonic()
    # A daemon thread, so that Ctrl-C ends the command without waiting for the kernel.
    thread = Thread(target=work, daemon=True)
    thread.start()
    thread.join(QUIET)
    if thread.is_alive():
        _tell(context, kernel_id, thread, began)
    if errors:
        raise errors[0]
    return answers[0]


def _tell(context: CommandContext, kernel_id: str, thread: Thread, began: float) -> None:
    label = context.names.label(kernel_id)
    if not context.notes.is_terminal:
        state = _state(context, kernel_id)
        context.note(f"waiting for kernel {label}, which is {state}")
        thread.join()
        return
    with context.notes.status("") as shown:
        looked, state = 0.0, ""
        while thread.is_alive():
            if time.monotonic() - looked > LOOK:
                looked, state = time.monotonic(), _state(context, kernel_id)
            waited = duration(time.monotonic() - began)
            shown.update(f"kernel {label} is {state}; waited {waited} (Ctrl-C ends the wait)")
            thread.join(0.2)


def _state(context: CommandContext, kernel_id: str) -> str:
    # The state is optional. A user who may not see it is told the rest.
    with suppress(CommandError, TypeError, KeyError):
        return str(context.client.get(f"/api/kernels/{step(kernel_id)}")["execution_state"])
    return "not done yet"


def behind(busy: Mapping[str, Any] | None) -> str:
    """Return a sentence about what the kernel does first; empty if it is idle."""
    if busy is None:
        return ""
    what = busy["msg_type"] or "something"
    since = (
        f", which has run for {duration(busy['seconds'])}" if busy["seconds"] is not None else ""
    )
    return f"the kernel is busy and handles it after {what}{since}"
