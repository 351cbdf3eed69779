"""Servers as the acceptance tests start them."""

from tests.acceptance.conftest import start_server

__all__ = ["start_server"]
