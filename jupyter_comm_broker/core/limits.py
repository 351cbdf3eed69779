"""Every bound and every pause, with the reason for its number."""

from __future__ import annotations

from dataclasses import dataclass

MEBI = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the core may keep and for how long. The extension's traits fill it in."""

    comm_state_bytes: int = 64 * MEBI
    """A comm whose state is larger is listed but not mirrored: a restore asks the kernel."""

    kernel_state_bytes: int = 512 * MEBI
    """All mirrored states of one kernel; past it those that changed longest ago go first."""

    outbox_high_bytes: int = 1 * MEBI
    """
    From here on a frontend's waiting widget updates are merged.

    Some tens of screens full of updates: a page that is so far behind cannot show each any more.
    """

    outbox_cap_bytes: int = 256 * MEBI
    """A reader this far behind is cut off, and gets state when it comes back."""

    backlog_bytes: int = 256 * MEBI
    """
    What may wait on each channel for a kernel that takes nothing; past it messages are refused.

    On each, because a kernel reads its stdin only while it asks for something.
    """

    absent_bytes: int = 16 * MEBI
    """What is kept for a page whose socket dropped, until it returns with the same session id."""

    absent_seconds: float = 600.0
    """How long that is kept: longer than a proxy's reconnect or a short sleep."""

    absent_sessions: int = 16
    """Pages kept waiting for, per kernel: each reload leaves one that never returns."""

    remembered_requests: int = 20_000
    """Requests whose replies still have to find their asker. Past it the oldest are forgotten."""

    remembered_closed: int = 10_000
    """Closed comms of which we still say when, by whom and why."""

    refusal_seconds: float = 30.0
    """A ``comm_close`` from a page this soon after it got the comm_open is a refusal (rule 9)."""

    catch_up_after: tuple[float, ...] = (0.3, 1.0, 3.0, 8.0)
    """
    When a restored page is sent again what changed meanwhile (rules 6 and 24).

    A page says nowhere that its models are built; small pages need 10 ms, 5,000 models 1.4 s.
    """

    hold_custom_seconds: float = 1.0
    """How long custom messages wait for a restored page's models, at the most."""

    hold_custom_bytes: int = 16 * MEBI
    """How much of them waits for one restored page: past it they are sent, model or not."""

    offer_after: tuple[float, ...] = (0.5, 2.0, 5.0, 15.0)
    """
    When a page that came back is offered the comms that a strategy keeps, in seconds.

    What it turns down is offered again at the next: its plug-in may not have loaded yet.
    """

    restore_answer_seconds: float = 3.4
    """
    The latest answer to ``request_states``.

    A page gives up 4.0 s after it queued the request (CONTROL_COMM_TIMEOUT in ipywidgets).
    """

    big_restore_models: int = 1_000
    big_restore_bytes: int = 4 * MEBI
    """A restore beyond either is answered late (rule 21)."""

    big_restore_not_before: float = 2.3
    """
    Seconds after the socket opened before which a big restore is not answered.

    ``get_model`` polls for 2 s and fails for good when that moment falls while the page
    builds models, as was measured.
    """

    answer_seconds: float = 2.0
    """How long a page's question waits for what we asked the kernel, before it is let through."""

    verify_retry_seconds: float = 2.0
    """An unanswered request of our own is sent again after this, then ever later."""

    verify_attempts: int = 5
    """After so many unanswered attempts a verification rests until something changes."""

    verify_interval: float = 60.0
    """
    The least time between two looks for changes that no message told of. 0 switches them off.

    Only states that had traffic since are looked at, so an idle kernel is never polled.
    """

    events_kept: int = 50_000
    """Events kept for readers that come back: some minutes of many sliders, or a cell's storm."""

    events_kept_bytes: int = 16 * MEBI
    """What those may hold, and what may wait for one reader that lags."""

    event_data_bytes: int = 16 * 1024
    """What is told of one message's data or one change of state: a table's row, not its picture."""

    event_heartbeat: float = 15.0
    """Seconds of silence after which a reader is told that it still reads: proxies cut at 30."""

    event_linger_seconds: float = 60.0
    """How long traffic is still noted for readers of it that may come back."""

    output_push_seconds: float = 0.1
    """Captured output reaches pages at most so often: each push carries the whole list."""

    missing_idle_seconds: float = 1.0
    """ipykernel 7.4 handles some comm messages without any status; then we end the page's wait."""
