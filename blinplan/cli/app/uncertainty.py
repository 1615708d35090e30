"""How far results move with the parameters: the options that several commands share."""

from typing import Annotated, Any, NamedTuple

import typer

from blinplan.api.ranges import SETS
from blinplan.api.vocabulary import PLAUSIBLE_SETS, SetsOf
from blinplan.refusal import Refusal

_PANEL = "Virtual patients"

PlausibleOption = Annotated[
    str | None,
    typer.Option(
        metavar="plausible",
        help="Run again with parameter sets that keep every claim of the article.",
        rich_help_panel=_PANEL,
    ),
]
UncertaintyOption = Annotated[
    str | None,
    typer.Option(
        metavar="plausible|SETS",
        help="Run again with parameter sets that keep every claim of the article (plausible), or with so"
        " many drawn within published standard errors. Data of patients have the plausible ones, with a column model.",
        rich_help_panel=_PANEL,
    ),
]


def sets_option(panel: str) -> Any:
    """The option `--sets`, where the help shows it on that panel."""
    return typer.Option(
        "--sets",
        metavar="K",
        min=SETS.least,
        max=SETS.most,
        help=f"How many plausible sets; {PLAUSIBLE_SETS} when not given.",
        rich_help_panel=panel,
    )


SetsOption = Annotated[int | None, sets_option(_PANEL)]


class WantedSets(NamedTuple):
    """How many parameter sets are wanted beside the shipped one, and where they come from."""

    number: int
    of: SetsOf


def read_uncertainty(text: str | None, sets: int | None, *, published: bool = True) -> WantedSets:
    """Read what the options ask for; published sets only where a command has them.

    Raises
    ------
    Refusal
        When they say nothing that there is.
    """
    if text == SetsOf.PLAUSIBLE.value:
        return WantedSets(PLAUSIBLE_SETS if sets is None else sets, SetsOf.PLAUSIBLE)
    if sets is not None:
        raise Refusal("--sets is how many plausible parameter sets are run", "add --uncertainty plausible")
    if text is None:
        return WantedSets(0, SetsOf.PUBLISHED)
    if published and text.isdecimal() and int(text) <= SETS.most:
        return WantedSets(int(text), SetsOf.PUBLISHED)
    number = f", or a number of sets up to {SETS.most:,}" if published else ""
    raise Refusal(f"--uncertainty {text!r} is not known", f"give plausible{number}")


def refuse_sets_of_nobody(sets: WantedSets, *, typical: bool) -> None:
    """Refuse parameter sets where there is no population that they could move.

    Raises
    ------
    Refusal
        When both are asked for.
    """
    if typical and sets.number:
        raise Refusal("--typical and --uncertainty contradict each other", "leave one of the two out")


def refuse_published_in_data(sets: WantedSets, *, has_data: bool) -> None:
    """Refuse sets within published standard errors where data of patients are asked for, which have no column for them.

    Raises
    ------
    Refusal
        When they are asked for.
    """
    if has_data and sets.number and sets.of is SetsOf.PUBLISHED:
        raise Refusal(
            "sets within published standard errors are shown at the terminal and in JSON, and no data have them",
            "leave --uncertainty out, or give plausible: data have a row under each plausible model",
        )
