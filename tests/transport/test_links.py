"""Which kind of link a server has, and what the kind adds to the settings."""

from __future__ import annotations

import uuid
from types import SimpleNamespace

import pytest

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.policy import Policy
from jupyter_comm_broker.transport.links import GatewayLinks, ZmqLinks, links_of

GATEWAY = SimpleNamespace(gateway_enabled=True, url="http://g")


@pytest.mark.parametrize(
    ("app", "kind"),
    [
        (SimpleNamespace(), ZmqLinks),
        (SimpleNamespace(gateway_config=SimpleNamespace(gateway_enabled=False)), ZmqLinks),
        (
            SimpleNamespace(gateway_config=SimpleNamespace(gateway_enabled=True, url="http://g")),
            GatewayLinks,
        ),
    ],
)
def test_the_gateway_decides(app: object, kind: type) -> None:
    assert isinstance(links_of(app, uuid.UUID(int=1)), kind)


def test_a_gateway_limits_the_rate_itself_and_the_size_of_what_is_sent() -> None:
    links = GatewayLinks(uuid.UUID(int=1))
    policy = links.policy(Policy(), Limits(gateway_message_bytes=1_000_000))
    assert (policy.limit_rate, policy.largest_message) == (False, 1_000_000 - 65_536)
    assert links.policy(Policy(), Limits(gateway_message_bytes=0)).largest_message == 0
    assert ZmqLinks().policy(Policy(), Limits()) == Policy()
