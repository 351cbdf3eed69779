"""Our own checks, which schemathesis loads, and a record of the answers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import schemathesis
from schemathesis.specs.openapi.checks import negative_data_rejection

FORM = "multipart/form-data"

ANSWERS = Path("answers.txt")
"""In the folder of the run: an operation and a status for each request."""

BUFFERS = r"(\[\d+\]\.)?(buffers|data\.buffer_paths)"
BEYOND_SCHEMAS = {
    "DELETE /api/kernels/{kernel_id}/comms": "all",
    "POST /api/kernels/{kernel_id}/comms": BUFFERS,
    "POST /api/kernels/{kernel_id}/comms/{comm_id}/messages": f"wait|{BUFFERS}",
}
"""
By operation, the fields whose right values no schema can say.

``all`` goes without a condition, and must be there without one; a widget's buffers are as many
as ``data.buffer_paths``, each of which leads somewhere in ``data.state``; only one message is
waited for.
"""


@schemathesis.check
def refused_for_what_no_schema_says(ctx: Any, response: Any, case: Any) -> None:
    """Check that a request that fits the document is refused only for documented reasons."""
    operation = case.operation.label
    with ANSWERS.open("a") as book:
        book.write(f"{operation} {response.status_code}\n")
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if response.status_code == 400:
        field = response.json().get("field", response.text)
        assert re.match(BEYOND_SCHEMAS.get(operation, "$ never"), field), f"refused for {field!r}"


@schemathesis.check
def refused_what_does_not_fit(ctx: Any, response: Any, case: Any) -> Any:
    """Do as the check of schemathesis' own, but for forms: whatever is in a part is its bytes."""
    if case.media_type == FORM:
        return None
    return negative_data_rejection(ctx, response, case)
