"""
Every error this package raises, in one tree. ``fleet/refusals.py`` has a branch of its own.

CommBrokerError
│
│   messages
├── MalformedFrameError      a WebSocket frame carries no message
├── MalformedMessageError    a message does not follow the messaging protocol
├── RefusedMessageError      a message is well formed, but a setting forbids it
├── TooLargeError            a message, or a message and what waits, is over a limit
├── SendBacklogError         more waits to be sent than a program may keep
│
│   questions to the broker
├── InvalidFieldError        a parameter, or a field of a body, is not what the API takes
├── CursorExpiredError       the list that a cursor leads through is no longer kept
├── HiddenContentError       a secret was asked for without naming it
├── TooManyRecordingsError   the kernel has as many recordings as it may have
├── TooManyReadersError      the server's events have as many readers as they may have
│   └── TooManyOwnReadersError   so does one user
│
│   comms
├── CommNotFoundError        the kernel never had the comm, as far as is known
├── CommClosedError          the comm is closed: when, by whom and why
├── BufferNotFoundError      a comm's state has no buffer of that number
├── CommExistsError          a new comm has the id of another
├── CommRefusedError         the kernel did not take a comm that was opened to it
├── NoCommManagerError       the kernel of a new comm is not known
│
│   kernels, and the way to them
├── KernelNotFoundError      the kernel does not run on this server
├── KernelUnavailableError   the kernel is dead or restarting, or ended before it answered
├── LinkNotOpenedError       the sockets to a kernel cannot be connected, and why
├── RequestNotFoundError     the kernel ran no such request, or its run is no longer kept
├── UnansweredError          the kernel was not done with a message in time
├── ServerRefusedError       a server answered a program with an error
└── ConnectionEndedError     a program's connection is closed, or its kernel is gone

Errors carry facts as attributes. Only ``web/`` gives them HTTP statuses.
"""

from .comms import (
    BufferNotFoundError,
    CommClosedError,
    CommExistsError,
    CommNotFoundError,
    CommRefusedError,
    NoCommManagerError,
)
from .kernels import (
    ConnectionEndedError,
    KernelNotFoundError,
    KernelUnavailableError,
    LinkNotOpenedError,
    RequestNotFoundError,
    ServerRefusedError,
    UnansweredError,
)
from .messages import (
    MalformedFrameError,
    MalformedMessageError,
    RefusedMessageError,
    SendBacklogError,
    TooLargeError,
)
from .questions import (
    CursorExpiredError,
    HiddenContentError,
    InvalidFieldError,
    TooManyOwnReadersError,
    TooManyReadersError,
    TooManyRecordingsError,
)
from .root import CommBrokerError

__all__ = [
    "BufferNotFoundError",
    "CommBrokerError",
    "CommClosedError",
    "CommExistsError",
    "CommNotFoundError",
    "CommRefusedError",
    "ConnectionEndedError",
    "CursorExpiredError",
    "HiddenContentError",
    "InvalidFieldError",
    "KernelNotFoundError",
    "KernelUnavailableError",
    "LinkNotOpenedError",
    "MalformedFrameError",
    "MalformedMessageError",
    "NoCommManagerError",
    "RefusedMessageError",
    "RequestNotFoundError",
    "SendBacklogError",
    "ServerRefusedError",
    "TooLargeError",
    "TooManyOwnReadersError",
    "TooManyReadersError",
    "TooManyRecordingsError",
    "UnansweredError",
]
