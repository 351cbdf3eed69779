"""The house rules that a machine can hold up: small rooms, each with its idea and its test."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "jupyter_comm_broker"
TESTS = ROOT / "tests"
LIMIT = 300
MOST_IN_A_FOLDER = 14
EMPTY_NAMES = {"base", "common", "helper", "helpers", "manager", "misc", "util", "utils"}

WITHOUT_TEST_OF_THEIR_OWN: dict[str, str] = {
    "core/state/known_comm.py": "a protocol without a body; tests/core/test_known.py reads by it",
    "core/timed.py": "a protocol without a body and one value; core/ingress/timers.py wakes by it",
    "core/parts.py": "nothing but wiring, which every test of core/broker.py goes through",
    "transport/kernel/kernel_link.py": "protocols without bodies, which all links implement",
    "comms/port.py": "protocols without bodies, which both ends of comms implement",
    "web/port.py": "a protocol without a body; what implements it is tested by test_rest_port.py",
    "_version.py": "one line, read by the build and checked by test_packaging.py",
}
"""Modules that no test file is named after, and why not."""


def modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def rooms() -> list[Path]:
    return [
        path
        for folder in ("jupyter_comm_broker", "tests", "demo", "benchmarks", "docs")
        for path in modules(folder)
    ]


def named(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def idea(path: Path) -> str:
    """Return the first line of a module's docstring."""
    return (ast.get_docstring(ast.parse(path.read_text())) or "").partition("\n")[0]


def decides(path: Path) -> bool:
    """Tell whether a module has a function: one that only declares values has nothing to test."""
    return any(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(ast.parse(path.read_text()))
    )


def has_test(module: Path) -> bool:
    """Tell whether a test file at the same place is named after a module."""
    room = TESTS / module.relative_to(PACKAGE).parent
    return any(room.glob(f"test_{module.stem}.py")) or any(room.glob(f"test_{module.stem}_*.py"))


def is_after_a_module(test: Path) -> bool:
    room = PACKAGE / test.relative_to(TESTS).parent
    subject = test.stem.removeprefix("test_")
    return any(
        subject == module.stem or subject.startswith(f"{module.stem}_")
        for module in room.glob("[a-z]*.py")
    )


def test_every_room_says_its_idea_in_its_first_line() -> None:
    assert named([path for path in rooms() if path.stat().st_size and not idea(path)]) == []
    assert named([path for path in modules("jupyter_comm_broker") if not idea(path)]) == []


def test_no_room_has_more_than_300_lines() -> None:
    assert named([path for path in rooms() if len(path.read_text().splitlines()) > LIMIT]) == []


def test_no_folder_holds_more_than_a_person_can_overlook() -> None:
    folders = {path.parent for path in modules("jupyter_comm_broker")}
    full = [each for each in folders if len(list(each.glob("[a-z]*.py"))) > MOST_IN_A_FOLDER]
    assert named(full) == []


def test_no_room_has_a_name_that_says_nothing() -> None:
    assert named([path for path in rooms() if path.stem in EMPTY_NAMES]) == []


def test_every_module_that_decides_something_has_a_test_file_named_after_it() -> None:
    lonely = [
        path
        for path in modules("jupyter_comm_broker")
        if path.stem != "__init__" and decides(path) and not has_test(path)
    ]
    excused = {f"jupyter_comm_broker/{name}" for name in WITHOUT_TEST_OF_THEIR_OWN}
    assert sorted(set(named(lonely)) - excused) == []


def sheets() -> list[Path]:
    """Return the dashboard's sources."""
    found = (ROOT / "ui" / "src").rglob("*.*")
    return sorted(each for each in found if each.suffix in (".ts", ".tsx", ".css"))


def test_the_dashboards_rooms_are_small_and_say_their_idea_in_their_first_line() -> None:
    long = [path for path in sheets() if len(path.read_text().splitlines()) > LIMIT]
    silent = [
        path
        for path in sheets()
        # What a test tests stands in its name.
        if not path.read_text().startswith(("// ", "/* ")) and ".test." not in path.name
    ]
    assert (named(long), named(silent)) == ([], [])
    # A widget manager is called so by ipywidgets.
    empty = EMPTY_NAMES - {"manager"}
    assert named([path for path in sheets() if path.stem in empty]) == []


@pytest.mark.parametrize("room", sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py")))
def test_every_test_in_a_rooms_folder_is_named_after_a_module_of_it(room: str) -> None:
    assert (
        named([path for path in (TESTS / room).rglob("test_*.py") if not is_after_a_module(path)])
        == []
    )


def test_the_list_of_exceptions_is_no_longer_than_needed() -> None:
    gone = [name for name in WITHOUT_TEST_OF_THEIR_OWN if not (PACKAGE / name).exists()]
    tested = [name for name in WITHOUT_TEST_OF_THEIR_OWN if has_test(PACKAGE / name)]
    assert (gone, tested) == ([], [])
