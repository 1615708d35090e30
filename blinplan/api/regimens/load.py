"""Read regimens."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from blinplan.api.regimens.meant import name_in
from blinplan.course.patient import Patient, PatientError
from blinplan.label.read import DEFAULT
from blinplan.quantities import plural
from blinplan.refusal import ArgumentRefusal, Refusal
from blinplan.regimen.find import FileSource, NotFound, argument_beside, find_one, read_beside
from blinplan.regimen.reading import FaultyFile, Reading, RecordFile, RegimenError, RegimenFile, SiteFile
from blinplan.regimen.regimen import Regimen

if TYPE_CHECKING:
    from rich.console import RenderableType

    from blinplan.course.eligibility import Choice
    from blinplan.regimen.record.record import CourseRecord
    from blinplan.regimen.site.site import Site
    from blinplan.rules.rule import Finding
    from blinplan.terminal import Screen


__all__ = [
    "FaultyFile",
    "RegimenError",
    "beside",
    "choose_for",
    "errors_among",
    "faults_report",
    "findings_in",
    "load",
    "read_record",
    "read_regimen",
    "read_site",
    "refuse_what_cannot_be_given",
    "regimen_file",
    "site_given",
]
PUBLIC = ("RegimenError", "load")


def load(source: str | Path) -> Regimen:
    """Read a regimen from a file, or a shipped one by its name.

    >>> from blinplan import load
    >>> load("rr-adult").title
    'Relapsed or refractory B-cell precursor ALL, 45 kg and over'

    Raises
    ------
    Refusal
        When there is no such file or shipped regimen, or it is a course record or a site profile.
    RegimenError
        When the file is not a regimen; it is a `Refusal` too.
    """
    return read_regimen(name_in(source))[0]


def read_regimen(name: str) -> tuple[Regimen, RegimenFile]:
    """Read the one regimen that a name or a path stands for.

    Raises
    ------
    Refusal
        When there is no such regimen, or the file has errors: `RegimenError`, which has them all.
    """
    found = find_one(name)
    reading = found if isinstance(found, NotFound) else found.read()
    if isinstance(reading, NotFound):
        raise Refusal(reading.message, reading.help)
    file = regimen_file(reading)
    return file.regimen, file


def regimen_file(reading: Reading) -> RegimenFile:
    """What was read as a regimen.

    Raises
    ------
    Refusal
        When it holds something else, or has errors: `RegimenError`, which has them all.
    """
    if isinstance(reading, RecordFile | SiteFile):
        import shlex  # for a refusal alone
    if isinstance(reading, RecordFile):
        name = reading.document.name
        words = shlex.join(["blinplan", "plan", argument_beside(name, reading.record.regimen), "--record", name])
        raise Refusal(f"{name} is a course record, not a regimen", f"plan it with: {words}")
    if isinstance(reading, SiteFile):
        raise Refusal(
            f"{reading.document.name} is a site profile, not a regimen",
            f"name a regimen, and give the profile to it with --site {shlex.quote(reading.document.name)}",
        )
    if isinstance(reading, FaultyFile):
        count = len(reading.problems)
        raise RegimenError(
            f"{reading.document.name} is not a regimen: {count} {plural('error', count)}",
            "correct what is shown above; `blinplan check` shows it too",
            reading,
        )
    return reading


def choose_for(regimen: Regimen, reading: Reading, patient: Patient) -> "Choice":
    """Take the regimen for a patient's weight: the one asked for, or the one it names for other weights."""
    from blinplan.course.eligibility import choose

    try:
        return choose(regimen, patient, lambda name: beside(reading, name))
    except PatientError as error:
        raise Refusal(str(error), "give the patient's own figures, or name a regimen for such a patient") from error


def beside(reading: Reading, name: str) -> Reading:
    """Read the regimen of that name from the folder of the file itself, or else the shipped one."""
    found = read_beside(reading.document.name, name)
    if found is None:
        raise KeyError(name)
    return found


def findings_in(reading: Reading, label: str = DEFAULT) -> "tuple[Finding, ...]":
    """What rules find in a regimen without simulating it."""
    from blinplan.rules.configuration.settings import Settings
    from blinplan.rules.judge import judge

    return tuple(judge(reading, date.min, None, Settings(label=label)).findings)


def errors_among(findings: "Iterable[Finding]") -> tuple[str, ...]:
    """The errors among what rules find, a line each."""
    from blinplan.rules.rule import Severity

    return tuple(f"{one.code}: {_in_plain_words(one)}." for one in findings if one.severity is Severity.ERROR)


def _in_plain_words(finding: "Finding") -> str:
    """What a finding says; what its rule says, where it quotes marks that a calendar or Markdown takes for its own."""
    from blinplan.rules.catalogue import CATALOGUE

    quotes_marks = not finding.message.isprintable() or set(finding.message) & set("<>[]`\\")
    return CATALOGUE[finding.code].sentence.removesuffix(".") if quotes_marks else finding.message


def refuse_what_cannot_be_given(reading: Reading, label: str = DEFAULT) -> "tuple[Finding, ...]":
    """Refuse a regimen in which a binding rule finds something: a unit slip, an intermittent infusion.

    What the other rules find is returned.
    """
    from blinplan.rules.catalogue import CATALOGUE

    found = findings_in(reading, label)
    first = next((one for one in found if CATALOGUE[one.code].binding), None)
    if first is not None:
        raise Refusal(f"{reading.document.name}: {first.code}: {first.message}", first.help)
    return found


def faults_report(faulty: RegimenError, screen: "Screen") -> "list[RenderableType]":
    """Draw everything that is wrong with a file."""
    from blinplan.reports.check.findings import each_finding
    from blinplan.rules.judge import judge

    return list(each_finding(judge(faulty.reading, date.min, None), screen))


def _read_file(path: Path) -> Reading:
    """Read a file that an option names; raises `Refusal` when there is none."""
    reading = FileSource(path, path.as_posix()).read()
    if isinstance(reading, NotFound):
        raise Refusal(reading.message, reading.help)
    return reading


def _something_else(path: str | Path, kind: str, called: str, reading: Reading) -> Refusal:
    """What to say of a file that is not of the kind that is asked for."""
    shown = "correct what is shown above" if isinstance(reading, FaultyFile) else "the file is something else"
    message = f"{path} is not a {called}"
    advice = f"{shown}; such a file begins with `{kind} = 1`, and `blinplan schema {kind}` prints what it holds"
    if isinstance(reading, FaultyFile):
        return RegimenError(message, advice, reading)
    return Refusal(message, advice)


def read_record(path: str | Path) -> "tuple[CourseRecord, Reading]":
    """Read a course record; raises `Refusal` when there is none at the path."""
    reading = _read_file(Path(path))
    if not isinstance(reading, RecordFile):
        raise _something_else(path, "record", "course record", reading)
    return reading.record, reading


def site_given(site: "str | Path | Site | None") -> "Site | None":
    """The profile of a site that is given, or stands at the path that is given.

    Raises
    ------
    Refusal
        As `read_site`, and when what is given is neither.
    """
    if site is None or isinstance(site, str | Path):
        return None if site is None else read_site(site)
    from blinplan.regimen.site.site import Site

    if not isinstance(site, Site):
        raise ArgumentRefusal("{site} is {value}, which is no profile", "give its path", value=repr(site)[:40])
    return site


def read_site(path: str | Path) -> "Site":
    """Read the profile of a site; raises `Refusal` when there is none at the path, or it cannot be right."""
    reading = _read_file(Path(path))
    if not isinstance(reading, SiteFile):
        raise _something_else(path, "site", "site profile", reading)
    return reading.site
