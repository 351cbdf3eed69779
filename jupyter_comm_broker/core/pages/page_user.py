"""Who connects as a page, and whether that can be the page's first user."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PageUser:
    """Who connects as a page."""

    name: str = ""
    """The user's name; empty for a user without a lasting name, who shows only the token."""
    shows_token: bool = True
    """Whether the user shows only the token, or the server asks for nothing."""

    def may_be(self, first: PageUser) -> bool:
        """Return whether this can be the user who connected first."""
        # Two users without a name cannot be told apart. A user without a name may have got one
        # since, in a cookie.
        return self.name == first.name or (not first.name and self.shows_token)


NAMELESS = PageUser()
"""A user about whom nothing is known."""
