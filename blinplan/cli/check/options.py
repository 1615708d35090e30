"""The texts of the options of ``blinplan check`` as values."""

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from blinplan.api.checking.check import CheckFormat, FailOn, split
from blinplan.files.of_a_run import claim
from blinplan.refusal import Refusal
from blinplan.terminal import Terminal

if TYPE_CHECKING:
    from blinplan.api.checking.waive import WantedWaiver
    from blinplan.api.patient import Patient


class CheckOptions(NamedTuple):
    """The command line of a check, as it was typed; what was not given is None."""

    paths: Sequence[str] | None
    select: Sequence[str] | None
    extend_select: Sequence[str] | None
    ignore: Sequence[str] | None
    severity: Sequence[str] | None
    patient: str | None
    site: str | None
    start: str | None
    time_zone: str | None
    today: str | None
    fail_on: FailOn | None
    baseline: str | None
    write_baseline: str | None
    simulated: bool | None
    patients: int | None
    seed: int | None
    no_cache: bool
    uncertainty: str | None
    sets: int | None
    scheduler: str | None
    fix: bool
    diff: bool
    add_waiver: str | None
    reason: str | None
    expires: str | None
    output_format: CheckFormat
    reports: Sequence[str] | None
    statistics: bool
    stdin_filename: str | None
    verbose: bool
    terminal: Terminal
    config: str | None
    isolated: bool
    show_settings: bool
    allow_empty: bool
    exclude: Sequence[str] | None
    respect_gitignore: bool | None
    force_exclude: bool | None
    since: str | None

    @property
    def summary(self) -> Path | None:
        """The summary of a CI job on GitHub, where annotations for it are asked for in one."""
        named = os.environ.get("GITHUB_STEP_SUMMARY") if self.output_format is CheckFormat.GITHUB else None
        return Path(named) if named else None


def claim_summary(options: CheckOptions) -> None:
    """Say that the summary of a CI job will be added to, where there is one, before anything is read.

    Raises
    ------
    Refusal
        When it is another output of the run.
    """
    if options.summary is not None:
        claim(options.summary, adds=True)


def read_day(text: str | None) -> date:
    """The date that a run goes by: the one asked for, or the present day."""
    if text is None:
        return date.today()  # noqa: DTZ011 - the user's own day, not a moment in time
    return _date(text, "--today")


def _date(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(f"{option} is {text[:40]!r}", "give a date as 2027-06-30") from None


def read_waiver(options: CheckOptions, today: date) -> "WantedWaiver | None":
    """What is to be waived; None where nothing is."""
    if options.add_waiver is None:
        return None
    if options.fix:
        raise Refusal("--add-waiver and --fix are two changes", "make one after the other")
    # Imported here, because most checks waive nothing.
    from blinplan.api.checking.waive import wanted_waiver

    last_day = None if options.expires is None else _date(options.expires, "--expires")
    return wanted_waiver(options.add_waiver, options.reason, last_day, today)


_FIGURES = ("weight", "height", "bsa", "age")
_ALLOWED = "give weight=KG, height=CM, bsa=M2 or age=AGE, each once, with commas between"


def read_figures(text: str | None) -> "Patient | None":
    """Read the figures of a patient, such as ``weight=38,height=140``."""
    if text is None:
        return None
    # Imported here, because a check for nobody in particular does not wait for it.
    from blinplan.api.patient import AreaFormula
    from blinplan.cli.app.patient_options import patient_of

    figures: dict[str, str] = {}
    for part in split([text]):
        name, found, value = part.partition("=")
        if name not in _FIGURES or not found or name in figures:
            raise Refusal(f"--patient has {part[:40]!r}", _ALLOWED)
        figures[name] = value
    if not figures:
        raise Refusal("--patient says nothing", _ALLOWED)
    weight, height, area, age = (figures.get(name) for name in _FIGURES)
    options = ("--patient weight", "--patient height", "--patient bsa", "--patient age")
    return patient_of(weight, height, area, AreaFormula.MOSTELLER, age, options)


class ReportFile(NamedTuple):
    """A report to write beside what is shown."""

    output_format: CheckFormat
    path: Path


def read_reports(texts: Sequence[str] | None) -> tuple[ReportFile, ...]:
    """Read the reports that are asked for, such as ``sarif=out.sarif``; each has a path of its own."""
    found = []
    for text in texts or ():
        name, _, path = text.partition("=")
        if name not in set(CheckFormat) or not path:
            raise Refusal(f"--report is {text[:60]!r}", f"give FORMAT=PATH, with a format of {', '.join(CheckFormat)}")
        found.append(ReportFile(CheckFormat(name), Path(path)))
    return tuple(found)
