"""The media type of a widget's buffer, where the widget's state says it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_comm_broker.protocol.widget import Step

UNKNOWN = "application/octet-stream"

_FAMILIES = {"ImageModel": "image", "AudioModel": "audio", "VideoModel": "video"}
"""Models whose ``value`` is the medium. A page takes their ``format`` for the subtype."""

_NAME = r"[A-Za-z0-9][A-Za-z0-9.+-]{0,60}"
_SUBTYPE = re.compile(_NAME)
_WHOLE = re.compile(f"{_NAME}/{_NAME}")


def media_type(model_name: str, state: Mapping[str, Any], path: Sequence[Step]) -> str:
    """
    Return the media type of a buffer.

    Args:
        model_name: the widget's ``_model_name``.
        state: the widget's state.
        path: the steps from the state to the buffer.

    Returns:
        The media type, or :data:`UNKNOWN` where the state does not say it.

    >>> media_type("ImageModel", {"format": "png"}, ["value"])
    'image/png'
    >>> media_type("ImageModel", {"format": "png; evil"}, ["value"])
    'application/octet-stream'
    """
    family, steps = _FAMILIES.get(model_name), list(path)
    if family is not None and steps == ["value"]:
        subtype = state.get("format")
        # With the format "url" the buffer holds a URL, not a medium.
        if isinstance(subtype, str) and _SUBTYPE.fullmatch(subtype) and subtype != "url":
            return f"{family}/{subtype}"
    if model_name == "FileUploadModel" and len(steps) == 3 and steps[::2] == ["value", "content"]:
        files, index = state.get("value"), steps[1]
        if isinstance(files, list) and isinstance(index, int) and index < len(files):
            told = files[index].get("type") if isinstance(files[index], dict) else None
            if isinstance(told, str) and _WHOLE.fullmatch(told):
                return told
    return UNKNOWN
