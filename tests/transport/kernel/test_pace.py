"""A quiet channel is read at once, a stream with pauses, a flood with shorter ones."""

from __future__ import annotations

import operator

import pytest

from jupyter_comm_broker.transport.kernel.pace import (
    BATCH,
    BURST,
    FLOOD_PAUSE,
    LEAST,
    STREAM_PAUSE,
    STREAM_RATE,
    TURN,
    Pace,
)

STREAM, FLOOD = STREAM_RATE / 4, STREAM_RATE * 2


def reads(pace: Pace, begin: float, seconds: float, rate: float) -> list[float]:
    """Return when a channel was read to which ``rate`` messages come per second."""
    now, read, read_at = begin, 0, list[float]()
    while True:
        read += 1
        arrival = begin + read / rate
        now = max(now, arrival)
        now += pace.rest(now)
        if now >= begin + seconds:
            return read_at
        read_at.append(now)
        come = int((now - begin) * rate + 1e-6)
        pace.read(come - read + 1, now, more=False)
        read = come


def gaps(read_at: list[float]) -> list[float]:
    return list(map(operator.sub, read_at[1:], read_at))


def test_a_stream_is_read_at_once_at_first_and_then_with_pauses() -> None:
    between = gaps(reads(Pace(0.0, STREAM_PAUSE), 0.0, 1.0, STREAM))
    assert between[: BURST - 1] == pytest.approx([1 / STREAM] * (BURST - 1))
    assert between[2 * BURST :] == pytest.approx([STREAM_PAUSE] * len(between[2 * BURST :]))


def test_a_flood_is_read_with_shorter_pauses_and_becomes_a_stream_again() -> None:
    pace = Pace(0.0, STREAM_PAUSE)
    between = gaps(reads(pace, 0.0, 0.2, FLOOD))
    assert between[2 * BURST :] == pytest.approx([FLOOD_PAUSE] * len(between[2 * BURST :]))
    assert gaps(reads(pace, 1.0, 1.0, STREAM))[-1] == pytest.approx(STREAM_PAUSE)


def test_what_is_not_read_to_its_end_is_a_flood() -> None:
    pace = Pace(0.0, STREAM_PAUSE)
    pace.read(LEAST, 10.0, more=True)
    assert not pace.is_stream
    pace.read(LEAST, 20.0, more=False)
    assert pace.is_stream


def test_a_timer_that_rings_a_moment_too_early_is_not_set_again() -> None:
    pace = Pace(0.0, STREAM_PAUSE)
    *_, last = reads(pace, 0.0, 0.5, STREAM)
    assert pace.rest(last + STREAM_PAUSE - 1e-9) == 0.0


def test_sixty_messages_a_second_never_wait() -> None:
    read_at = reads(Pace(0.0, STREAM_PAUSE), 0.0, 10.0, 60)
    assert read_at == pytest.approx([number / 60 for number in range(1, len(read_at) + 1)])
    assert len(read_at) == pytest.approx(600, abs=1)


def test_what_was_sent_ends_the_pauses_of_a_stream_for_its_answers() -> None:
    pace = Pace(0.0, STREAM_PAUSE)
    *_, last = reads(pace, 0.0, 0.5, STREAM)
    assert pace.rest(last) == pytest.approx(STREAM_PAUSE)
    assert pace.hurry()
    assert pace.rest(last) == 0.0


def test_in_a_flood_nothing_is_hurried_because_its_pauses_are_short() -> None:
    pace = Pace(0.0, STREAM_PAUSE)
    *_, last = reads(pace, 0.0, 0.1, FLOOD)
    assert not pace.hurry()
    assert pace.rest(last) == pytest.approx(FLOOD_PAUSE)
    assert not Pace(0.0).hurry()


def test_however_often_a_channel_is_read_out_of_turn_its_pause_grows_no_longer() -> None:
    pace = Pace(0.0, STREAM_PAUSE)
    for _ in range(100):
        pace.read(0, 1.0, more=False)
    assert pace.rest(1.0) == pytest.approx(STREAM_PAUSE)


def test_batches_that_take_long_become_smaller_and_quick_ones_larger_again() -> None:
    pace = Pace(0.0)
    pace.handled(BATCH, 2 * TURN)
    assert pace.most == BATCH // 2
    pace.handled(BATCH, 1_000 * TURN)
    assert pace.most == LEAST
    sizes = []
    for _ in range(4):
        pace.handled(pace.most, TURN / 2)
        sizes.append(pace.most)
    assert sizes == [2 * LEAST, BATCH, BATCH, BATCH]
