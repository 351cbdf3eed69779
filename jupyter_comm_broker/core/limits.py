"""Every bound and every pause, with the reason for its number."""

from __future__ import annotations

from dataclasses import dataclass

MEBI = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the core may keep, and for how long. The extension's traits fill it in."""

    comm_state_bytes: int = 64 * MEBI
    """The largest state that is mirrored. A restore asks the kernel for a larger one."""

    kernel_state_bytes: int = 512 * MEBI
    """All mirrored states of one kernel. Above it, those that changed longest ago are given up."""

    outbox_high_bytes: int = 1 * MEBI
    """
    The bytes from which on a frontend's waiting widget updates are merged.

    That is some tens of screens full of updates. A page that is so far behind cannot show each one.
    """

    outbox_cap_bytes: int = 256 * MEBI
    """A page this far behind is cut off, and gets state when it comes back."""

    backlog_bytes: int = 256 * MEBI
    """
    The bytes that may wait on each channel for a kernel that takes nothing. More is refused.

    Each channel counts alone, because a kernel reads its stdin only while it asks for something.
    """

    receive_limit: int = 10_000
    """
    The most messages of a kernel's iopub that wait unread; 0 for no limit.

    It is a second of ipykernel's comm messages (10,600 measured), and ten times what stock keeps
    for a page. ZeroMQ counts no bytes: 10,000 messages of 1 kB take 70 MB, of 32 kB 370 MB
    (measured). Above the limit, the kernel's end keeps 1,000 more and then drops.
    """

    absent_bytes: int = 16 * MEBI
    """What is kept for a page whose socket dropped, until it returns with the same session id."""

    absent_seconds: float = 600.0
    """How long that is kept. It is longer than a proxy's reconnect or a short sleep."""

    absent_pages_bytes: int = 64 * MEBI
    """
    What is kept for all absent pages of a kernel together.

    What they all missed counts once, so this is enough for some dozens of pages. Above it, the
    pages that have been away longest are given up.
    """

    remembered_absences: int = 1_000
    """The pages that were given up and are told so if they return. Each takes some 200 bytes."""

    in_flight_bytes: int = 4 * MEBI
    """
    What is kept of what was written to a page's socket, until the page is known to have it.

    A page answers within a second on any line that works, and such a line carries less than this in
    that time.
    """

    in_flight_pages_bytes: int = 64 * MEBI
    """The same for all pages of a kernel together. Each page has its share of it."""

    remembered_requests: int = 20_000
    """The requests whose replies must still find their asker. Above it the oldest are forgotten."""

    remembered_closed: int = 10_000
    """The closed comms of which it is still told when, by whom and why they were closed."""

    run_text_bytes: int = 8 * MEBI
    """
    The text that is kept of one run, for pages that come later.

    A browser that is given more in one cell hardly moves any more.
    """

    runs_bytes: int = 64 * MEBI
    """The output that is kept of all runs of a kernel together."""

    ended_run_seconds: float = 3_600.0
    """How long a run is kept after a page saw its end. Such a page may not have saved it yet."""

    remembered_runs: int = 1_000
    """The runs of a kernel that are kept. The oldest that are over go first."""

    gateway_message_bytes: int = 10 * MEBI
    """
    The largest message that a gateway takes from us. It answers a larger one by cutting the link.

    The default is tornado's own, which no gateway changes (fact 6.8).
    """

    gateway_release_seconds: float = 300.0
    """
    After how long a gateway's kernel is disconnected if no page, program or recording uses it.

    The gateway ends idle kernels only if nothing is connected to them (fact 6.10).
    """

    unreachable_seconds: float = 300.0
    """
    For how long pages' messages wait for a kernel behind a gateway that cannot be reached.

    Then they are refused. Nobody wants a cell to begin an hour after it was started.
    """

    refusal_seconds: float = 30.0
    """A ``comm_close`` from a page this soon after it got the comm_open is a refusal (rule 9)."""

    catch_up_after: tuple[float, ...] = (0.3, 1.0, 3.0, 8.0)
    """
    The seconds after which a restored page is sent again what changed meanwhile (rules 6 and 24).

    No message of a page says that its models are built. Small pages need 10 ms, 5,000 models 1.4 s.
    """

    hold_custom_seconds: float = 1.0
    """The longest time that custom messages wait for a restored page's models."""

    hold_custom_bytes: int = 16 * MEBI
    """The bytes of these that wait for one restored page. Above it they are sent, model or not."""

    offer_after: tuple[float, ...] = (0.5, 2.0, 5.0, 15.0)
    """
    The seconds after which a page that came back is offered the comms that a strategy keeps.

    A comm that the page refuses is offered again at the next time, because the page's plug-in may
    not have loaded yet.
    """

    offer_widgets_after: float = 0.0
    """Seconds after which a page that asks for no widgets is offered them. 0: never."""

    restore_answer_seconds: float = 3.4
    """
    The seconds after which ``request_states`` is answered at the latest.

    A page gives up 4.0 s after it queued the request (CONTROL_COMM_TIMEOUT in ipywidgets).
    """

    big_restore_models: int = 1_000
    big_restore_bytes: int = 4 * MEBI
    """A restore that is above either is answered late (rule 21)."""

    big_restore_not_before: float = 2.3
    """
    The seconds after the socket opened before which a big restore is not answered.

    ``get_model`` polls for 2 s, and fails for good if that moment falls while the page builds
    models (measured).
    """

    answer_seconds: float = 2.0
    """How long a page's question waits for our question to the kernel, before it is let through."""

    subshell_seconds: float = 15.0
    """
    How long a subshell of a page that was closed must be silent before it is deleted. 0: never.

    A task that a callback started ends with its subshell. One that works says something now and
    then.
    """

    verify_retry_seconds: float = 2.0
    """An unanswered request of our own is sent again after this, then after ever longer waits."""

    verify_attempts: int = 5
    """After this many unanswered attempts, a verification rests until something changes."""

    verify_interval: float = 60.0
    """
    The least seconds between two looks for changes that no message announced. 0: no looks.

    Only states that had traffic since are looked at, so an idle kernel is never polled.
    """

    check_after: float = 0.05
    """
    Seconds from an answer to a page to the check of that answer.

    Meanwhile the answer is on its way alone. Pages that come together share the check.
    """

    confirm_after: float = 0.3
    """Seconds of quiet after which the kernel is asked whether a page's value holds."""

    confirm_within: float = 1.0
    """The latest moment for that, so that a slider that never rests is checked too."""

    check_rest: float = 20.0
    """
    How long checks pause after a question, in units of the time that the kernel worked on it.

    If a widget's state takes the kernel a second, it is asked for at most every 20 s. A check that
    a page waits for does not pause.
    """

    check_rest_most: float = 600.0
    """The longest such pause, in seconds."""

    events_kept: int = 50_000
    """The events kept for readers that come back: minutes of many sliders, or a cell's storm."""

    events_kept_bytes: int = 16 * MEBI
    """The bytes of these events, and the bytes that may wait for one reader that lags."""

    event_data_bytes: int = 16 * 1024
    """How much is shown of one message's data or one change: a table's row, but not its picture."""

    event_heartbeat: float = 15.0
    """Seconds of silence after which a reader gets a heartbeat. Proxies cut lines at 30 s."""

    event_readers: int = 500
    """The most readers. Each holds a socket, and up to ``events_kept_bytes`` if it lags."""

    event_readers_per_user: int = 100
    """The most readers of one user, so that one user does not take all places."""

    event_linger_seconds: float = 60.0
    """How long traffic is still noted for its readers, who may come back."""

    output_push_seconds: float = 0.1
    """The least time between two pushes of captured output, as each carries the whole list."""

    output_push_rate: int = 2_000_000
    """
    The bytes per second of captured output that are pushed to one page.

    A long list is pushed less often. A line of 16 Mbit/s can just follow.
    """

    output_push_share: int = 10
    """
    While less than a tenth of a list is new (10: a tenth), it is pushed at a tenth of the rate.

    So the pushes of a flood are together some ten times its text. A slow trickle at the end of a
    megabyte is shown after 5 s.
    """

    output_owner_seconds: float = 10.0
    """
    The seconds that a page has to give the kernel the output that it collected itself.

    They begin anew with each list. A page that is there needs two round trips. A hidden tab and a
    flood may take seconds.
    """

    missing_idle_seconds: float = 1.0
    """Seconds until a page's wait is ended. ipykernel 7.4 gives some comm messages no status."""

    handled_idle_seconds: float = 0.25
    """
    Seconds until such a message counts as handled, from the first that is published under it.

    Too early does no harm: the page sends its next message, which the kernel handles after this
    one.
    """
