"""The one way by which a JSON document that somebody gives is read: what cannot be one is told so, whatever it is."""

import json
from typing import Any


class NoJsonError(ValueError):
    """A text that is no JSON document, or that is nested deeper than any of ours."""


def json_of(text: str | bytes) -> Any:
    """Read a JSON document.

    Raises
    ------
    NoJsonError
        When it is none, or is nested too deep to be read.
    """
    try:
        return json.loads(text)
    except RecursionError as error:
        raise NoJsonError("it is not JSON: nested too deep") from error
    except ValueError as error:
        raise NoJsonError(f"it is not JSON: {error}") from error


def json_object_of(text: str | bytes) -> dict[str, Any]:
    """Read a JSON document that is an object.

    Raises
    ------
    NoJsonError
        When it is none.
    """
    found = json_of(text)
    if not isinstance(found, dict):
        raise NoJsonError("it is not a JSON object")
    return found
