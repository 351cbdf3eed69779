"""
Telling a page that does not know a target from a page that closes a comm (rule 9).

JupyterLab answers a ``comm_open`` of an unknown target with ``comm_close``; the kernel then
drops the comm for everybody and tells nobody. A console on a notebook's kernel did so to all
of its widgets (jupyterlab#6929).
"""

from __future__ import annotations

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.core.state.comm_record import CommRecord, Side
from jupyter_comm_broker.core.state.targets import Targets
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.json_text import loads
from jupyter_comm_broker.protocol.message import Message


def is_refusal(
    record: CommRecord, frontend: Frontend, message: Message, limits: Limits, now: float
) -> bool:
    """Whether a page's ``comm_close`` says "I do not know this target" and no more."""
    if record.opened_by is Side.FRONTEND or gives_reason(message):
        return False
    if record.used_by and frontend.session_id in record.used_by:
        return False
    delivered_at = max(record.opened_at, frontend.attached_at)
    return now - delivered_at <= limits.refusal_seconds


def gives_reason(message: Message) -> bool:
    """
    Whether a ``comm_close`` says why in its metadata, as our own do: then it is meant.

    No page's refusal does; a program on a WebSocket has no other way to close what it never used.
    """
    try:
        metadata = loads(message.parts[2])
    except MalformedMessageError:
        return False
    return isinstance(metadata, dict) and bool(metadata.get("reason"))


def stays_here(record: CommRecord, frontend: Frontend, targets: Targets) -> bool:
    """Whether a refusal is kept from the kernel: somebody can still use the comm."""
    if record.is_widget:
        return True
    if record.used_by and record.used_by - {frontend.session_id}:
        return True
    return targets.known(Side.FRONTEND, record.target_name)
