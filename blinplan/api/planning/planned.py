"""A plan, and how it shows itself: at a terminal, for printing, for calendars and for other programs."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blinplan.api.notebook import table_html
from blinplan.api.planning.delivered import DeliveredResult, delivered_of
from blinplan.api.planning.history import CourseHistory
from blinplan.api.vocabulary import PlanFormat, PlanFormatName, View, ViewName
from blinplan.course.bags import Bag
from blinplan.course.calendar import Due, Entry
from blinplan.course.dated import Dated
from blinplan.course.eligibility import Choice
from blinplan.course.events import Course
from blinplan.course.premedication import premedication_plan
from blinplan.data_table import csv_text
from blinplan.executor import Executor
from blinplan.refusal import ArgumentRefusal, Refusal
from blinplan.terminal import PLAIN, Screen
from blinplan.writing import replace_file

if TYPE_CHECKING:
    from rich.console import RenderableType

    from blinplan.reports.plan.ics import Imported
    from blinplan.simulation.expected import ExpectedAfter


_ENDINGS = {
    ".txt": PlanFormat.TABLE,
    ".json": PlanFormat.JSON,
    ".csv": PlanFormat.CSV,
    ".ics": PlanFormat.ICS,
    ".html": PlanFormat.HTML,
}


@dataclass(frozen=True, slots=True)
class Planned:
    """Something that is due: from when to when, in which cycle, and the dose rate in mcg/day, exact, of an infusion."""

    due: Due
    start: datetime
    stop: datetime
    cycle: int
    mcg_per_day: Fraction | None


@dataclass(frozen=True, slots=True)
class _Showing:
    """How a plan is to be shown."""

    format: PlanFormat
    view: View
    plan_id: str | None = None
    revision: int = 0
    replaces: str | Path | None = None
    patients: int = 1000
    seed: int = 1
    executor: Executor | None = None
    progress: Callable[[int], None] | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Plan:
    """What one patient gets, and when where it has a start.

    Attributes
    ----------
    course
        The event table: as it came to be, where something is known to have happened.
    choice
        How the patient's weight decided the regimen.
    dated
        The course on the calendar; None where no start is known.
    history
        What is known to have happened so far.
    fingerprint
        That of the regimen's text.
    errors
        Errors that rules find in the regimen, a line each.
    """

    course: Course
    choice: Choice
    dated: Dated | None
    history: CourseHistory
    fingerprint: str
    errors: tuple[str, ...]

    @property
    def entries(self) -> tuple[Planned, ...]:
        """What is due, in the order of time, with local dates and times; nothing without a start."""
        return () if self.dated is None else tuple(map(self._planned, self.dated.shown_entries()))

    def _planned(self, entry: Entry) -> Planned:
        assert self.dated is not None  # noqa: S101 - it has entries
        at = self.dated.clock.at
        infused = entry.event is not None and entry.event.period.dose is not None
        rate = entry.event.rate if entry.event is not None and infused else None
        return Planned(entry.due, at(entry.start), at(entry.stop), entry.cycle, rate)

    @property
    def bags(self) -> tuple[Bag, ...]:
        """The bags, where a site prepares them."""
        return () if self.dated is None else tuple(bag for _, bag in self.dated.shown_bags())

    @property
    def findings(self) -> tuple[Mapping[str, str], ...]:
        """What the rules find in the record: code, message and help."""
        return self.history.findings

    @property
    def warnings(self) -> tuple[str, ...]:
        """What has to be known in every format: errors, unverified doses, findings, and doubts of the bags."""
        return (*self._spoken(), *(() if self.dated is None else _of_bags(self.dated)))

    def _spoken(self) -> Iterator[str]:
        """The same for a page or a document that has what is said of the bags in its own place."""
        yield from self.errors
        if self.course.regimen.unverified:
            from blinplan.reports.shared.words import UNVERIFIED_DOSES

            yield UNVERIFIED_DOSES
        yield from self._found()

    def _found(self) -> Iterator[str]:
        """What the rules found of the record, and what they could not answer."""
        yield from (f"{finding['code']}: {finding['message']}." for finding in self.history.findings)
        yield from self.history.not_evaluated

    def delivered(
        self,
        patients: int = 1000,
        *,
        seed: int = 1,
        executor: Executor | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> DeliveredResult:
        """Compare the course as it came to be with the course as it was planned.

        Raises
        ------
        Refusal
            When the plan has no dates, or no virtual population fits the regimen.
        """
        if self.dated is None:
            raise ArgumentRefusal("what was delivered is known with {record} or {start}", _GIVE_START)
        return delivered_of(self.dated, patients, seed, executor, progress)

    def text(
        self,
        output_format: PlanFormatName = "table",
        *,
        view: ViewName = "overview",
        screen: Screen = PLAIN,
        plan_id: str | None = None,
        revision: int = 0,
        replaces: str | Path | None = None,
        patients: int = 1000,
        seed: int = 1,
        executor: Executor | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> str:
        """Write the plan.

        Parameters
        ----------
        output_format
            As a table for people, or for other programs: json, csv, ics, fhir, html (a page to print), nonmem.
        view
            Of a dated plan, in the formats table and json.
        screen
            How wide, and whether in colour.
        plan_id, revision, replaces
            For ics and fhir: what tells this plan from others; and for ics its revision, and the path of the calendar
            that was imported last.
        patients, seed, executor, progress
            For the view delivered: virtual patients, what they are drawn from, and what runs them.

        Raises
        ------
        Refusal
            When the arguments contradict each other or the plan, or a package is missing.
        """
        self.refuse_contradictions(output_format, view=view, revision=revision, replaces=replaces)
        showing = _Showing(
            PlanFormat(output_format), View(view), plan_id, revision, replaces, patients, seed, executor, progress
        )
        texts: dict[PlanFormat, Callable[[], str]] = {
            PlanFormat.TABLE: lambda: screen.render(*self._report(showing, screen)),
            PlanFormat.JSON: lambda: _json_text(self._document(showing)),
            PlanFormat.FHIR: lambda: _json_text(self._fhir(showing)),
            PlanFormat.CSV: self._csv,
            PlanFormat.NONMEM: self._nonmem,
            PlanFormat.HTML: lambda: self._html(plan_id),
            PlanFormat.ICS: lambda: self._ics(showing),
        }
        return texts[showing.format]()

    def write(self, path: str | Path, *, plan_id: str | None = None) -> None:
        """Write the plan to a file whose ending says how: .txt, .json, .csv, .ics or .html.

        Raises
        ------
        Refusal
            When the ending says nothing, or the file cannot be written.
        """
        target = Path(path)
        form = _ENDINGS.get(target.suffix.lower())
        if form is None:
            raise Refusal(f"{target} does not say how the plan is written", f"end it in {', '.join(_ENDINGS)}")
        replace_file(target, self.text(form, plan_id=plan_id))

    def columns(self) -> dict[str, list[Any]]:
        """What is due, one entry a row; without a start the event table, in minutes of the course.

        ``pandas.DataFrame``, ``polars.DataFrame`` and ``pyarrow.table`` take it. Doses are numbers here.
        """
        if self.dated is None:
            events = self.course.events
            return {
                "start_minute": [event.period.start for event in events],
                "stop_minute": [event.period.stop for event in events],
                "cycle": [event.period.cycle for event in events],
                "step": [event.period.step for event in events],
                "mcg_per_day": [float(event.rate) for event in events],
                "mcg": [float(event.micrograms) for event in events],
                "capped": [event.capped for event in events],
            }
        entries = self.entries
        return {
            "due": [entry.due.value for entry in entries],
            "start": [entry.start for entry in entries],
            "stop": [entry.stop for entry in entries],
            "cycle": [entry.cycle for entry in entries],
            "mcg_per_day": [None if entry.mcg_per_day is None else float(entry.mcg_per_day) for entry in entries],
        }

    def __repr__(self) -> str:
        begins = "without dates" if self.dated is None else f"from {self.dated.clock.start:%Y-%m-%d %H:%M}"
        return f"<Plan of {self.course.regimen.name}: {float(self.course.micrograms):g} mcg, {begins}>"

    def _repr_html_(self) -> str:
        return table_html(self.columns(), repr(self)[1:-1])

    def refuse_contradictions(
        self,
        output_format: PlanFormatName,
        *,
        view: ViewName = "overview",
        revision: int = 0,
        replaces: str | Path | None = None,
    ) -> None:
        """Refuse what contradicts itself or the plan, as `text` does, before anything is written."""
        dates_are_shown = view != View.OVERVIEW
        if dates_are_shown and self.dated is None:
            raise ArgumentRefusal("{view} {value} needs {start}", _GIVE_START, value=str(view))
        if dates_are_shown and output_format not in {PlanFormat.TABLE, PlanFormat.JSON}:
            raise ArgumentRefusal(
                "{view} {value} and {short_output_format} {form} contradict each other",
                "leave one of the two out",
                value=str(view),
                form=str(output_format),
            )
        if view == View.BAGS and self.dated is not None and self.dated.site is None:
            raise ArgumentRefusal("{view} bags needs {site}", "give the profile of the site that prepares the bags")
        if output_format != PlanFormat.ICS and (revision or replaces is not None):
            option = "{revision}" if revision else "{replaces}"
            raise ArgumentRefusal(
                f"{option} and {{short_output_format}} {{form}} contradict each other",
                "leave it out, or add {short_output_format} ics",
                form=str(output_format),
            )

    # --- the table ---------------------------------------------------------------------------------------------------

    def _report(self, showing: _Showing, screen: Screen) -> "list[RenderableType]":
        from rich.text import Text

        from blinplan.reports.plan.plan import plan_head, plan_report
        from blinplan.reports.shared.words import NOT_A_DEVICE

        errors = [Text(line, "error") for line in self.errors]
        if self.dated is None:
            return [*errors, *plan_report(self.course, self.choice, premedication_plan(self.course), screen)]
        return [
            *errors,
            *plan_head(self.course, self.choice),
            *self._view(self.dated, showing, screen),
            *self._findings(screen),
            NOT_A_DEVICE,
        ]

    def _view(self, dated: Dated, showing: _Showing, screen: Screen) -> "list[RenderableType]":
        from blinplan.reports.plan.bag_list import bags_report
        from blinplan.reports.plan.dated_plan import agenda_report
        from blinplan.reports.plan.day_views import days_report, month_report
        from blinplan.reports.plan.overview import overview_report

        if showing.view is View.EXPECTED:
            from blinplan.reports.plan.expected import expected_report

            return expected_report(dated, _expected(dated), screen)
        if showing.view is View.DELIVERED:
            return self._delivered(showing).report(screen)
        views = {
            View.OVERVIEW: overview_report,
            View.AGENDA: agenda_report,
            View.DAYS: days_report,
            View.MONTH: month_report,
            View.BAGS: bags_report,
        }
        return views[showing.view](dated, screen)

    def _delivered(self, showing: _Showing) -> DeliveredResult:
        return self.delivered(showing.patients, seed=showing.seed, executor=showing.executor, progress=showing.progress)

    def _findings(self, screen: Screen) -> "list[RenderableType]":
        """What the rules say of the restarts on record; the exit status of a plan does not depend on it."""
        from rich.text import Text

        judgement = self.history.judgement
        if judgement is None:  # of a record that was judged when the plan was made of which this has the ledger
            return [Text(line, "error") for line in self._found()]
        from blinplan.reports.check.findings import each_finding

        found = each_finding(judgement, screen) if judgement.findings else []
        undecided = [Text(line, "not evaluated") for line in self.history.not_evaluated]
        return [*([""] if found else []), *found, *undecided]

    # --- for other programs ------------------------------------------------------------------------------------------

    def _csv(self) -> str:
        if self.dated is None:
            from blinplan.reports.plan.plan import plan_table

            return csv_text(plan_table(self.course))
        from blinplan.reports.plan.data import dated_table

        return csv_text(dated_table(self.dated))

    def _nonmem(self) -> str:
        from blinplan.reports.model.nonmem import NoAreaError, event_records

        try:
            return csv_text(event_records(self.course))
        except NoAreaError as error:
            raise ArgumentRefusal(str(error), "give {weight} and {height}, or {area}") from error

    def _html(self, plan_id: str | None) -> str:
        if self.dated is None:
            raise ArgumentRefusal("{output_format} html needs {start} or {record}", "give when the infusion begins")
        from blinplan.reports.plan.page import html

        return html(self.dated, self.choice, tuple(self._spoken()), plan_id)

    def _ics(self, showing: _Showing) -> str:
        from blinplan.course.dated import as_planned
        from blinplan.reports.plan.ics import ics

        dated, name = self._to_import(showing)
        before = tuple(as_planned(dated))
        try:
            replaced = None if showing.replaces is None else _imported(Path(showing.replaces), name)
            return ics(dated, before, name, showing.revision, replaced, self.warnings)
        except ImportError as error:
            raise ArgumentRefusal(
                "{output_format} ics needs the package icalendar", "pip install 'blinplan[calendar]'"
            ) from error

    def _fhir(self, showing: _Showing) -> dict[str, Any]:
        from blinplan.course.dated import as_planned
        from blinplan.reports.plan.fhir.bundle import InvalidError, fhir

        dated, name = self._to_import(showing)
        if (dated.cycle, dated.first, dated.last) != (None, None, None):
            raise ArgumentRefusal(
                "{output_format} fhir writes the whole plan: a part of it, imported, would take the rest away",
                "leave out {cycle}, {first} and {last}",
            )
        try:
            return fhir(dated, tuple(as_planned(dated)), self.choice, name, tuple(self._spoken()))
        except ImportError as error:
            raise ArgumentRefusal(
                "{output_format} fhir needs the package fhir.resources", "pip install 'blinplan[fhir]'"
            ) from error
        except InvalidError as error:
            message = "this plan cannot be written as FHIR: {why}"
            raise ArgumentRefusal(message, "take another {output_format}", why=error) from error

    def _to_import(self, showing: _Showing) -> tuple[Dated, str]:
        """The dated plan and its name, without which importing it again would be no update."""
        plan_id = showing.plan_id
        if self.dated is None or plan_id is None or not re.fullmatch(r"[A-Za-z0-9._-]{1,60}", plan_id):
            raise ArgumentRefusal(
                "{output_format} {form} needs {start} or {record}, and {plan_id} of letters, digits, dots, hyphens and"
                " underscores",
                "give a name that stays with the patient's plan, so that importing it again updates what was imported",
                form=showing.format,
            )
        return self.dated, plan_id

    def _document(self, showing: _Showing) -> dict[str, Any]:
        from blinplan.reports.plan.plan import plan_json

        dated = self.dated
        document = plan_json(self.course, self.choice, premedication_plan(self.course), self.fingerprint)
        document["told"] = list(self.warnings)
        if dated is None:
            return {**document, "dated": None}
        from blinplan.reports.plan.data import dated_json

        found = dated_json(dated)
        if showing.view is View.EXPECTED:
            from blinplan.reports.plan.expected import expected_json

            found["expected"] = expected_json(dated, _expected(dated))
        if showing.view is View.DELIVERED:
            found["delivered"] = self._delivered(showing).document()
        found["findings"] = [dict(finding) for finding in self.history.findings]
        found["not_evaluated"] = list(self.history.not_evaluated)
        return {**document, "dated": found}


_GIVE_START = "give when the infusion begins, as 2026-11-02T10:00"
_LAST_CALENDAR = "give the .ics file of the same {plan_id} that was imported last"


def _json_text(document: dict[str, Any]) -> str:
    from blinplan.reports.shared.document import document_text

    return document_text(document)


def _of_bags(dated: Dated) -> Iterator[str]:
    from blinplan.reports.plan.bag_list import remarks
    from blinplan.reports.plan.dated_plan import off_hours

    yield from remarks(dated)
    yield from off_hours(dated)


def _expected(dated: Dated) -> "tuple[ExpectedAfter, ...]":
    """What the article expects, beside the typical patient of the regimen in the course."""
    from blinplan.rules.limits import shipped_limits
    from blinplan.simulation.expected import expected

    return expected(dated, shipped_limits())


def _imported(path: Path, name: str) -> "Imported":
    """Read the calendar that was imported last."""
    from blinplan.reports.plan.ics import NoCalendarError, read_calendar

    try:
        return read_calendar(path.read_text(encoding="utf-8"), name)
    except OSError as error:
        raise Refusal(f"{path}: {(error.strerror or 'cannot be read').lower()}", "check the path") from error
    except UnicodeDecodeError as error:
        raise ArgumentRefusal("{path} is not a calendar", _LAST_CALENDAR, path=path) from error
    except NoCalendarError as error:
        raise ArgumentRefusal("{path} {why}", _LAST_CALENDAR, path=path, why=error) from error
