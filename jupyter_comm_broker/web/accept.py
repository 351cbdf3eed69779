"""Which of two media types a client prefers."""

from __future__ import annotations


def prefers(accept: str, special: str, usual: str) -> bool:
    """
    Return whether an ``Accept`` header prefers ``special`` to ``usual``.

    Args:
        accept: the header.
        special: a media type. It must be named: a wildcard does not match it.
        usual: the media type of all other answers.

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
