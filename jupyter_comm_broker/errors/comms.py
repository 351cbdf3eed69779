"""What is wrong with a comm: it never was, is closed, is there already, or is not taken."""

from __future__ import annotations

from .root import CommBrokerError


class CommNotFoundError(CommBrokerError):
    """The kernel never had such a comm, or the broker has forgotten it."""

    def __init__(self, kernel_id: str, comm_id: str) -> None:
        self.kernel_id, self.comm_id = kernel_id, comm_id
        super().__init__(f"kernel {kernel_id!r} has no comm {comm_id!r}")


class CommClosedError(CommBrokerError):
    """
    The kernel had such a comm, and it is closed.

    Args:
        kernel_id: the kernel.
        comm_id: the comm.
        at: when it was closed, as an ISO date.
        by: which side closed it.
        reason: why, in a sentence.
    """

    def __init__(self, kernel_id: str, comm_id: str, at: str, by: str, reason: str) -> None:
        self.kernel_id, self.comm_id = kernel_id, comm_id
        self.at, self.by, self.reason = at, by, reason
        super().__init__(f"comm {comm_id!r} of kernel {kernel_id!r} is gone: {reason}")


class BufferNotFoundError(CommBrokerError):
    """The state of a comm has ``count`` buffers, and none has the number ``index``."""

    def __init__(self, comm_id: str, index: int, count: int) -> None:
        self.comm_id, self.index, self.count = comm_id, index, count
        super().__init__(f"the state of comm {comm_id!r} has {count} buffers, and none is {index}")


class CommExistsError(CommBrokerError):
    """A new comm has the id of another comm."""

    def __init__(self, kernel_id: str, comm_id: str) -> None:
        self.kernel_id, self.comm_id, self.field = kernel_id, comm_id, "comm_id"
        super().__init__(f"kernel {kernel_id!r} has a comm {comm_id!r} already")


class CommRefusedError(CommBrokerError):
    """
    The kernel did not take a comm: it closed the comm, or does not know it.

    Args:
        comm_id: the comm.
        target_name: its target.
        because: the reason, in a word that programs can compare.
        said: what the kernel printed about it: a line or a traceback.
    """

    def __init__(self, comm_id: str, target_name: str, because: str, said: str) -> None:
        self.comm_id, self.because, self.said = comm_id, because, said
        super().__init__(f"the kernel did not take the comm to {target_name[:100]!r}: {because}")


class NoCommManagerError(CommBrokerError):
    """A new comm names no kernel, and there is none or more than one to choose from."""

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(
            f"{count} comm managers are open; say Comm(..., manager=...), or make the comm "
            f"inside `with manager.current():`"
        )
