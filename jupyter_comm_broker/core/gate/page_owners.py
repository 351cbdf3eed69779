"""
Who may use which session id.

A page's session id belongs to the user who connected first with it, as long as the page is known.
Nobody may use the session ids of the broker and of programs in the server. Whoever used one would
get the answers to their questions.
"""

from __future__ import annotations

from jupyter_comm_broker.core.pages.delivery import Delivery
from jupyter_comm_broker.core.pages.page_user import PageUser


def refusal(delivery: Delivery, session_id: str, user: PageUser) -> str:
    """
    Return why a user may not connect with a session id.

    Args:
        delivery: the pages and programs of the kernel.
        session_id: the session id.
        user: the user.

    Returns:
        The reason; empty if the user may connect.
    """
    if delivery.belongs_to_server(session_id):
        return "this session id belongs to the server itself; connect with another"
    page = delivery.get(session_id)
    if page is not None and page.user is not None and not user.may_be(page.user):
        return "this session id belongs to another user; connect with another"
    return ""
