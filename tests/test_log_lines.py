"""Nobody writes lines of the log but the server, whatever ids and names others bring."""

from __future__ import annotations

import logging

import pytest

from jupyter_comm_broker.log_lines import MOST, OneLineLog, one_line

FORGED = "a\n[W 2026-01-01 ServerApp] all is well"


@pytest.mark.parametrize(
    "text",
    [
        FORGED,
        "a\rb",
        "\x00",
        "\x1b[2J",
        "\x85",
        "\u2028",
        "\u2029",
        "\u202e",
        "\x7f",
        "\ud800",
        "\v\f",
    ],
)
def test_a_text_is_one_plain_line(text: str) -> None:
    shown = one_line(text)
    assert shown.isprintable()
    assert shown.splitlines() == [shown]


def test_it_ends_and_says_how_long_it_was() -> None:
    assert one_line("x" * 1_000_000) == "x" * MOST + "... (1000000 characters)"


def test_what_is_plain_stays_as_it_is() -> None:
    assert one_line("Grüße, 世界 😀 %s") == "Grüße, 世界 😀 %s"


def test_message_and_arguments_and_other_adapters_are_told_in_one_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    log = OneLineLog(OneLineLog(logging.getLogger("lines")), {"kernel_id": "k"})
    log.warning("page %s: %d%%", FORGED, 3)
    log.warning(FORGED)
    log.warning("%s", ValueError(FORGED))
    log.debug("%s", FORGED)
    assert len(caplog.records) == 3
    assert all("\n" not in record.getMessage() for record in caplog.records)


@pytest.mark.parametrize("behind", [False, True])
def test_an_errors_words_forge_no_line_in_its_traceback(
    caplog: pytest.LogCaptureFixture, behind: bool
) -> None:
    try:
        try:
            raise ValueError(FORGED)
        except ValueError:
            if behind:
                raise KeyError("plain") from None
            raise
    except (ValueError, KeyError):
        OneLineLog(logging.getLogger("lines")).exception("it failed")
    told = caplog.records[0].getMessage().splitlines()
    assert told[0] == "it failed"
    assert len(told) > 3
    assert all(line.startswith("    | ") for line in told[1:])
    assert caplog.records[0].exc_info is None


def test_a_plain_errors_traceback_is_left_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    error = ZeroDivisionError("plain")
    OneLineLog(logging.getLogger("lines")).error("it failed", exc_info=error)
    assert caplog.records[0].exc_info is not None
    assert caplog.records[0].getMessage() == "it failed"
