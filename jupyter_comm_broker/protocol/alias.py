"""
The alias that readers see in place of a session id.

Whoever connects with a page's session id is taken for that page, and gets what it missed. The
id is therefore a key that only its page may know. Others see an alias. The alias of an id never
changes, and the id cannot be computed from it. A page can compute its own alias, and so finds
itself in what is shown.
"""

from __future__ import annotations

from hashlib import sha256

from jupyter_comm_broker.protocol.message import Header

LENGTH = 16
"""Hex digits of an alias. These 64 bits make it unlikely that two pages share an alias."""


def alias(session_id: str) -> str:
    """
    Return the first digits of the SHA-256 of a session id. An empty id gives an empty alias.

    >>> alias("0b5c"), alias("")
    ('891722b1e18fefa5', '')
    """
    if not session_id:
        return ""
    return sha256(session_id.encode("utf-8", "surrogatepass")).hexdigest()[:LENGTH]


def shown_msg_id(header: Header) -> str:
    """Return a message's id with the alias in place of its sender's session id."""
    # jupyter_client puts the session id into the msg_id. A shorter session id can occur in a
    # msg_id by chance, and is easily guessed anyway.
    if len(header.session) < LENGTH:
        return header.msg_id
    return header.msg_id.replace(header.session, alias(header.session))
