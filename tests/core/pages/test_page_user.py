"""Two sockets are one user's where they may be, as far as their users can be told apart."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.core.pages.page_user import NAMELESS, PageUser

ANN, BEN = PageUser("ann", shows_token=False), PageUser("ben", shows_token=False)
ANN_WITH_TOKEN = PageUser("ann", shows_token=True)


@pytest.mark.parametrize(
    ("first", "comer", "may"),
    [
        (ANN, ANN, True),
        (ANN, ANN_WITH_TOKEN, True),
        (ANN, BEN, False),
        (ANN, NAMELESS, False),
        # Both show the same token and nothing else.
        (NAMELESS, NAMELESS, True),
        # The cookie that was set in answer to the first socket names whom the second one is.
        (NAMELESS, ANN_WITH_TOKEN, True),
        (NAMELESS, ANN, False),
    ],
)
def test_who_may_be_who_came_first(first: PageUser, comer: PageUser, may: bool) -> None:
    assert comer.may_be(first) is may
