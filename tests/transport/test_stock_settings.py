"""What users set for jupyter_server's own connection class still holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from traitlets.config import Config

from jupyter_comm_broker.core.policy import Policy
from jupyter_comm_broker.protocol import framing
from jupyter_comm_broker.protocol.websocket_v1 import SUBPROTOCOL
from jupyter_comm_broker.transport.frontends.frontend_connection import FrontendConnection
from jupyter_comm_broker.transport.stock_settings import StockSettings
from tests.fakes.server import EXTENSIONS, Desk
from tests.until import until

STOCK = "ZMQChannelsWebsocketConnection"


@pytest.fixture
def policy(jp_configurable_serverapp: Any) -> Callable[..., Policy]:
    def policy(**sections: dict[str, Any]) -> Policy:
        config = Config(EXTENSIONS)
        config.merge(Config(sections))
        desk = Desk(jp_configurable_serverapp(config=config))
        made: Policy = desk.broker.kernel_drivers._policy
        return made

    return policy


def test_unset_they_are_what_jupyter_server_has(policy: Callable[..., Policy]) -> None:
    made, stock = policy(), ZMQChannelsWebsocketConnection
    assert (made.limit_rate, made.message_rate, made.data_rate, made.rate_window) == (
        stock.limit_rate.default_value,
        stock.iopub_msg_rate_limit.default_value,
        stock.iopub_data_rate_limit.default_value,
        stock.rate_limit_window.default_value,
    )


def test_they_are_read_under_the_stock_classes_name(policy: Callable[..., Policy]) -> None:
    made = policy(
        **{
            STOCK: {
                "limit_rate": False,
                "iopub_msg_rate_limit": 11.0,
                "iopub_data_rate_limit": 12.0,
                "rate_limit_window": 13.0,
            }
        }
    )
    assert (made.limit_rate, made.message_rate, made.data_rate, made.rate_window) == (
        False,
        11.0,
        12.0,
        13.0,
    )


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")
def test_the_deprecated_names_are_read_too(policy: Callable[..., Policy]) -> None:
    made = policy(ServerApp={"iopub_msg_rate_limit": 21.0, "rate_limit_window": 23.0})
    assert (made.message_rate, made.rate_window) == (21.0, 23.0)


def test_every_setting_of_the_stock_class_is_known_so_that_nobody_is_warned_of_one() -> None:
    settings = set(ZMQChannelsWebsocketConnection.class_trait_names(config=True))
    for reader in (StockSettings, FrontendConnection):
        assert settings <= set(reader.class_trait_names(config=True))


class TestOnASocket:
    @pytest.fixture
    def jp_server_config(self) -> dict[str, Any]:
        return {**EXTENSIONS, STOCK: {"kernel_ws_protocol": "", "limit_rate": False}}

    async def test_the_subprotocol_that_the_user_set_is_the_one_that_is_spoken(
        self, desk: Desk, caplog: pytest.LogCaptureFixture
    ) -> None:
        kernel_id, kernel = await desk.starts()
        with pytest.raises(AssertionError):
            await desk.opens(kernel_id, "a", SUBPROTOCOL)
        page = await desk.opens(kernel_id, "b", framing.DEFAULT)
        await until(lambda: len(desk.connections) == 2)
        assert {each.subprotocol for each in desk.connections} == {framing.DEFAULT}
        kernel.publish("stream", {"text": "hello"})
        await page.hears("stream")
        assert "not recognized" not in caplog.text
