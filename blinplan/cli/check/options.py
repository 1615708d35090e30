"""The options of ``blinplan check`` as values, and what they leave to a configuration file."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

from blinplan.cli.app.options import given_patient
from blinplan.course.patient import AreaFormula, Patient
from blinplan.refusal import Refusal
from blinplan.regimen.find import FileSource
from blinplan.reports.check.formats import CheckFormat
from blinplan.rules.configuration.configuration import DEFAULT, Configuration, ConfigurationError, nearest
from blinplan.rules.configuration.patterns import in_order, pattern_fault, severity_fault
from blinplan.rules.configuration.settings import FailOn, Pattern, Settings, Severities
from blinplan.rules.rule import Severity
from blinplan.writing import refuse_unwritable


@dataclass(frozen=True, slots=True)
class Choice:
    """What the command line says about the rules; it goes before what a configuration says.

    A selection replaces the configuration's choice of rules; without one, both are heard.
    """

    select: tuple[Pattern, ...] | None
    extend_select: tuple[Pattern, ...]
    ignore: tuple[Pattern, ...]
    severities: tuple[Severities, ...]

    def over(self, settings: Settings) -> Settings:
        """The settings with what the command line says put before them."""
        severities = (*settings.severities, *self.severities)
        if self.select is not None:
            return replace(
                settings,
                select=self.select,
                extend_select=self.extend_select,
                ignore=self.ignore,
                severities=severities,
            )
        return replace(
            settings,
            extend_select=(*settings.extend_select, *self.extend_select),
            ignore=(*settings.ignore, *self.ignore),
            severities=severities,
        )


def choice(
    select: Sequence[str] | None,
    extend_select: Sequence[str] | None,
    ignore: Sequence[str] | None,
    severity: Sequence[str] | None,
) -> Choice:
    """Read the options that choose and weigh rules.

    Raises
    ------
    Refusal
        When one names no rule, or takes away what cannot be taken away.
    """
    return Choice(
        None if select is None else _patterns("--select", select),
        _patterns("--extend-select", extend_select or ()),
        _patterns("--ignore", ignore or (), leaves_out=True),
        in_order(_severity(text) for text in _split(severity or ())),
    )


def _split(texts: Iterable[str]) -> list[str]:
    return [part.strip() for text in texts for part in text.split(",") if part.strip()]


def _patterns(option: str, texts: Sequence[str], *, leaves_out: bool = False) -> tuple[Pattern, ...]:
    patterns = tuple(_pattern(text, option) for text in _split(texts))
    if texts and not patterns:
        raise Refusal(f"{option} names no rule", "give codes, beginnings of codes, names or ALL")
    for pattern in patterns:
        if (fault := pattern_fault(pattern, leaves_out=leaves_out)) is not None:
            raise Refusal(f"{option}: {fault[0]}", fault[1])
    return patterns


def _pattern(text: str, option: str) -> Pattern:
    code = text.upper() if re.fullmatch(r"[A-Za-z]([0-9]{0,3})|all", text) else text
    return Pattern(code, f"by {option}")


def _severity(text: str) -> Severities:
    code, _, level = text.partition("=")
    if level.lower() not in set(Severity):
        raise Refusal(f"--severity is {text[:40]!r}", "give a code and error, warning or note, as D205=note")
    chosen = Severities(_pattern(code.strip(), "--severity"), Severity(level.lower()))
    if (fault := severity_fault(chosen)) is not None:
        raise Refusal(f"--severity: {fault[0]}", fault[1])
    return chosen


def asked_date(text: str | None) -> date:
    """The date that a run goes by: the one asked for, or the present day."""
    if text is None:
        return date.today()  # noqa: DTZ011 - the user's own day, not a moment in time
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(f"--today is {text[:40]!r}", "give a date as 2027-06-30") from None


_FIGURES = ("weight", "height", "bsa")


def asked_patient(text: str | None) -> Patient | None:
    """Read the figures of a patient, such as ``weight=38,height=140``."""
    if text is None:
        return None
    figures: dict[str, str] = {}
    for part in _split([text]):
        name, found, value = part.partition("=")
        if name not in _FIGURES or not found or name in figures:
            raise Refusal(
                f"--patient has {part[:40]!r}", "give weight=KG, height=CM or bsa=M2, each once, with commas between"
            )
        figures[name] = value
    if not figures:
        raise Refusal("--patient says nothing", "give weight=KG, height=CM or bsa=M2, with commas between")
    options = ("--patient weight", "--patient height", "--patient bsa")
    return given_patient(
        figures.get("weight"), figures.get("height"), figures.get("bsa"), AreaFormula.MOSTELLER, options
    )


class ReportFile(NamedTuple):
    """A report to write beside what is shown."""

    output_format: CheckFormat
    path: Path


def asked_reports(texts: Sequence[str] | None) -> tuple[ReportFile, ...]:
    """Read the reports that are asked for, such as ``sarif=out.sarif``; each needs a path of its own."""
    found: dict[Path, ReportFile] = {}
    for text in texts or ():
        name, _, path = text.partition("=")
        if name not in set(CheckFormat) or not path:
            raise Refusal(f"--report is {text[:60]!r}", f"give FORMAT=PATH, with a format of {', '.join(CheckFormat)}")
        place = Path(path).resolve()
        if place in found:
            raise Refusal(f"two reports would be written to {path}", "give each report a path of its own")
        refuse_unwritable(Path(path))
        found[place] = ReportFile(CheckFormat(name), Path(path))
    return tuple(found.values())


class Setting(NamedTuple):
    """A value that a run goes by, and who set it."""

    value: object
    origin: str


class RunSettings(NamedTuple):
    """How a run goes: from the command line, else the configuration of the current folder, else the program."""

    fail_on: FailOn
    simulate: bool
    patients: int
    seed: int
    baseline: Path | None
    site: Path | None
    origins: tuple[tuple[str, Setting], ...]


def run_settings(
    configuration: Configuration,
    fail_on: FailOn | None,
    simulate: bool | None,
    patients: int | None,
    seed: int | None,
    baseline: str | None,
    site: str | None,
) -> RunSettings:
    """Settle how a run goes."""
    written = dict(configuration.origins)
    origins = []

    def settled(name: str, option: object, configured: object, default: object) -> object:
        value, origin = (
            (option, f"--{name}")
            if option is not None
            else (configured, written[name])
            if configured is not None
            else (default, "default")
        )
        origins.append((name, Setting(value, origin)))
        return value

    return RunSettings(
        FailOn(str(settled("fail-on", fail_on, configuration.fail_on, FailOn.ERROR))),
        bool(settled("simulate", simulate, configuration.simulate, True)),
        int(str(settled("patients", patients, configuration.patients, 1000))),
        int(str(settled("seed", seed, configuration.seed, 1))),
        Path(str(path)) if (path := settled("baseline", baseline, configuration.baseline, None)) else None,
        Path(str(path)) if (path := settled("site", site, configuration.site, None)) else None,
        tuple(origins),
    )


class Configurations:
    """Which configuration holds for which file: the one asked for, none, or the nearest."""

    def __init__(self, named: str | None, *, isolated: bool) -> None:
        if named is not None and isolated:
            raise Refusal("--config and --isolated contradict each other", "give one of the two")
        self._only = DEFAULT if isolated else None if named is None else self._load(Path(named))

    def of_run(self, sources: Sequence[FileSource]) -> Configuration:
        """The configuration that decides how the run goes: that of the current folder, or the one all files share."""
        here = self._only or self._nearest(Path.cwd())
        shared = {one.path: one for one in map(self.of, sources)}
        return next(iter(shared.values())) if here.path is None and len(shared) == 1 else here

    def of(self, source: FileSource) -> Configuration:
        """The configuration that a file is judged by; for shipped regimens, that of the current folder."""
        if self._only is not None:
            return self._only
        path = source.path if source.own else None
        if path is None:
            named = Path(source.name)
            path = named if source.path is None and named.parent.is_dir() else Path.cwd() / "x"
        return self._nearest(path.resolve().parent)

    def settings_of(self, source: FileSource) -> Settings:
        """The settings that a file is judged by, before the command line is heard."""
        return self.of(source).settings_for(source.path if source.own and source.path else Path(source.name))

    def _nearest(self, folder: Path) -> Configuration:
        try:
            return nearest(folder)
        except ConfigurationError as error:
            raise _refused(error) from error

    def _load(self, path: Path) -> Configuration:
        from blinplan.rules.configuration.file import load

        try:
            return load(path) or DEFAULT
        except ConfigurationError as error:
            raise _refused(error) from error


def _refused(error: ConfigurationError) -> Refusal:
    """All that is wrong with a configuration, the last of it as the error."""
    *others, last = (Refusal(f"{fault.where}: {fault.message}", fault.help) for fault in error.faults)
    return Refusal(last.message, last.advice, tuple(others))
