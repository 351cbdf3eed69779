"""A report is read back as it was written, and what is no report is refused with the reason."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jupyter_comm_broker.fleet.refusals import MalformedReportError
from jupyter_comm_broker.fleet.report import (
    MOST_BYTES,
    MOST_TARGETS,
    NAME,
    REASON,
    Comms,
    decoded,
    encoded,
)

from .reports import report


def changed(**said: Any) -> bytes:
    return json.dumps({**json.loads(encoded(report())), **said}).encode()


def test_a_report_is_read_as_it_was_written() -> None:
    one = report("ann@example.org", server_name="two words", reason="why", in_path=False)
    assert decoded(encoded(one)) == one
    assert one.doubtful == 2


def test_a_newer_servers_fields_are_ignored_and_another_format_is_refused() -> None:
    assert decoded(changed(colour="blue")) == report()
    with pytest.raises(MalformedReportError, match="format"):
        decoded(changed(format=2))


def test_the_largest_report_that_servers_make_is_taken() -> None:
    targets = {"\u4e00" * (NAME - 3) + f"{number:03}": 2**53 for number in range(MOST_TARGETS)}
    large = report(
        "\u4e00" * 255,
        server_name="\u4e00" * 255,
        reason="\u4e00" * REASON,
        comms=Comms(open=2**53, targets={**targets, "(others)": 1}),
    )
    assert len(encoded(large)) < MOST_BYTES
    assert decoded(encoded(large)) == large


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "no report"),
        (b"\xff\xfe", "no report"),
        (b"null", "object"),
        (b"[" * 10_000, "no report"),
        (b'{"user": "ann"}', "missing required field"),
        (b" " * (MOST_BYTES + 1), f"the most is {MOST_BYTES}"),
        (changed(user=3), r"\$\.user"),
        (changed(user=""), r"\$\.user"),
        (changed(user="x" * 256), r"\$\.user"),
        (changed(number=-1), r"\$\.number"),
        (changed(number=True), r"\$\.number"),
        (changed(interval="soon"), r"\$\.interval"),
        (changed(up_seconds=1e300), r"\$\.up_seconds"),
        (changed(in_path="yes"), r"\$\.in_path"),
        (changed(version=None), r"\$\.version"),
        (changed(version="9" * 41), r"\$\.version"),
        (changed(kernels=[]), r"\$\.kernels"),
        (changed(kernels={"running": 2**60}), r"\$\.kernels\.running"),
        (changed(comms={"targets": {"a": "b"}}), r"\$\.comms\.targets"),
        (changed(comms={"targets": {"x" * (NAME + 1): 1}}), r"\$\.comms\.targets"),
        (changed(comms={"targets": {str(n): 1 for n in range(30)}}), r"\$\.comms\.targets"),
    ],
)
def test_what_is_no_report_is_refused_and_says_where(body: bytes, why: str) -> None:
    with pytest.raises(MalformedReportError, match=why):
        decoded(body)


def test_numbers_that_json_does_not_have_are_refused() -> None:
    for number in (b"NaN", b"Infinity", b"1e400"):
        body = changed(interval=1.5).replace(b"1.5", number)
        with pytest.raises(MalformedReportError):
            decoded(body)
