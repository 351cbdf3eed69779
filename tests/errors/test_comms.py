"""Errors about comms carry the facts and make the sentence."""

from jupyter_comm_broker.errors import BufferNotFoundError, CommClosedError, CommNotFoundError


def test_a_comm_that_never_was_and_one_that_is_gone_read_differently() -> None:
    never = CommNotFoundError("k", "c")
    gone = CommClosedError("k", "c", "2026-01-01", "kernel", "closed by the kernel")
    assert "has no comm 'c'" in str(never)
    assert (gone.at, gone.by, gone.reason) == ("2026-01-01", "kernel", "closed by the kernel")
    assert "gone: closed by the kernel" in str(gone)


def test_a_buffer_that_is_not_there_is_named_beside_how_many_there_are() -> None:
    error = BufferNotFoundError("c", 3, 2)
    assert (error.comm_id, error.index, error.count) == ("c", 3, 2)
    assert "'c' has 2 buffers" in str(error)
