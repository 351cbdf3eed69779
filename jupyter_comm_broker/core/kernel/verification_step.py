"""What a verification waits for. People are shown these words."""

from __future__ import annotations

from enum import Enum


class Step(str, Enum):
    """What the broker waits for."""

    REST = "rest"
    LIST = "list of comms"
    SUBSHELL = "subshell"
    STATES = "states of all widgets"
    EACH = "states, one by one"
    LEAVE = "end of the control comm"
