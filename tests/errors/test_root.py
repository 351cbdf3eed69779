"""All errors hang on one root, and the tree that the package shows is the tree there is."""

import re

from jupyter_comm_broker import errors
from jupyter_comm_broker.errors import CommBrokerError

RAISED = {
    name: found
    for name, found in vars(errors).items()
    if isinstance(found, type) and issubclass(found, CommBrokerError)
}


def test_the_tree_in_the_docstring_has_every_error_once_and_no_other() -> None:
    shown = re.findall(r"^.*[├└]── (\w+Error)", errors.__doc__ or "", re.MULTILINE)
    assert sorted([*shown, CommBrokerError.__name__]) == sorted(RAISED)
    assert sorted(errors.__all__) == sorted(RAISED)


def test_an_error_stands_below_the_one_it_is_a_kind_of() -> None:
    depths = re.findall(r"^(.*)[├└]── (\w+Error)", errors.__doc__ or "", re.MULTILINE)
    assert {name for indent, name in depths if indent} == {
        name for name, found in RAISED.items() if found.__base__ not in (CommBrokerError, Exception)
    }
