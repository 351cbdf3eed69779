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
from packaging.specifiers import SpecifierSet
from traitlets.config import Config

from jupyter_comm_broker import services
from jupyter_comm_broker.transport import installation
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
        services,
        "install",
        lambda app, stock, ours, _, pipes: install(app, stock, ours, log, pipes),
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


CHOSEN = f"{__name__}.Chosen"


def test_it_stands_in_for_a_class_that_only_passes_messages_on(
    serve: Serve, caplog: pytest.LogCaptureFixture, another: ModuleType
) -> None:
    with caplog.at_level("INFO"):
        desk = serve(CommBroker={"stand_in_for": {CHOSEN: ""}})
    in_force = desk.app.web_app.settings["kernel_websocket_connection_class"]
    assert issubclass(in_force, FrontendConnection)
    assert desk.broker.self_check()["in_path"]
    assert errors(caplog) == []
    assert any(f"in the place of {CHOSEN}" in each.getMessage() for each in caplog.records)


@pytest.mark.parametrize(
    ("versions", "stands_in"),
    [(">=2,<3", True), ("==2.1.dev3", True), ("", True), (">=3", False), ("two", False)],
)
def test_only_in_the_versions_that_are_known(
    serve: Serve,
    caplog: pytest.LogCaptureFixture,
    another: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    versions: str,
    stands_in: bool,
) -> None:
    package = CHOSEN.partition(".")[0]
    monkeypatch.setattr(installation, "packages_distributions", lambda: {package: ["a-package"]})
    monkeypatch.setattr(installation, "version", {"a-package": "2.1.dev3"}.__getitem__)
    desk = serve(CommBroker={"stand_in_for": {CHOSEN: versions}})
    assert desk.broker.self_check()["in_path"] is stands_in
    told = [line for line in errors(caplog) if "stand_in_for" in line]
    assert len(told) == (versions == "two")


def test_who_wants_it_beside_such_a_class_can_say_so(serve: Serve, another: ModuleType) -> None:
    assert not serve(CommBroker={"stand_in_for": {}}).broker.self_check()["in_path"]


def test_the_known_classes_are_named_with_versions_of_a_package() -> None:
    for name, versions in installation.PIPES.items():
        assert name.count(".") >= 2
        assert SpecifierSet(versions)


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
