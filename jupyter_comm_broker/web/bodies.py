"""Request bodies: JSON with buffers in base64, or a form with binary parts."""

from __future__ import annotations

import re
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
from tornado.httputil import HTTPServerRequest

from jupyter_comm_broker.errors import InvalidFieldError, MalformedMessageError
from jupyter_comm_broker.protocol.json_text import MOST_LEVELS, dumps, levels
from jupyter_comm_broker.web.problem import Problem

JSON = "application/json"
FORM = "multipart/form-data"

MOST_NAME = 1000
"""The most characters of a target name or a comm id. Both stand in URLs, lists and logs."""

MOST_MESSAGES = 100
"""The most messages in a request. They take the server some 10 ms without a pause."""

MOST_BUFFERS = 10_000
"""The most buffers of a message: far more than a widget sends."""

TOO_DEEP = f"is nested more than {MOST_LEVELS} levels deep"

MOST_PARTS = 96
"""The most buffers in a form. tornado reads a form of up to 100 parts."""

Name = Annotated[str, Meta(min_length=1, max_length=MOST_NAME)]
BinaryPart = Annotated[
    str, Meta(extra_json_schema={"contentMediaType": "application/octet-stream"})
]

Data = Annotated[dict[str, Any], Meta(description="The message's data.")]
Metadata = Annotated[
    dict[str, Any], Meta(description="The message's metadata. Those of widgets have a version.")
]
BASE64 = {"pattern": "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"}
Base64 = Annotated[bytes, Meta(extra_json_schema=BASE64)]
Buffers = Annotated[
    list[Base64], Meta(max_length=MOST_BUFFERS, description="The message's buffers, in base64.")
]
Parts = Annotated[
    list[BinaryPart],
    Meta(max_length=MOST_PARTS, description="One part for each buffer. For more, use JSON."),
]


