"""An empty list of message types allows all of them, as in jupyter_server."""

from jupyter_comm_broker.core.policy import Policy


def test_an_empty_list_allows_everything_and_any_other_only_what_it_names() -> None:
    assert Policy().allows("comm_msg")
    few = Policy(allowed_message_types=frozenset({"execute_request"}))
    assert (few.allows("execute_request"), few.allows("comm_msg")) == (True, False)
