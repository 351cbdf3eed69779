"""What is wrong with a question to the broker: a field, a cursor, a secret, one reader too many."""

from __future__ import annotations

from .root import CommBrokerError


class InvalidFieldError(CommBrokerError):
    """A parameter, or a field of a request's body, is unknown or has a wrong value."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class CursorExpiredError(CommBrokerError):
    """The list that a cursor leads through is no longer kept, or another server made it."""

    def __init__(self) -> None:
        self.field = "cursor"
        super().__init__("the list of this cursor is no longer kept; begin again without a cursor")


class HiddenContentError(CommBrokerError):
    """A reader asked for a secret of the user without ``reveal``."""

    def __init__(self, what: str) -> None:
        self.field = "reveal"
        super().__init__(
            f"{what} is not shown; ?reveal=true shows it to users who may execute with comms"
        )


class TooManyRecordingsError(CommBrokerError):
    """The kernel has as many recordings as it may have."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(f"{limit} recordings run on this kernel, which is the most; end one")


class TooManyReadersError(CommBrokerError):
    """The server's events have as many readers as they may have."""

    setting = "CommBroker.event_readers"
    retry_after = 30
    """Seconds after which a reader may try again."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        told = f"{limit} readers of events are the most at a time"
        super().__init__(f"{told}; the limit is {self.setting} = {limit}")


class TooManyOwnReadersError(TooManyReadersError):
    """One user has as many readers of the server's events as one may have."""

    setting = "CommBroker.event_readers_per_user"
