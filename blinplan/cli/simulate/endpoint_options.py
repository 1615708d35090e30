"""Which endpoints a simulation is asked for, as the texts of options say it."""

import re
from collections.abc import Sequence
from typing import Annotated, NamedTuple

import typer

from blinplan.api.simulating.asked import is_key
from blinplan.refusal import Refusal

_ENDPOINTS = "Endpoints"
_DAY = re.compile(r"[0-9]{1,5}(?:\.[0-9]{1,6})?")

EndpointKeys = Annotated[
    list[str] | None,
    typer.Option(
        "--endpoints",
        metavar="KEYS",
        help="Only these endpoints, by their keys, with commas; blinplan-endpoints(7) has them all.",
        rich_help_panel=_ENDPOINTS,
    ),
]
OwnEndpoints = Annotated[
    list[str] | None,
    typer.Option(
        "--endpoint",
        metavar="TEXT",
        help='One of your own, such as "IL-6 above 100 pg/mL in cycle 1"; repeatable.',
        rich_help_panel=_ENDPOINTS,
    ),
]
ByDay = Annotated[
    list[str] | None,
    typer.Option(
        "--by-day",
        metavar="DAYS",
        help="Shares of patients who have got somewhere by these days, with commas: 2,7,28.",
        rich_help_panel=_ENDPOINTS,
    ),
]


class EndpointTexts(NamedTuple):
    """The endpoints that are asked for, by their keys and in one's own words, and days by which shares are."""

    texts: tuple[str, ...]
    days: tuple[float, ...]


def read_endpoint_options(
    keys: Sequence[str] | None,
    own: Sequence[str] | None,
    days: Sequence[str] | None,
    *,
    typical: bool,
    curves: str | None,
) -> EndpointTexts:
    """Read what the options ask for, of the typical patient alone; ``curves`` is the option by which data has none.

    Raises
    ------
    Refusal
        When the options contradict each other, or one of them cannot be.
    """
    asked = EndpointTexts(_endpoint_texts(keys, own), _days_of(days))
    if curves is not None and any(asked):
        raise Refusal(f"{curves} writes no endpoints", f"leave {curves} out, or all that asks for endpoints")
    if typical and asked.days:
        raise Refusal("--by-day asks for shares of patients, and --typical has one", "leave one of the two out")
    return asked


def _endpoint_texts(keys: Sequence[str] | None, own: Sequence[str] | None) -> tuple[str, ...]:
    """The endpoints that are asked for, each option with what it is for.

    Raises
    ------
    Refusal
        When one option has what the other is for, or nothing.
    """
    named = [key.strip() for text in keys or () for key in text.split(",")]
    for key in named:
        if not key:
            raise Refusal("--endpoints has an empty key", "give keys with commas between them")
        if not is_key(key):
            raise Refusal(f"--endpoints has {key[:60]!r}, which is no key", "--endpoint takes one of your own words")
    for text in own or ():
        if is_key(text):
            advice = 'write it as "IL-6 above 100 pg/mL in cycle 1"; keys go to --endpoints'
            raise Refusal(f"--endpoint has {text[:60]!r}, which compares nothing", advice)
    return (*named, *(own or ()))


def _days_of(texts: Sequence[str] | None) -> tuple[float, ...]:
    """Days with commas between them.

    Raises
    ------
    Refusal
        When one of them is no number.
    """
    asked = [day.strip() for text in texts or () for day in text.split(",")]
    for day in asked:
        if not _DAY.fullmatch(day):
            raise Refusal(f"--by-day has {day[:40]!r}, which is no day", "give days with commas between them: 2,7,28")
    return tuple(map(float, asked))