class SentBody(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """A message to send on a comm."""

    data: Data
    metadata: Metadata = {}
    buffers: Buffers = []


Several = Annotated[
    list[SentBody],
    Meta(min_length=1, max_length=MOST_MESSAGES, description="Several messages, sent in order."),
]
Sent = SentBody | Several


class SentForm(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """A message to send on a comm. Data and metadata are JSON, each in a part of that name."""

    data: Data
    metadata: Metadata = {}
    buffers: Parts = []


class OpenedBody(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """A comm to open."""

    target_name: Name
    comm_id: Name | None = None
    data: Data = {}
    metadata: Metadata = {}
    buffers: Buffers = []


class OpenedForm(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """A comm to open. Data and metadata are JSON, each in a part of that name."""

    target_name: Name
    comm_id: Name | UnsetType = UNSET
    data: Data = {}
    metadata: Metadata = {}
    buffers: Parts = []


Body = TypeVar("Body", bound=Struct)

_AT = re.compile(r" - at `\$\.?(.*)`$")
_NAMED = re.compile(r"^Object (?:contains unknown|missing required) field `(.*)`$", re.DOTALL)


def read_body(request: HTTPServerRequest, shape: type[Body], *, form: bool = True) -> Body:
    """
    Return the body of a request.

    Args:
        request: the request.
        shape: the type of the body.
        form: whether the body may be a form, besides JSON.

    Raises:
        Problem: the body has another media type.
        InvalidFieldError: the body does not fit the type. The error names the field.
    """
    found: Body = _read(request, shape, form=form)
    return found


def read_sent(request: HTTPServerRequest) -> SentBody | list[SentBody]:
    """Return the message in a body, or all messages of an array: see :func:`read_body`."""
    found: SentBody | list[SentBody] = _read(request, Sent, form=True)
    return found


def _read(request: HTTPServerRequest, shape: Any, *, form: bool) -> Any:
    media_type = request.headers.get("Content-Type", JSON).partition(";")[0].strip().lower()
    if media_type == JSON:
        return _read_json(request.body, shape)
    if form and media_type == FORM:
        return _read_form(request, shape)
    known = f"{JSON} or {FORM}" if form else JSON
    raise Problem(
        415, f"a body here is {known}, not {media_type[:100]!r}", "unsupported media type"
    )


def _read_json(text: bytes, shape: Any) -> Any:
    try:
        try:
            return msgspec.json.decode(text, type=shape)
        except msgspec.ValidationError as error:
            if "got `float` - at `$." not in str(error):
                raise
            return msgspec.convert(_with_integers(msgspec.json.decode(text)), shape)
    except msgspec.ValidationError as error:
        raise _at_fault(error) from error
    except RecursionError as error:
        raise InvalidFieldError("", f"the body {TOO_DEEP}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidFieldError("", f"the body is not JSON (RFC 8259): {error}") from error


def _with_integers(fields: dict[str, Any]) -> dict[str, Any]:
    """Return a body's fields with 7.0 as 7, because JSON schema takes 7.0 for an integer."""
    return {
        name: int(value) if isinstance(value, float) and value.is_integer() else value
        for name, value in fields.items()
    }


def _read_form(request: HTTPServerRequest, shape: Any) -> Any:
    found: dict[str, Any] = {}
    names = [*request.body_arguments, *request.files]
    for name in dict.fromkeys(names):
        files = [bytes(each["body"]) for each in request.files.get(name, [])]
        texts = request.body_arguments.get(name, [])
        if files and texts:
            # tornado hands over files and texts separately, so their order is not known.
            raise InvalidFieldError(name, f"either all parts {name!r} have a filename or none has")
        values = files or texts
        if name == "buffers":
            if len(values) > MOST_PARTS:
                said = f"{len(values)} buffers are too many for a form, which may have {MOST_PARTS}"
                raise InvalidFieldError(name, f"{said}; send them in JSON")
            found[name] = values
            continue
        if len(values) > 1:
            raise InvalidFieldError(name, f"{name} is given {len(values)} times")
        found[name] = _part(name, values[0])
    try:
        return msgspec.convert(found, shape)
    except msgspec.ValidationError as error:
        raise _at_fault(error) from error


def _part(name: str, value: bytes) -> Any:
    try:
        if name in ("data", "metadata"):
            return msgspec.json.decode(value)
        return value.decode()
    except RecursionError as error:
        raise InvalidFieldError(name, f"{name} {TOO_DEEP}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidFieldError(name, f"{name} cannot be read: {error}") from error


def _at_fault(error: msgspec.ValidationError) -> InvalidFieldError:
    text = str(error)
    at = _AT.search(text)
    told = _AT.sub("", text)
    named = _NAMED.match(told)
    steps = [at[1] if at else "", named[1] if named else ""]
    return InvalidFieldError(".".join(filter(None, steps))[:MOST_NAME], told[:MOST_NAME])


def check_paths(data: dict[str, Any], count: int) -> None:
    """
    Check that the buffers of a widget's message and the paths in its data fit together.

    Raises:
        InvalidFieldError: the numbers differ, or a path leads nowhere. The kernel would raise.
    """
    paths = data.get("buffer_paths", [])
    if not isinstance(paths, list):
        raise InvalidFieldError("data.buffer_paths", "data.buffer_paths must be a list")
    if len(paths) != count:
        raise InvalidFieldError("buffers", f"{count} buffers for {len(paths)} data.buffer_paths")
    for index, path in enumerate(paths):
        if not _leads_somewhere(data.get("state"), path):
            field = f"data.buffer_paths[{index}]"
            raise InvalidFieldError(field, f"{field} leads nowhere in data.state")


def _leads_somewhere(place: Any, path: Any) -> bool:
    if not isinstance(path, list) or not path:
        return False
    for position, step in enumerate(path):
        last = position == len(path) - 1
        if isinstance(place, dict) and isinstance(step, str):
            # A buffer's key is missing in a dict. In a list, null stands in its place.
            if not last and step not in place:
                return False
            place = place.get(step)
        elif isinstance(place, list) and type(step) is int and 0 <= step < len(place):
            place = place[step]
        else:
            return False
    return True


def written(content: dict[str, Any], field: str = "data") -> bytes:
    """
    Return the JSON of a message's content.

    Args:
        content: the content.
        field: the field of the body that it was read from.

    Raises:
        InvalidFieldError: the content is nested too deeply.
    """
    try:
        text = dumps(content)
    except MalformedMessageError as error:
        raise InvalidFieldError(field, f"{field} {TOO_DEEP}") from error
    # Few texts have so many brackets. Only those are measured.
    many = text.count(b"[") + text.count(b"{") > MOST_LEVELS
    if many and levels(content) > MOST_LEVELS:
        raise InvalidFieldError(field, f"{field} {TOO_DEEP}")
    return text
