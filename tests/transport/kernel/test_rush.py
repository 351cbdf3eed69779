"""What is read in a row is told of: whenever it is much, and once more when all is read."""

from __future__ import annotations

from jupyter_comm_broker.transport.kernel.rush import Rush


class Reader:
    def __init__(self, enough: int) -> None:
        self.told = 0
        self._rush = Rush(enough, self._reached)

    def _reached(self) -> None:
        self.told += 1

    def reads(self, *batches: tuple[int, bool]) -> int:
        for count, more in batches:
            self._rush.read(count, more=more)
        return self.told


def test_what_is_read_in_small_pieces_is_no_rush_however_much_it_is() -> None:
    assert Reader(100).reads(*[(99, False)] * 50) == 0


def test_much_in_a_row_is_told_of_and_once_more_at_its_end() -> None:
    reader = Reader(100)
    assert reader.reads((60, True), (39, True)) == 0
    assert reader.reads((1, True)) == 1
    assert reader.reads((10, False)) == 2
    assert reader.reads((10, False), (99, False)) == 2


def test_one_that_never_ends_is_told_of_again_and_again() -> None:
    assert Reader(100).reads(*[(50, True)] * 10) == 5


def test_one_that_ends_just_when_it_is_much_is_told_of_once() -> None:
    assert Reader(100).reads((60, True), (40, False), (0, False)) == 1


def test_a_pause_ends_a_row() -> None:
    assert Reader(100).reads((60, True), (0, False), (60, True), (0, False)) == 0
