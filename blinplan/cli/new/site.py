"""``blinplan new site``: the profile of a ward to fill in, from options or by asking."""

import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

import typer

from blinplan.api.vocabulary import LabelName
from blinplan.cli.app import completion
from blinplan.cli.app.options import ColourOption, terminal_of
from blinplan.cli.new.scaffold_file import ScaffoldFile, refuse_what_is_missing, refuse_what_is_there, write
from blinplan.terminal import Colour, Terminal

if TYPE_CHECKING:
    from blinplan.api.regimens.scaffold import NewFile

_NONE = "none"
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def new_site(
    context: typer.Context,
    file: ScaffoldFile,
    name: Annotated[str | None, typer.Option(metavar="TEXT", help="What the site or ward is called.")] = None,
    bag: Annotated[
        list[str] | None,
        typer.Option(
            metavar="HOURS[=ML]",
            help="A bag that the site prepares: its hours, and what it is filled with in mL where that is known, as"
            " 24=250. Repeat for the next.",
        ),
    ] = None,
    time_zone: Annotated[
        str | None,
        typer.Option(
            "--time-zone",
            "--zone",
            metavar="ZONE",
            help="The site's time zone, as Europe/Berlin.",
            autocompletion=completion.time_zones,
        ),
    ] = None,
    change_time: Annotated[
        str | None, typer.Option(metavar="TIME", help="The time of day at which bags are changed, as 10:00.")
    ] = None,
    closed: Annotated[
        list[str] | None,
        typer.Option(metavar="DAY", help="A day of the week without a change, as saturday. Repeat for the next."),
    ] = None,
    prepared_hours_before: Annotated[
        int | None, typer.Option(metavar="HOURS", help="Whole hours from preparation to the start of a bag.")
    ] = None,
    label: Annotated[
        LabelName | None, typer.Option(help="The label whose words on bags and vials stand there as comments.")
    ] = None,
    colour: ColourOption = Colour.AUTO,
) -> None:
    """Write the profile of a site to fill in: asked step by step at a terminal, or from the options.

    Example: [bold]blinplan new site ward.toml --name "Ward 7" --zone Europe/Berlin --bag 24=250 --bag 96[/bold]

    What nobody said is in the file as a comment, and never made up. A file that is there is not replaced.
    """
    terminal = terminal_of(context)
    refuse_what_is_there(file)
    known = _KnownSite(
        name,
        tuple(bag or ()),
        time_zone,
        change_time,
        tuple(closed or ()),
        prepared_hours_before,
        None if label is None else label.value,
    )
    if known.missing and terminal.is_answered:
        known = _ask(known, terminal)
    refuse_what_is_missing(known.missing, "site")
    write(known.draft(), file, f"blinplan plan rr-adult {known.start} --site {shlex.quote(file)} --view bags", terminal)


@dataclass(frozen=True, slots=True)
class _KnownSite:
    """What is known of a site: from options, and from answers."""

    name: str | None
    bags: tuple[str, ...]
    time_zone: str | None
    change_time: str | None
    closed: tuple[str, ...]
    prepared_hours_before: int | None
    label: str | None

    @property
    def missing(self) -> tuple[str, ...]:
        """The options without which there is no profile."""
        return (*(("--name",) if self.name is None else ()), *(() if self.bags else ("--bag",)))

    @property
    def start(self) -> str:
        """A start to look at the bags from: on an open day at the site's hour, by its clock where it has one."""
        monday = 2
        day = next((monday + number for number, name in enumerate(_WEEK) if name not in self.closed), monday)
        zone = "Z" if self.time_zone is None else ""
        return f"--start 2026-11-{day:02}T{self.change_time or '10:00'}{zone}"

    def draft(self) -> "NewFile":
        """The profile, of a ward and with a bag of any kind where nobody said of which yet."""
        from blinplan.api.regimens.scaffold import new_site as site

        return site(
            self.name or "-",
            self.bags or ("24",),
            time_zone=self.time_zone,
            change_time=self.change_time,
            closed=self.closed,
            prepared_hours_before=self.prepared_hours_before,
            label=self.label,
        )


def _ask(known: _KnownSite, terminal: Terminal) -> _KnownSite:
    """Ask for everything that the options do not say."""
    from blinplan.cli.new.answers import Question, begin_asking

    answer = begin_asking(terminal)
    known.draft()  # what cannot be is refused before anything is asked

    def taker(change: Callable[[str], _KnownSite]) -> Callable[[str], _KnownSite]:
        def take(text: str) -> _KnownSite:
            if text.lower() == _NONE:
                return known
            changed = change(text)
            changed.draft()
            return changed

        return take

    if known.name is None:
        known = answer(
            Question("What is the ward called?", "", None, lambda text: _draftable(replace(known, name=text)))
        )
    if not known.bags:
        allows = "their hours, with what they are filled with in mL where that is known: 24=250, 96"
        known = answer(
            Question(
                "Which bags are prepared?", allows, None, lambda text: _draftable(replace(known, bags=_words(text)))
            )
        )
    if known.time_zone is None:
        allows = f"such as Europe/Berlin, or {_NONE}"
        known = answer(
            Question("In which time zone?", allows, _NONE, taker(lambda text: replace(known, time_zone=text)))
        )
    if known.change_time is None:
        allows = f"such as 10:00, or {_NONE}"
        asks = "At what time of day are bags changed?"
        known = answer(Question(asks, allows, _NONE, taker(lambda text: replace(known, change_time=text))))
    if not known.closed:
        allows = f"such as saturday, sunday, or {_NONE}"
        asks = "On which days of the week is no bag changed?"
        known = answer(Question(asks, allows, _NONE, taker(lambda text: replace(known, closed=_words(text.lower())))))
    terminal.say("")
    return known


def _draftable(known: _KnownSite) -> _KnownSite:
    known.draft()
    return known


def _words(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.replace(";", ",").split(",") if part.strip())
