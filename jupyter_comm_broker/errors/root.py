"""The root of the tree."""


class CommBrokerError(Exception):
    """The root of all errors of this package."""
