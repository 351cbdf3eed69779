"""The broker takes the connection class's place if it is free, overrules nobody, and says so."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from jupyter_server.gateway.gateway_client import GatewayClient
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from traitlets.config import Config

from jupyter_comm_broker import services
from jupyter_comm_broker.transport.frontends.frontend_connection import FrontendConnection
from jupyter_comm_broker.transport.installation import install
from tests.fakes.server import Desk

Serve = Callable[..., Desk]


class Chosen(ZMQChannelsWebsocketConnection):
    """A connection class that somebody chose."""


def other_extension(load: Callable[[Any], None]) -> Iterator[ModuleType]:
    """Make an importable server extension that does ``load`` when it is loaded."""
    module = ModuleType("another_extension")
    module.__dict__["_jupyter_server_extension_points"] = lambda: [{"module": module.__name__}]
    module.__dict__["_load_jupyter_server_extension"] = load
    sys.modules[module.__name__] = module
    yield module
    del sys.modules[module.__name__]


@pytest.fixture
def another() -> Iterator[ModuleType]:
    def load(app: Any) -> None:
        app.web_app.settings["kernel_websocket_connection_class"] = Chosen

    yield from other_extension(load)


@pytest.fixture
def serve(jp_configurable_serverapp: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    # A server that initializes takes its own log's handlers away, pytest's among them.
    log = logging.getLogger("installation")
    monkeypatch.setattr(
        services, "install", lambda app, *kinds: install(app, kinds[0], kinds[1], log)
    )

    def serve(argv: list[str] | None = None, **sections: dict[str, Any]) -> Desk:
        other = "another_extension" in sys.modules
        extensions = {"jupyter_comm_broker": True, "another_extension": other}
        config = Config({"ServerApp": {"jpserver_extensions": extensions}})
        config.merge(Config(sections))
        app = jp_configurable_serverapp(config=config, argv=argv or [])
        return Desk(app)

    GatewayClient.clear_instance()
    yield serve
    GatewayClient.clear_instance()


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.getMessage() for each in caplog.records if each.levelname == "ERROR"]


def test_it_takes_the_place_in_the_settings_and_in_the_trait(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    desk = serve()
    in_force = desk.app.web_app.settings["kernel_websocket_connection_class"]
    assert issubclass(in_force, FrontendConnection)
    assert desk.app.kernel_websocket_connection_class is in_force
    check = desk.broker.self_check()
    assert (check["mode"], check["in_path"], check["reason"]) == ("broker", True, None)
    assert check["connection_class"].endswith("CommBrokerWebsocketConnection")
    assert errors(caplog) == []


@pytest.mark.parametrize("where", ["configuration", "command line"])
@pytest.mark.parametrize("chosen", [Chosen, ZMQChannelsWebsocketConnection])
def test_a_class_that_the_user_chose_is_kept_even_if_it_is_the_stock_one(
    serve: Serve, caplog: pytest.LogCaptureFixture, where: str, chosen: type
) -> None:
    name = f"{chosen.__module__}.{chosen.__qualname__}"
    if where == "configuration":
        desk = serve(ServerApp={"kernel_websocket_connection_class": name})
    else:
        desk = serve([f"--ServerApp.kernel_websocket_connection_class={name}"])
    assert desk.app.web_app.settings["kernel_websocket_connection_class"] is chosen
    assert desk.app.kernel_websocket_connection_class is chosen
    check = desk.broker.self_check()
    assert (check["mode"], check["in_path"], check["connection_class"]) == ("observer", False, name)
    assert name in check["reason"]
    (line,) = errors(caplog)
    assert "NOT in the path" in line
    assert name in line


def test_a_class_that_another_extension_put_in_before_is_kept(
    serve: Serve, caplog: pytest.LogCaptureFixture, another: ModuleType
) -> None:
    # Extensions are loaded in the order of their names.
    desk = serve()
    assert desk.app.web_app.settings["kernel_websocket_connection_class"] is Chosen
    check = desk.broker.self_check()
    assert (check["mode"], check["in_path"]) == ("observer", False)
    assert "test_installation.Chosen" in check["reason"]
    (line,) = errors(caplog)
    assert "jupyter server extension disable" in line


def test_who_replaces_the_class_after_us_is_named_by_the_self_check(serve: Serve) -> None:
    desk = serve()
    ours = desk.app.web_app.settings["kernel_websocket_connection_class"]
    desk.app.web_app.settings["kernel_websocket_connection_class"] = Chosen
    check = desk.broker.self_check()
    assert (check["mode"], check["in_path"]) == ("observer", False)
    assert "replaced the broker's connection class" in check["reason"]
    assert "test_installation.Chosen" in check["reason"]
    # It is looked at anew each time.
    desk.app.web_app.settings["kernel_websocket_connection_class"] = ours
    assert desk.broker.self_check()["in_path"]


def test_behind_a_gateway_it_takes_the_place_of_the_class_for_gateways(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    desk = serve(GatewayClient={"url": "http://127.0.0.1:1"})
    check = desk.broker.self_check()
    assert (check["mode"], check["in_path"], check["reason"]) == ("broker", True, None)
    in_force = desk.app.web_app.settings["kernel_websocket_connection_class"]
    assert issubclass(in_force, FrontendConnection)
    assert errors(caplog) == []
