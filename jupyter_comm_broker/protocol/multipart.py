"""
ZeroMQ multiparts: identities, ``<IDS|MSG>``, signature, then a message's parts.

The signature covers the four JSON parts, not the buffers (messaging specification,
"The wire protocol").
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.message import Part

DELIMITER = b"<IDS|MSG>"


class Signer:
    """Signs what is sent to one kernel."""

    def __init__(self, key: bytes, scheme: str = "hmac-sha256") -> None:
        self._keyed = (
            hmac.new(key, digestmod=getattr(hashlib, scheme.removeprefix("hmac-"))) if key else None
        )

    def sign(self, parts: Sequence[Part]) -> bytes:
        """Return the hex digest over the first four parts; empty where the kernel has no key."""
        if self._keyed is None:
            return b""
        digest = self._keyed.copy()
        for part in parts[:4]:
            digest.update(part)
        return digest.hexdigest().encode()

    def assemble(self, parts: Sequence[Part]) -> list[Part]:
        """Return the multipart that carries ``parts`` to the kernel."""
        return [DELIMITER, self.sign(parts), *parts]


def cut(multipart: Sequence[Part]) -> list[Part]:
    """
    Return the parts behind the signature.

    The signature of a kernel's message is not checked. jupyter_server's v1 path does not check
    it either. Our sockets connect to the kernel's address, so only the process at that address
    can write to them. A forged process there could have chosen the key itself.

    Raises:
        MalformedMessageError: there is no delimiter, or fewer than four parts follow the
            signature.
    """
    try:
        start = multipart.index(DELIMITER) + 2
    except ValueError:
        raise MalformedMessageError(
            "a multipart from the kernel has no <IDS|MSG> delimiter"
        ) from None
    parts = list(multipart[start:])
    if len(parts) < 4:
        raise MalformedMessageError(
            f"a multipart from the kernel has {len(parts)} parts of at least 4"
        )
    return parts
