"""What is due today and tomorrow over several patients, from the plans and records in a folder."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blinplan.api.day import day_given
from blinplan.api.kinds import with_kinds
from blinplan.api.planning.plan import Plan, plan
from blinplan.api.planning.planned import document_of
from blinplan.api.ranges import DUE_DAYS
from blinplan.api.regimens.load import site_given
from blinplan.api.vocabulary import TableFormat, TableOrJson, View, word_of
from blinplan.data_table import table_html
from blinplan.files.inputs import input_text, reason_of
from blinplan.files.json_document import NoJsonError, json_of
from blinplan.refusal import ArgumentRefusal, Refusal
from blinplan.regimen.find import FileSource, NotFound, which_is_meant_beside
from blinplan.regimen.reading import FaultyFile, RecordFile, SiteFile
from blinplan.reports.agenda.agenda import DueItem, PatientDays, patient_days
from blinplan.reports.agenda.report import Agenda, UnreadPlan, agenda_json, agenda_report
from blinplan.terminal import PLAIN, Screen

if TYPE_CHECKING:
    from blinplan.regimen.site.site import Site

PUBLIC = ("AgendaResult", "agenda")

_CONFIGURATION = frozenset({"blinplan.toml", "pyproject.toml"})


@dataclass(frozen=True, slots=True, repr=False)
class AgendaResult:
    """What is due over several patients, and which regimens their records mean where a shipped one has the name too."""

    agenda: Agenda
    meant: tuple[str, ...] = ()

    @property
    def due(self) -> tuple[DueItem, ...]:
        """What is due, in the order of days and hours, with the name of the file of each patient."""
        return self.agenda.items

    @property
    def patients(self) -> tuple[PatientDays, ...]:
        """What each plan has on these days: what is due, what waits for a decision, what is wrong, whether it ended."""
        return self.agenda.patients

    @property
    def unread(self) -> tuple[str, ...]:
        """The names of the files that could not be read as plans."""
        return tuple(unread.file for unread in self.agenda.unread)

    @property
    def has_errors(self) -> bool:
        """Whether something is wrong with the regimen or the record of a patient."""
        return any(patient.errors for patient in self.patients)

    @property
    def summary(self) -> str:
        """How much is due, in one sentence."""
        return self.agenda.summary

    def text(self, output_format: TableOrJson = "table", *, screen: Screen = PLAIN) -> str:
        """Write it as the command line does, as a table or as a JSON document."""
        if word_of(TableFormat, "output_format", output_format) is TableFormat.JSON:
            return self.json()
        return screen.render(*agenda_report(self.agenda, screen))

    def json(self) -> str:
        """Write it as a JSON document."""
        from blinplan.outside_text import json_text

        return json_text(agenda_json(self.agenda))

    def columns(self) -> dict[str, list[Any]]:
        """A row for each thing that is due."""
        return {
            "file": [item.file for item in self.due],
            "day": [item.day for item in self.due],
            "due": [item.due for item in self.due],
            "start": [item.start for item in self.due],
            "stop": [item.stop for item in self.due],
            "cycle": [item.cycle for item in self.due],
            "what": [item.what for item in self.due],
        }

    def __repr__(self) -> str:
        return f"<AgendaResult: {self.summary}>"

    def _repr_html_(self) -> str:
        return table_html(self.columns(), repr(self)[1:-1])


@with_kinds
def agenda(
    plans: str | Path,
    *,
    today: date | str | None = None,
    days: int = 2,
    site: "str | Path | Site | None" = None,
    label: str | None = None,
    config: str | Path | None = None,
    isolated: bool = False,
) -> AgendaResult:
    """Say what is due today and on the next days over several patients; nothing is kept of it.

    Parameters
    ----------
    plans
        A folder with the JSON documents of dated plans, and with course records, one of each patient.
    today
        The first day; the machine's date in the time zone of each plan when not given.
    days
        How many days, the first included.
    site
        The profile of the site that prepares the bags for those who have a course record.
    label, config, isolated
        As for `plan`, by which those who have a course record are planned; a plan has its own label.

    Raises
    ------
    Refusal
        When there is no such folder or site, or no such day.
    """
    folder = Path(plans)
    if not folder.absolute().is_dir():  # of a working folder that is gone there is nothing absolute
        raise ArgumentRefusal("{plans} is {path}, and there is no such folder", "check the path", path=str(plans))
    first = day_given("today", today)
    DUE_DAYS.require("days", days)
    profile = site_given(site)
    planned = partial(plan, site=profile, label=label, config=config, isolated=isolated)
    patients: list[PatientDays] = []
    unread: list[UnreadPlan] = []
    others: list[tuple[str, str]] = []
    meant: list[str] = []
    for path in _files(folder):
        try:
            found = _document_of(path, planned, meant)
            if isinstance(found, str):
                others.append((path.name, found))
            else:
                patients.append(_patient(path, found, first, days))
        except Refusal as error:
            unread.append(UnreadPlan(path.name, error.message, error.advice))
    return AgendaResult(
        Agenda(str(plans), days, tuple(patients), tuple(unread), tuple(others)), tuple(dict.fromkeys(meant))
    )


def _files(folder: Path) -> Iterator[Path]:
    """What is in a folder, without what is below it, hidden and configurations; what is no file is told when read."""
    for path in sorted(folder.iterdir()):
        if not path.is_dir() and not path.name.startswith(".") and path.name not in _CONFIGURATION:
            yield path


_NO_PLAN = "write it with: blinplan plan … --start … -f json, or take it out of the folder"


def _patient(path: Path, document: Mapping[str, Any], today: date | None, days: int) -> PatientDays:
    try:
        return patient_days(path.name, document, today, days)
    except (KeyError, TypeError, ValueError, OverflowError, ArithmeticError, AttributeError, OSError) as error:
        raise Refusal(f"it is no plan that can be read: {type(error).__name__}", _NO_PLAN) from error


def _document_of(path: Path, planned: Callable[..., Plan], meant: list[str]) -> Mapping[str, Any] | str:
    """The document of a plan, read or made; what else a file is, in words. It is added which regimen a record means."""
    if path.suffix.lower() == ".json":
        return _plan_in(path)
    if path.suffix.lower() != ".toml":
        return "neither .json nor .toml"
    reading = FileSource(path, path.as_posix()).read()
    if isinstance(reading, NotFound):
        raise reading.refusal
    if isinstance(reading, FaultyFile):
        problem = reading.problems[0]
        raise Refusal(f"{problem.message}: {problem.why}", f"{problem.help}; `blinplan check` shows all of it")
    if not isinstance(reading, RecordFile):
        return "a site profile" if isinstance(reading, SiteFile) else "a regimen"
    beside = path.parent / f"{reading.record.regimen}.toml"
    regimen = beside if beside.is_file() else reading.record.regimen
    meant += filter(None, [which_is_meant_beside(path, reading.record.regimen)])
    made = planned(regimen, record=path)
    return document_of(made, View.OVERVIEW, made.delivered)


def _plan_in(path: Path) -> Mapping[str, Any]:
    try:
        found = json_of(input_text(path))
    except OSError as error:
        raise Refusal(f"it cannot be read: {reason_of(error)}", "check who may read it") from error
    except NoJsonError as error:
        raise Refusal("it is not a JSON document", _NO_PLAN) from error
    if not isinstance(found, dict) or found.get("format") != "blinplan-plan" or found.get("version") != 1:
        raise Refusal("it is not the plan of a patient", _NO_PLAN)
    if not isinstance(found.get("dated"), dict):
        raise Refusal("it is a plan without dates", "plan it with --start or --record")
    return found
