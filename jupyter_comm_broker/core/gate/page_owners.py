"""
Who may use which session id.

A page's session id belongs to the user who connected first with it, as long as the page is known.
Nobody may use the session ids of the broker and of programs in the server. Whoever used one would
get the answers to their questions.
"""

from __future__ import annotations

from jupyter_comm_broker.core.context import Context
from jupyter_comm_broker.core.pages.page_user import PageUser


def is_ours(context: Context, session_id: str) -> bool:
    """Return whether a session id belongs to the broker or to a program in the server."""
    known = context.delivery.get(session_id)
    return context.author.wrote(session_id) or (known is not None and known.is_program)


def refusal(context: Context, session_id: str, user: PageUser) -> str:
    """
    Return why a user may not connect with a session id.

    Args:
        context: the kernel's context.
        session_id: the session id.
        user: the user.

    Returns:
        The reason; empty if the user may connect.
    """
    if is_ours(context, session_id):
        return "this session id belongs to the server itself; connect with another"
    page = context.delivery.get(session_id)
    if page is not None and not user.may_be(page.user):
        return "this session id belongs to another user; connect with another"
    return ""
