"""``blinplan new record``: the record of a course to go on with, from options or by asking."""

import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from blinplan.api.patient import AreaFormula
from blinplan.cli.app import completion
from blinplan.cli.app.options import ColourOption, terminal_of
from blinplan.cli.app.patient_options import AgeOption, Area, Height, Weight, figures
from blinplan.cli.app.plan_options import TimeZone
from blinplan.cli.new.scaffold_file import (
    STANDARD_OUTPUT,
    ScaffoldFile,
    refuse_what_is_missing,
    refuse_what_is_there,
    write,
)
from blinplan.terminal import Colour, Terminal

if TYPE_CHECKING:
    from blinplan.api.regimens.scaffold import NewFile

_NONE = "none"


def new_record(
    context: typer.Context,
    file: ScaffoldFile,
    regimen: Annotated[
        str | None,
        typer.Option(
            metavar="REGIMEN",
            help="The regimen that was begun: one that comes with blinplan, or a file beside the record.",
            autocompletion=completion.one_regimen,
        ),
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(metavar="DATE-TIME", help="When the first infusion began, as 2026-11-02T10:00."),
    ] = None,
    time_zone: TimeZone = None,
    weight: Weight = None,
    height: Height = None,
    bsa: Area = None,
    age: AgeOption = None,
    colour: ColourOption = Colour.AUTO,
) -> None:
    """Write the record of a course to go on with: asked step by step at a terminal, or from the options.

    Example: [bold]blinplan new record patient-7.toml --regimen rr-adult --start 2026-11-02T10:00 --time-zone
    Europe/Berlin --weight 70[/bold]

    How interruptions, bags, starts of cycles, new figures and the end are written is in the file as comments, with an
    example each. A file that is there is not replaced.
    """
    from blinplan.api.regimens.meant import which_is_meant_beside

    terminal = terminal_of(context)
    refuse_what_is_there(file)
    known = _KnownCourse(file, regimen, start, time_zone, weight, height, bsa, age)
    if known.missing and terminal.is_answered:
        known = _ask(known, terminal)
    refuse_what_is_missing(known.missing, "record")
    if (told := which_is_meant_beside(file, known.regimen or "")) is not None:
        terminal.tell(told)
    named = shlex.quote(known.regimen or "")
    zone = " --time-zone UTC" if known.time_zone is None else ""  # a start with an offset: a plan needs a zone besides
    write(known.draft(), file, f"blinplan plan {named} --record {shlex.quote(file)}{zone}", terminal)


@dataclass(frozen=True, slots=True)
class _KnownCourse:
    """What is known of a course: from options, and from answers."""

    file: str
    regimen: str | None
    start: str | None
    time_zone: str | None
    weight: str | None
    height: str | None
    bsa: str | None
    age: str | None

    @property
    def missing(self) -> tuple[str, ...]:
        """The options without which there is no record."""
        needed = {"--regimen": self.regimen, "--start": self.start}
        return tuple(option for option, text in needed.items() if text is None)

    def draft(self) -> "NewFile":
        """The record, with any regimen and start where nobody said yet which."""
        from blinplan.api.regimens.scaffold import new_record as record

        zone = "UTC" if self.start is None and self.time_zone is None else self.time_zone
        return record(
            self.regimen or "rr-adult",
            self.start or "2026-11-02T10:00",
            time_zone=zone,
            patient=figures(self.weight, self.height, self.bsa, AreaFormula.MOSTELLER, self.age),
            beside="." if self.file == STANDARD_OUTPUT else Path(self.file).parent,
        )


def _ask(known: _KnownCourse, terminal: Terminal) -> _KnownCourse:
    """Ask for everything that the options do not say."""
    from blinplan.cli.new.answers import Question, begin_asking

    answer = begin_asking(terminal)
    for field, asks, allows, default in _QUESTIONS:
        if getattr(known, field) is None:
            known = answer(Question(asks, allows, default, _taking(known, field)))
    terminal.say("")
    return known


_QUESTIONS = (
    ("regimen", "Which regimen was begun?", "a name that `blinplan regimens` lists, or a file beside the record", None),
    ("time_zone", "In which time zone?", "such as Europe/Berlin", None),
    ("start", "When did the first infusion begin?", "a date and time, as 2026-11-02T10:00", None),
    ("weight", "What did the patient weigh, in kg?", f"a number, or {_NONE}", _NONE),
    ("height", "How tall is the patient, in cm?", f"a number, or {_NONE}", _NONE),
    ("age", "How old is the patient?", f"completed years, or the date of birth as 2009-05-17; or {_NONE}", _NONE),
)
"""By the field that each fills: what is asked, what it allows, and its default."""


def _taking(known: _KnownCourse, field: str) -> Callable[[str], _KnownCourse]:
    def take(text: str) -> _KnownCourse:
        if text.lower() == _NONE:
            return known
        changed = replace(known, **{field: text})
        changed.draft()
        return changed

    return take
