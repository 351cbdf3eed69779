"""The scripted gateway, for every test here."""

from .far import far

__all__ = ["far"]
