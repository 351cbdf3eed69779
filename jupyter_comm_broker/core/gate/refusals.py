"""
Distinguishes a page that does not know a target from a page that closes a comm (rule 9).

JupyterLab answers a ``comm_open`` for an unknown target with ``comm_close``. The kernel then drops
the comm for everybody, and tells nobody. So a console on a notebook's kernel closed all of the
notebook's widgets (jupyterlab#6929).
"""

from __future__ import annotations

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.pages.delivery import Delivery
from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.core.state.comm_record import CommRecord, Side
from jupyter_comm_broker.core.state.targets import Targets
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.json_text import loads
from jupyter_comm_broker.protocol.message import Message


def is_refusal(
    record: CommRecord, frontend: Frontend, message: Message, limits: Limits, now: float
) -> bool:
    """
    Return whether a page's ``comm_close`` only says that the page does not know the target.

    Args:
        record: the comm.
        frontend: the page.
        message: the ``comm_close``.
        limits: the limits.
        now: the time.
    """
    if record.opened_by is Side.FRONTEND or gives_reason(message) or has_data(message):
        return False
    if record.used_by and frontend.session_id in record.used_by:
        return False
    delivered_at = max(record.opened_at, frontend.attached_at)
    return now - delivered_at <= limits.refusal_seconds


def gives_reason(message: Message) -> bool:
    """
    Return whether a ``comm_close`` gives a reason in its metadata, as our own do.

    Such a closing is meant. No page's refusal has a reason. A program on a WebSocket has no other
    way to close a comm that it never used.
    """
    try:
        metadata = loads(message.parts[2])
    except MalformedMessageError:
        return False
    return isinstance(metadata, dict) and bool(metadata.get("reason"))


def has_data(message: Message) -> bool:
    """Return whether a ``comm_close`` has data. A page's refusal has none, so this one is meant."""
    return bytes(message.comm.data) not in (b"{}", b"null")


def stays_here(
    record: CommRecord, frontend: Frontend, targets: Targets, delivery: Delivery
) -> bool:
    """
    Return whether a refusal is kept from the kernel, because somebody can still use the comm.

    Args:
        record: the comm.
        frontend: the page that refused it.
        targets: the known targets.
        delivery: the pages and programs that are there or may come back.
    """
    if record.is_widget:
        return True
    others = (record.used_by or set()) - {frontend.session_id}
    if any(delivery.get(session_id) is not None for session_id in others):
        return True
    # Who knew the target may be long gone. The kernel must hear then that nobody has it.
    return len(delivery) > 1 and targets.known(Side.FRONTEND, record.target_name)
