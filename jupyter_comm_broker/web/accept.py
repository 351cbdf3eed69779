"""Which of two media types a client would rather have."""

from __future__ import annotations


def prefers(accept: str, special: str, usual: str) -> bool:
    """
    Whether an ``Accept`` header asks for ``special`` rather than for ``usual``.

    Only by name: whoever takes anything gets what is usual.

    >>> prefers("application/json;q=0.5, image/png", "image/png", "application/json")
    True
    >>> prefers("*/*", "image/png", "application/json")
    False
    """
    weights: dict[str, float] = {}
    for each in accept.split(","):
        name, *parameters = (part.strip().lower() for part in each.split(";"))
        weights[name] = _weight(parameters)
    wanted = weights.get(special, 0.0)
    return wanted > 0.0 and wanted >= weights.get(usual, 0.0)


def _weight(parameters: list[str]) -> float:
    for each in parameters:
        name, _, value = each.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
