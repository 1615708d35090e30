"""A plan: what is due, and what has to be known of it. The files beside this one write it in its formats."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blinplan.api.kinds import with_kinds
from blinplan.api.planning.document import course_document, dated_document
from blinplan.api.planning.exports import csv, fhir, home_html, ics, labels_html, nonmem, ward_html
from blinplan.api.planning.history import CourseHistory
from blinplan.api.planning.table import dated_report, undated_report
from blinplan.api.ranges import REVISION
from blinplan.api.vocabulary import PlanFormat, PlanFormatName, View, ViewName, word_of, word_or_none
from blinplan.course.eligibility import Choice
from blinplan.course.events import Course
from blinplan.course.premedication import PremedicationPlan
from blinplan.course.remarks import Remark, RemarkKind
from blinplan.files.writing import refuse_overwriting, refuse_unwritable, replace_file
from blinplan.label.label import FollowedLabel
from blinplan.refusal import ArgumentRefusal, Refusal
from blinplan.regimen.toml.document import Document
from blinplan.regimen.vocabulary import AgeGroup
from blinplan.terminal import PLAIN, Screen

if TYPE_CHECKING:
    from rich.console import RenderableType

    from blinplan.api.planning.delivered import DeliveredResult
    from blinplan.api.simulating.patients import PatientSource
    from blinplan.course.bags.bag import Bag
    from blinplan.course.calendar import Due, Entry
    from blinplan.course.dated import Dated
    from blinplan.executors.executor import Executor
    from blinplan.reports.plan.paper.wanted import Paper

PUBLIC = ("Plan", "Planned")


_GIVE_START = "give when the infusion begins, as 2026-11-02T10:00"
_ENDINGS = {
    ".txt": PlanFormat.TABLE,
    ".json": PlanFormat.JSON,
    ".csv": PlanFormat.CSV,
    ".ics": PlanFormat.ICS,
    ".html": PlanFormat.HTML,
    ".fhir": PlanFormat.FHIR,
}


def format_by_ending(path: Path) -> PlanFormat | None:
    """The format that the ending of a file's name says; None where it says nothing."""
    return _ENDINGS.get(path.suffix.lower())


@dataclass(frozen=True, slots=True)
class Planned:
    """Something that is due: from when to when, in which cycle, and the dose rate in mcg/day, exact, of an infusion.

    ``only`` is the age group that gets a premedication, where it is not known whether the patient belongs to it.
    """

    due: "Due"
    start: datetime
    stop: datetime
    cycle: int
    mcg_per_day: Fraction | None
    only: AgeGroup | None = None


