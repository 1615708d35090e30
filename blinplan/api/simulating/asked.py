"""Which endpoints are asked for: by their keys, in one's own words, and by which days."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from blinplan.refusal import ArgumentRefusal, Refusal, several

if TYPE_CHECKING:
    from blinplan.simulation.endpoints.asked import AskedEndpoints, UnknownEndpointError

MOST_DAYS = 1_000
"""By so many days shares are asked for: each is a row of several tables, and more take longer than anybody waits."""


def asked_endpoints(texts: Sequence[str], by_day: Sequence[float] = ()) -> "AskedEndpoints":
    """Tell keys and one's own words apart: a key is one word in small letters, and they are several.

    One text stands for itself, and not for its letters.

    Raises
    ------
    Refusal
        When a text says no endpoint, or there are no days, or too many.
    """
    from blinplan.simulation.endpoints.asked import AskedEndpoints
    from blinplan.simulation.endpoints.wording import EndpointError, read_endpoint

    keys, own = [], []
    for text in (texts,) if isinstance(texts, str) else several("endpoints", texts):
        if not isinstance(text, str):
            advice = 'name an endpoint by its key, or write one as "IL-6 above 100 pg/mL in cycle 1"'
            raise ArgumentRefusal("{endpoints} has {value}", advice, value=repr(text)[:40])
        if is_key(text):
            keys.append(text)
            continue
        try:
            own.append(read_endpoint(text))
        except EndpointError as error:
            raise Refusal(f"endpoint {text[:80]!r}: {error.message}", error.advice) from error
    try:
        days = tuple(sorted({float(day) for day in several("by_day", by_day)}))
    except (TypeError, ValueError) as error:
        raise ArgumentRefusal(
            "{by_day} is {value}", "give days in a list: [2, 7, 28]", value=repr(by_day)[:40]
        ) from error
    if len(days) > MOST_DAYS:
        raise ArgumentRefusal("{by_day} names {count:,} days", f"name at most {MOST_DAYS:,}", count=len(days))
    return AskedEndpoints(tuple(keys), tuple(dict.fromkeys(own)), days)


def is_key(text: str) -> bool:
    """Whether a text is like a key, of an endpoint or of none."""
    return text.replace("_", "").replace(".", "").isalnum() and text.isascii()


def unknown_endpoint(error: "UnknownEndpointError") -> Refusal:
    """What to say of a key that there is not: the nearest one, and all."""
    from difflib import get_close_matches

    near = get_close_matches(error.key.lower(), error.known, 1, 0.5)
    meant = f"did you mean {near[0]}? " if near else ""
    return ArgumentRefusal(
        "{endpoints} has {key}, which is no endpoint of this simulation",
        f"{meant}its endpoints are {', '.join(error.known)}",
        key=repr(error.key[:60]),
    )
