"""Waiting for a kernel that may be busy, while a person sees that and why."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from contextlib import suppress
from threading import Thread
from typing import Any

from jupyter_comm_broker.cli.arguments import a_time
from jupyter_comm_broker.cli.client import step
from jupyter_comm_broker.cli.command_context import Desk
from jupyter_comm_broker.cli.exits import CommandError
from jupyter_comm_broker.cli.wording import duration

TIMEOUT = 60.0
"""Seconds to wait for a kernel, unless somebody says otherwise."""

ON_THE_WAY = 15.0
"""What the answer itself may take longer than the kernel."""

QUIET = 0.7
"""Seconds without a word: most kernels are done by then."""

LOOK = 2.0
"""Seconds between two looks at what the kernel does."""


def add_timeout(parser: ArgumentParser) -> None:
    """Add how long to wait."""
    parser.add_argument(
        "--timeout",
        metavar="TIME",
        type=a_time,
        default=TIMEOUT,
        help=f"how long to wait for the kernel (else {duration(TIMEOUT)}, at most 10m)",
    )


def patiently(desk: Desk, kernel_id: str, ask: Callable[[], Any]) -> Any:
    """
    Return what ``ask`` returns; while that takes its time, say so beside the output.

    Raises what ``ask`` raises. Interrupted, it leaves the question behind: what was sent stands.
    """
    answers: list[Any] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            answers.append(ask())
        except BaseException as error:  # noqa: BLE001 - it is raised again below
            errors.append(error)

    began = time.monotonic()
    # A daemon: who presses Ctrl-C does not wait for the kernel any longer.
    thread = Thread(target=work, daemon=True)
    thread.start()
    thread.join(QUIET)
    if thread.is_alive():
        _tell(desk, kernel_id, thread, began)
    if errors:
        raise errors[0]
    return answers[0]


def _tell(desk: Desk, kernel_id: str, thread: Thread, began: float) -> None:
    label = desk.names.label(kernel_id)
    if not desk.notes.is_terminal:
        state = _state(desk, kernel_id)
        desk.note(f"waiting for kernel {label}, which is {state}")
        thread.join()
        return
    with desk.notes.status("") as shown:
        looked, state = 0.0, ""
        while thread.is_alive():
            if time.monotonic() - looked > LOOK:
                looked, state = time.monotonic(), _state(desk, kernel_id)
            waited = duration(time.monotonic() - began)
            shown.update(f"kernel {label} is {state}; waited {waited} (Ctrl-C waits no longer)")
            thread.join(0.2)


def _state(desk: Desk, kernel_id: str) -> str:
    # Nothing hangs on it: who may not look is told the rest.
    with suppress(CommandError, TypeError, KeyError):
        return str(desk.client.get(f"/api/kernels/{step(kernel_id)}")["execution_state"])
    return "not done yet"


def behind(busy: Mapping[str, Any] | None) -> str:
    """Return what the kernel does first, for people; nothing if it does nothing."""
    if busy is None:
        return ""
    what = busy["msg_type"] or "something"
    since = f", which runs for {duration(busy['seconds'])}" if busy["seconds"] is not None else ""
    return f"the kernel is busy and comes to it after {what}{since}"
