"""The settings of the extension. Most of them fill in the core's limits."""

from __future__ import annotations

import os
from dataclasses import fields

from traitlets import Bool, Dict, Float, Integer, Unicode, default
from traitlets.config import Configurable

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.fleet.destination import URL as FLEET_URL
from jupyter_comm_broker.transport.installation import PIPES

_DEFAULTS = Limits()


class Settings(Configurable):
    """What a user can set, as ``c.CommBroker.<name>``."""

    comm_state_bytes = Integer(
        _DEFAULTS.comm_state_bytes,
        config=True,
        help="Bytes of state kept for one comm. A larger state is not kept: a restore asks the "
        "kernel for it.",
    )
    kernel_state_bytes = Integer(
        _DEFAULTS.kernel_state_bytes,
        config=True,
        help="Bytes of state kept for all comms of one kernel. Past it, the states that changed "
        "longest ago are given up.",
    )
    outbox_high_bytes = Integer(
        _DEFAULTS.outbox_high_bytes,
        config=True,
        help="Bytes that wait for a page. Past it, its widget updates are merged.",
    )
    outbox_cap_bytes = Integer(
        _DEFAULTS.outbox_cap_bytes,
        config=True,
        help="Bytes that wait for a page. Past it, the page is disconnected and gets the current "
        "state when it returns.",
    )
    backlog_bytes = Integer(
        _DEFAULTS.backlog_bytes,
        config=True,
        help="Bytes that may wait on each channel for a kernel that reads nothing. Past it, "
        "messages are refused.",
    )
    receive_limit = Integer(
        _DEFAULTS.receive_limit,
        min=0,
        config=True,
        help="Messages of a kernel that may wait unread in the server, whatever their size. Past "
        "it, the kernel drops messages, and the broker notices the loss. 0: no limit.",
    )
    absent_bytes = Integer(
        _DEFAULTS.absent_bytes,
        config=True,
        help="Bytes of messages kept for a page whose socket dropped, until the page returns.",
    )
    absent_seconds = Float(
        _DEFAULTS.absent_seconds,
        config=True,
        help="Seconds for which messages are kept for a page whose socket dropped.",
    )
    absent_pages_bytes = Integer(
        _DEFAULTS.absent_pages_bytes,
        config=True,
        help="Bytes of messages kept for all absent pages of a kernel. Past it, the pages that "
        "are away longest are given up.",
    )
    in_flight_bytes = Integer(
        _DEFAULTS.in_flight_bytes,
        config=True,
        help="Bytes of messages kept after they were written to a page's socket, until the page "
        "is known to have them.",
    )
    run_text_bytes = Integer(
        _DEFAULTS.run_text_bytes,
        min=0,
        config=True,
        help="Bytes of text kept of one run of a cell, for pages that come later. Past it, the "
        "oldest text goes.",
    )
    runs_bytes = Integer(
        _DEFAULTS.runs_bytes,
        min=0,
        config=True,
        help="Bytes of output kept of all runs of one kernel. Past it, the output of those that "
        "are over goes first, the oldest first.",
    )
    ended_run_seconds = Float(
        _DEFAULTS.ended_run_seconds,
        min=0.0,
        config=True,
        help="Seconds for which a run of a cell is kept after a page was given its end.",
    )
    gateway_message_bytes = Integer(
        _DEFAULTS.gateway_message_bytes,
        min=0,
        config=True,
        help="Bytes of the largest message that the gateway takes. A larger one is refused: the "
        "gateway would cut the connection of every page. 0: no limit.",
    )
    gateway_release_seconds = Float(
        _DEFAULTS.gateway_release_seconds,
        min=0.0,
        config=True,
        help="Seconds after which a gateway's kernel is disconnected if no page, program or "
        "recording uses it, so that the gateway can end idle kernels. 0: never.",
    )
    subshell_seconds = Float(
        _DEFAULTS.subshell_seconds,
        min=0.0,
        config=True,
        help="Seconds of silence after which a subshell of a page that was closed is deleted. Each "
        "is a thread of the kernel. 0: never.",
    )
    hide_subshells = Bool(
        False,
        config=True,
        help="Whether pages are told that kernels have no subshells. JupyterLab then handles "
        "widgets in the main shell, so they wait for a running cell.",
    )
    offer_widgets_after = Float(
        _DEFAULTS.offer_widgets_after,
        min=0.0,
        config=True,
        help="Seconds after which a page that asks for no widgets is offered those of its kernel, "
        "each by a comm_open. For frontends that only follow comms as they open. 0: never.",
    )
    verify_interval = Float(
        _DEFAULTS.verify_interval,
        config=True,
        help="Least seconds between two checks for changes that the kernel sent no message about. "
        "0: no such checks.",
    )

    events_kept = Integer(
        _DEFAULTS.events_kept,
        config=True,
        help="Events kept for readers of /api/comms/events that come back.",
    )
    events_kept_bytes = Integer(
        _DEFAULTS.events_kept_bytes,
        config=True,
        help="Bytes of events kept for all readers together. As many may wait for each reader.",
    )
    event_data_bytes = Integer(
        _DEFAULTS.event_data_bytes,
        config=True,
        help="Most bytes shown of one message's data, or of one change of state.",
    )
    event_heartbeat = Float(
        _DEFAULTS.event_heartbeat,
        config=True,
        help="Seconds of silence after which a reader of events is sent a heartbeat.",
    )

    event_readers = Integer(
        _DEFAULTS.event_readers,
        config=True,
        help="Most readers of /api/comms/events at a time. One more gets a 503.",
    )
    event_readers_per_user = Integer(
        _DEFAULTS.event_readers_per_user,
        config=True,
        help="Most readers of /api/comms/events of one user at a time. One more gets a 429.",
    )

    leave_kernels = Bool(
        False,
        config=True,
        help="Whether kernels of a gateway, and external kernels, stay when the server ends. The "
        "next server adopts them with their sessions. Local kernels always end with the server.",
    )
    adopt_seconds = Float(
        300.0,
        min=0.0,
        config=True,
        help="Seconds for which a gateway may give no answer when the server starts. Meanwhile "
        "requests for the kernels of an earlier server get a 503, and then a 404.",
    )
    left_kernels_file = Unicode(
        config=True,
        help="The file in which the server writes down which kernels it leaves. Empty: a file in "
        "Jupyter's data folder, which depends on root_dir, base_url and the gateway's URL.",
    )

    stand_in_for = Dict(
        default_value=PIPES,
        key_trait=Unicode(),
        value_trait=Unicode(),
        config=True,
        help="Connection classes of other extensions that only pass messages on, so that the "
        "broker takes their place: the class by its full name, and the versions of its package for "
        "which that holds, such as '>=0.3,<0.4'; empty: all. Beside any other class the broker "
        "only observes.",
    )

    freeze_heap = Bool(
        True,
        config=True,
        help="Whether to exempt the objects that live after the start from garbage collection. "
        "Otherwise full collections hold up the server for a tenth of a second.",
    )

    fleet_url = Unicode(
        config=True,
        help="The URL of the fleet service of a JupyterHub, to which this server reports counts, "
        "ages and versions. Empty: it does not report. By default the environment variable "
        "JUPYTER_COMM_FLEET_URL.",
    )

    @default("fleet_url")
    def _default_fleet_url(self) -> str:
        return os.environ.get(FLEET_URL, "")

    def limits(self) -> Limits:
        """Return what the core may keep, and for how long."""
        named = (each.name for each in fields(Limits) if self.has_trait(each.name))
        return Limits(**{name: getattr(self, name) for name in named})
