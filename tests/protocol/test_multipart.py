"""Signing and cutting of ZeroMQ multiparts agrees with jupyter_client's Session."""

from __future__ import annotations

import pytest
from hypothesis import given
from jupyter_client.session import Session

from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.multipart import DELIMITER, Signer, cut

from .jupyter import messages


@pytest.mark.parametrize("scheme", ["hmac-sha256", "hmac-sha512", "hmac-md5"])
@given(message=messages())
def test_a_signature_is_the_one_that_jupyter_client_makes(scheme: str, message: Message) -> None:
    session = Session(key=b"a secret", signature_scheme=scheme)
    expected = session.sign([bytes(part) for part in message.parts[:4]])
    assert Signer(b"a secret", scheme).sign(message.parts) == expected


@given(message=messages())
def test_what_is_assembled_is_accepted_by_jupyter_client(message: Message) -> None:
    multipart = [bytes(part) for part in Signer(b"a secret").assemble(message.parts)]
    session = Session(key=b"a secret")
    identities, signed = session.feed_identities(multipart)
    received = session.deserialize(signed)
    assert identities == []
    assert [bytes(buffer) for buffer in received["buffers"]] == list(message.buffers)
    assert received["header"]["msg_id"] == message.header.msg_id


def test_signing_twice_gives_the_same_signature() -> None:
    signer, parts = Signer(b"key"), [b"{}", b"{}", b"{}", b"{}"]
    assert signer.sign(parts) == signer.sign(parts)


def test_a_kernel_without_a_key_gets_no_signature() -> None:
    parts = [b"{}", b"{}", b"{}", b"{}"]
    assert Signer(b"").assemble(parts) == [DELIMITER, b"", *parts]


@pytest.mark.parametrize("identities", [[], [b"topic"], [b"one", b"two"]])
def test_what_jupyter_client_serializes_is_cut_behind_the_signature(
    identities: list[bytes],
) -> None:
    session = Session(key=b"a secret")
    multipart = session.serialize(session.msg("status", {"execution_state": "busy"}))
    parts = cut([*identities, *multipart, b"buffer"])
    assert parts == [*multipart[2:], b"buffer"]


@pytest.mark.parametrize(
    ("multipart", "reason"),
    [
        ([], "has no <IDS|MSG> delimiter"),
        ([b"a", b"b"], "has no <IDS|MSG> delimiter"),
        ([DELIMITER], "has 0 parts of at least 4"),
        ([b"id", DELIMITER, b"signature", b"{}", b"{}", b"{}"], "has 3 parts of at least 4"),
    ],
)
def test_a_multipart_that_is_none_is_refused(multipart: list[bytes], reason: str) -> None:
    with pytest.raises(MalformedMessageError) as raised:
        cut(multipart)
    assert reason in str(raised.value)