@dataclass(frozen=True, repr=False)  # without slots, which keep nothing that is worked out once
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
    text_of_regimen
        What the regimen was read from.
    errors
        Errors that rules find in the regimen, a line each.
    label
        The name of the label that the regimen follows, and who says so.
    premedication
        What is given before infusions; None where the regimen declares nothing.
    sources
        The files that it was made from, as they were named.
    cycle
        The cycle that is shown, where not all of them are.
    """

    course: Course
    choice: Choice
    dated: "Dated | None"
    history: CourseHistory
    text_of_regimen: Document
    errors: tuple[str, ...]
    label: FollowedLabel
    premedication: PremedicationPlan | None
    sources: tuple[str, ...] = ()
    cycle: int | None = None
    _bags_wait: bool = False  # for a start: a site is given that would prepare them

    @property
    def fingerprint(self) -> str:
        """That of the regimen's text."""
        from blinplan.reports.shared.manifest import input_hash

        return input_hash(self.text_of_regimen)

    @property
    def entries(self) -> tuple[Planned, ...]:
        """What is due, in the order of time, with local dates and times; nothing without a start."""
        return () if self.dated is None else tuple(map(self._entry, self.dated.shown_entries()))

    def _entry(self, entry: "Entry") -> Planned:
        assert self.dated is not None  # noqa: S101 - it has entries
        at = self.dated.clock.at
        infused = entry.event is not None and entry.event.period.dose is not None
        rate = entry.event.rate if entry.event is not None and infused else None
        only = entry.premedication.only if entry.premedication else None
        return Planned(entry.due, at(entry.start), at(entry.stop), entry.cycle, rate, only)

    @property
    def bags(self) -> "tuple[Bag, ...]":
        """The bags, where a site prepares them."""
        return () if self.dated is None else tuple(bag for _, bag in self.dated.shown_bags())

    @property
    def findings(self) -> tuple[Mapping[str, str], ...]:
        """What the rules find in the record: code, message and help."""
        return self.history.findings

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What has to be known of what is shown, with what each remark concerns: of the course, then of its days."""
        if self.dated is None:
            return tuple(remark for remark in self._of_course() if self.cycle in {None, remark.cycle or self.cycle})
        return self._with_days(self.dated, self._of_course())

    @cached_property
    def _of_days(self) -> tuple[Remark, ...]:
        """What has to be known of the days and the bags: every view and format asks for it."""
        from blinplan.reports.plan.dated_remarks import remarks_of_days

        return () if self.dated is None else tuple(remarks_of_days(self.dated, self._on_other_bags))

    @cached_property
    def _on_other_bags(self) -> tuple[Remark, ...]:
        """What other bags would save: it takes long to find, and a page says it on the paper of each cycle."""
        if self.dated is None or self.dated.site is None:
            return ()
        from blinplan.reports.plan.bags.savings import other_bags_remarks

        return tuple(other_bags_remarks(self.dated))

    @property
    def warnings(self) -> tuple[str, ...]:
        """The same in words, for every format: errors, unverified doses, findings, and doubts of the bags."""
        return tuple(remark.text for remark in self.remarks)

    def _of_course(self) -> Iterator[Remark]:
        """What has to be known of the whole course, and what the rules find in the record."""
        yield from self._of_doses()
        yield from self._history.remarks()

    @property
    def _history(self) -> CourseHistory:
        """What the rules find in the record, without what the plan tells of wrong bags where it is shown."""
        if self.dated is None or not self.dated.recorded:
            return self.history
        from blinplan.reports.plan.bags.hung import shown_wrong_doses

        return self.history.beside(shown_wrong_doses(self.dated))

    def _with_days(self, dated: "Dated", of_course: Iterable[Remark]) -> tuple[Remark, ...]:
        """What has to be known of the course and of the days and bags, as far as it concerns what is shown."""
        from blinplan.course.remarks import shown_remarks

        return shown_remarks([*of_course, *self._of_days], dated)

    def _of_doses(self) -> Iterator[Remark]:
        """What has to be known of the whole course besides what the rules find in the record."""
        from blinplan.reports.plan.remarks import remarks_of_course

        yield from (Remark(line, RemarkKind.ERROR) for line in self.errors)
        yield from remarks_of_course(self.course, self.choice, self.premedication, self.dated)
        if self._bags_wait:
            yield Remark("No bags are planned: no start is given.", RemarkKind.NOT_EVALUATED)
        if self.dated is not None:
            from blinplan.reports.plan.dated_remarks import remarks_of_dates

            yield from remarks_of_dates(self.dated)

    @with_kinds
    def delivered(
        self,
        patients: "PatientSource" = 1000,
        *,
        seed: int = 1,
        models: int = 0,
        executor: "Executor | None" = None,
        progress: Callable[[int], None] | None = None,
    ) -> "DeliveredResult":
        """Compare the course as it came to be with the course as it was planned.

        Raises
        ------
        Refusal
            When the plan has no dates, or no virtual population fits the regimen.
        """
        if self.dated is None:
            raise ArgumentRefusal("what was delivered is known with {record} or {start}", _GIVE_START)
        from blinplan.api.planning.delivered import delivered_of

        return delivered_of(self.dated, self._with_delivered, patients, seed, executor, progress, models)

    @with_kinds
    def text(
        self,
        output_format: PlanFormatName = "table",
        *,
        view: ViewName = "overview",
        screen: Screen = PLAIN,
        plan_id: str | None = None,
        revision: int = 0,
        replaces: str | Path | None = None,
        patients: "PatientSource" = 1000,
        seed: int = 1,
        models: int = 0,
        executor: "Executor | None" = None,
        progress: Callable[[int], None] | None = None,
        decimal_comma: bool = False,
        paper: "Paper | None" = None,
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
        patients, seed, models, executor, progress
            For the view delivered: virtual patients, or your own as for `simulate`, what they are drawn from, under how
            many plausible parameter sets they go through both courses besides, and what
            runs them.
        decimal_comma
            For csv, as spreadsheets of many countries want it: cells parted by semicolons, decimal commas, local times
            with the offset in a column of its own, and what is of the whole plan in the first row only.
        paper
            For html: what its heading says of the patient and the site, and on which sheets labels are.

        Raises
        ------
        Refusal
            When the arguments contradict each other or the plan, or a package is missing.
        """
        self.refuse_contradictions(
            output_format, view=view, revision=revision, replaces=replaces, decimal_comma=decimal_comma
        )
        if View(view) is not View.DELIVERED and (models or not isinstance(patients, int)):
            raise ArgumentRefusal("{patients} and {models} are for {view} delivered", "leave them out, or add it")
        compare = partial(self.delivered, patients, seed=seed, models=models, executor=executor, progress=progress)
        texts: dict[PlanFormat, Callable[[], str]] = {
            PlanFormat.TABLE: lambda: screen.render(*self._report(View(view), compare, screen)),
            PlanFormat.JSON: lambda: self._json(View(view), compare),
            PlanFormat.CSV: lambda: csv(
                self.course, self.dated, self.remarks, cycle=self.cycle, decimal_comma=decimal_comma
            ),
            PlanFormat.NONMEM: lambda: nonmem(self.course),
            PlanFormat.HTML: lambda: self._html(View(view), paper, plan_id, revision),
            PlanFormat.ICS: lambda: ics(self.dated, self.label, plan_id, revision, replaces, self.remarks),
            PlanFormat.FHIR: lambda: fhir(self.dated, plan_id, self.choice, self.label, self.remarks),
        }
        return texts[word_of(PlanFormat, "output_format", output_format)]()

    def _with_delivered(self, found: "DeliveredResult") -> str:
        """The document of the plan with what was delivered, which is known already."""
        return self._json(View.DELIVERED, lambda: found)

    def _report(self, view: View, compare: "Callable[[], DeliveredResult]", screen: Screen) -> "list[RenderableType]":
        if self.dated is None:
            return undated_report(
                self.course, self.choice, self.label, self.premedication, self.remarks, screen, self.cycle
            )
        remarks = self._with_days(self.dated, self._of_doses())
        return dated_report(self.dated, self.choice, self.label, self._history, remarks, view, compare, screen)

    def _html(self, view: View, paper: "Paper | None", plan_id: str | None, revision: int) -> str:
        if view is View.LABELS:
            return labels_html(self.dated, self.remarks, paper, plan_id)
        if view is View.HOME:
            return home_html(self.dated, self.remarks, paper, plan_id, revision)
        of_course = tuple(self._of_course())
        return ward_html(self.dated, self.choice, self.label, of_course, self._on_other_bags, paper, plan_id, revision)

    def _json(self, view: View, compare: "Callable[[], DeliveredResult]") -> str:
        from blinplan.outside_text import json_text

        return json_text(document_of(self, view, compare))

    @with_kinds
    def write(
        self, path: str | Path, output_format: PlanFormatName | None = None, *, plan_id: str | None = None
    ) -> None:
        """Write the plan to a file, whose ending says how where nobody does: .txt, .json, .csv, .ics or .html.

        Raises
        ------
        Refusal
            When the ending says nothing, the file was read for the plan, or it cannot be written.
        """
        target = Path(path)
        form = word_or_none(PlanFormat, "output_format", output_format) or format_by_ending(target)
        if form is None:
            raise Refusal(f"{target} does not say how the plan is written", f"end it in {', '.join(_ENDINGS)}")
        self.refuse_target(target)
        replace_file(target, self.text(form, plan_id=plan_id))

    def refuse_target(self, path: Path, *others: str) -> None:
        """Refuse a place where no file can be written, or where one is that the plan was made from, or another."""
        refuse_unwritable(path)
        for source in (*self.sources, *others):
            refuse_overwriting(path, source)

    def columns(self) -> dict[str, list[Any]]:
        """What is due, one entry a row; without a start the event table, in minutes of the course.

        ``pandas.DataFrame``, ``polars.DataFrame`` and ``pyarrow.table`` take it. Doses are numbers here.
        """
        if self.dated is None:
            shown = tuple(event for event in self.course.events if self.cycle in {None, event.period.cycle})
            return replace(self.course, events=shown).columns()
        entries = self.entries
        return {
            "due": [entry.due.value for entry in entries],
            "start": [entry.start for entry in entries],
            "stop": [entry.stop for entry in entries],
            "cycle": [entry.cycle for entry in entries],
            "mcg_per_day": [None if entry.mcg_per_day is None else float(entry.mcg_per_day) for entry in entries],
            "only": [None if entry.only is None else entry.only.value for entry in entries],
        }

    def __repr__(self) -> str:
        begins = "without dates" if self.dated is None else f"from {self.dated.clock.start:%Y-%m-%d %H:%M}"
        return f"<Plan of {self.course.regimen.name}: {float(self.course.micrograms):g} mcg, {begins}>"

    def _repr_html_(self) -> str:
        from blinplan.data_table import table_html

        return table_html(self.columns(), repr(self)[1:-1])

    def refuse_contradictions(
        self,
        output_format: PlanFormatName,
        *,
        view: ViewName = "overview",
        revision: int = 0,
        replaces: str | Path | None = None,
        decimal_comma: bool = False,
    ) -> None:
        """Refuse what contradicts itself or the plan, as `text` does, before anything is written."""
        word_of(PlanFormat, "output_format", output_format)
        word_of(View, "view", view)
        REVISION.require("revision", revision)
        dates_are_shown = view != View.OVERVIEW
        if dates_are_shown and self.dated is None:
            raise ArgumentRefusal("{view} {value} needs {start}", _GIVE_START, value=str(view))
        on_paper = view in {View.LABELS, View.HOME}
        if on_paper and output_format != PlanFormat.HTML:
            message = "{view} {value} is printed: it needs {short_output_format} html"
            raise ArgumentRefusal(message, "add {short_output_format} html", value=str(view))
        if dates_are_shown and not on_paper and output_format not in {PlanFormat.TABLE, PlanFormat.JSON}:
            raise ArgumentRefusal(
                "{view} {value} and {short_output_format} {form} contradict each other",
                "leave one of the two out",
                value=str(view),
                form=str(output_format),
            )
        if (view in {View.BAGS, View.STARTS} or on_paper) and self.dated is not None and self.dated.site is None:
            advice = "give the profile of the site that prepares the bags"
            raise ArgumentRefusal("{view} {value} needs {site}", advice, value=str(view))
        if view == View.STARTS and self.dated is not None and self.dated.recorded:
            raise ArgumentRefusal(
                "{view} starts compares days on which a course may begin, and this one has begun",
                "give {start} in place of a record or a ledger",
            )
        if decimal_comma and output_format != PlanFormat.CSV:
            message = "{decimal_comma} and {short_output_format} {form} contradict each other"
            raise ArgumentRefusal(message, "leave it out, or add {short_output_format} csv", form=str(output_format))
        if output_format == PlanFormat.NONMEM or view in {View.DELIVERED, View.STARTS}:
            form, seen = "{short_output_format} nonmem writes", f"{{view}} {view} is of"
            self._refuse_part(form if view == View.OVERVIEW else seen)
        revised = revision and output_format not in {PlanFormat.ICS, PlanFormat.HTML}
        if revised or (replaces is not None and output_format != PlanFormat.ICS):
            option = "{revision}" if revised else "{replaces}"
            raise ArgumentRefusal(
                f"{option} and {{short_output_format}} {{form}} contradict each other",
                "leave it out, or add {short_output_format} ics",
                form=str(output_format),
            )

    def _refuse_part(self, what: str) -> None:
        """Refuse what is of the whole course where a part of it is asked for."""
        dated = self.dated
        asked = {
            "cycle": self.cycle,
            "first": None if dated is None else dated.first,
            "last": None if dated is None else dated.last,
        }
        part = next((name for name, given in asked.items() if given is not None), None)
        if part is not None:
            message = f"{what} the whole course: {{{part}}} takes a part of it"
            raise ArgumentRefusal(message, f"leave out {{{part}}}")


def document_of(plan: Plan, view: View, compare: "Callable[[], DeliveredResult]") -> dict[str, Any]:
    """Make the JSON document of a plan, as data; ``compare`` makes the view of what was delivered."""
    dated = None if plan.dated is None else dated_document(plan.dated, plan.history, view, compare)
    head = course_document(
        plan.course,
        plan.choice,
        plan.label,
        plan.premedication,
        plan.fingerprint,
        plan.remarks,
        plan.dated,
        plan.cycle,
    )
    return {**head, "dated": dated}
