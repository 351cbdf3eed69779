"""Writes the page of ``jupyter comms`` from the parser of its arguments."""

from __future__ import annotations

from argparse import Action, ArgumentParser, _SubParsersAction
from collections.abc import Iterator, Sequence

from docs.generate.markdown import sentence, table
from jupyter_comm_broker.cli.exits import MEANINGS
from jupyter_comm_broker.cli.main import parser

SHARED = "the server, and the form of the output"
"""The title of the group of arguments that every command takes."""

Groups = Sequence[tuple[str, Sequence[Action]]]


def parts() -> dict[str, str]:
    """Return the parts of the page that come from the code."""
    made = parser()
    commands = list(_commands(made))
    rows = [(f"[`{name}`](#{name})", sentence(said)) for name, said, _ in commands]
    shared = [action for title, actions in _groups(made) if title == SHARED for action in actions]
    return {
        "commands": table(("command", ""), rows),
        "shared": _words_of(shared),
        "each": "\n".join("".join(_command(name, each)) for name, _, each in commands),
        "exits": table(
            ("code", ""), ((f"`{code.value}`", sentence(text)) for code, text in MEANINGS.items())
        ),
    }


def _commands(made: ArgumentParser) -> Iterator[tuple[str, str, ArgumentParser]]:
    # argparse has no public names for these.
    (found,) = [each for each in made._actions if isinstance(each, _SubParsersAction)]  # noqa: SLF001
    said = {each.dest: each.help or "" for each in found._choices_actions}  # noqa: SLF001
    for name, each in found.choices.items():
        yield name, said[name], each


def _groups(each: ArgumentParser) -> Groups:
    found = []
    for group in each._action_groups:  # noqa: SLF001 - as above
        actions = [action for action in group._group_actions if action.dest != "help"]  # noqa: SLF001
        found.append((group.title or "", actions))
    return found


def _command(name: str, each: ArgumentParser) -> Iterator[str]:
    actions = [action for title, found in _groups(each) if title != SHARED for action in found]
    yield f"## {name}\n\n{each.description}\n\n"
    # In the order in which people write them: required arguments first.
    ordered = sorted(actions, key=lambda action: bool(action.option_strings))
    words = " ".join([name, *(_usage(action) for action in ordered)])
    yield f"```text\njupyter comms {words}\n```\n\n"
    yield _words_of(ordered)


def _words_of(actions: Sequence[Action]) -> str:
    return table(("word", ""), ((_word(action), _meaning(action)) for action in actions))


def _usage(action: Action) -> str:
    if not action.option_strings:
        name = action.dest.upper()
        return {"?": f"[{name}]", "*": f"[{name} ...]"}.get(str(action.nargs), name)
    return f"[{action.option_strings[-1]}{_value(action)}]"


def _word(action: Action) -> str:
    if not action.option_strings:
        return f"`{action.dest.upper()}`"
    *short, long = action.option_strings
    return ", ".join(f"`{each}`" for each in [*short, f"{long}{_value(action)}"])


def _value(action: Action) -> str:
    if action.nargs == 0:
        return ""
    return f" {action.metavar or action.dest.upper()}"


def _meaning(action: Action) -> str:
    said = sentence(action.help or "")
    if action.choices and not action.metavar:
        said += f" One of {', '.join(f'`{each}`' for each in action.choices)}."
    return said
