"""One page on one regimen: what it is, what the rules say, what it does, and what that rests on."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, groupby

from blinplan.course.eligibility import Choice
from blinplan.course.events import Course, Event, Period
from blinplan.course.premedication import PremedicationPlan
from blinplan.evidence.evaluate import Evidence
from blinplan.label.label import FollowedLabel
from blinplan.physiology.model.parameters import Preset
from blinplan.quantities import decimal_text, digits_text, duration_text, plural
from blinplan.reports.plan.followed import asked_of_the_site, label_text, said_besides
from blinplan.reports.plan.premedication import premedication_counts, premedication_remarks
from blinplan.reports.plan.things_due import due_lines
from blinplan.reports.shared.departures import departure_lines
from blinplan.reports.shared.manifest import manifest
from blinplan.reports.shared.page import PageColumn, PageTable, page_table, render
from blinplan.reports.shared.timeline import Bar, LineOfTime, timeline
from blinplan.reports.shared.words import (
    NOT_A_DEVICE,
    amount_text,
    blocks_and_intervals,
    days_of,
    given_lines,
    known_figures,
    number_drawn,
    off_drug_lines,
    optional_cycles,
    ordered_text,
    own_course_lines,
    unverified_lines,
)
from blinplan.reports.simulation.axes import dose_unit
from blinplan.reports.simulation.summary.rows import (
    TIME_HEADS,
    ShareRow,
    by_day_rows,
    endpoint_rows,
    share_rows,
    time_rows,
)
from blinplan.reports.simulation.summary.words import (
    HOW_TO_READ_TIMES,
    HOW_TO_READ_VALUES,
    how_to_read_shares,
    how_to_read_typical,
    missing_lines,
    no_share_lines,
    not_yet_lines,
    over_models_text,
    over_sets_head,
)
from blinplan.reports.summary_page.assumptions import assumptions_section
from blinplan.reports.summary_page.curves import curves_section
from blinplan.reports.summary_page.evidence import evidence_section
from blinplan.reports.summary_page.verdicts import verdicts_section
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.run_result import Result
from blinplan.simulation.crowd.cohort import DrawnCohort
from blinplan.simulation.percentiles import Bands
from blinplan.simulation.trials.simulation import Simulation


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a report shows.

    Attributes
    ----------
    choice
        The regimen, and how the patient's weight decided it.
    course
        What the patient gets; None where that is not known, and ``unknown`` says why.
    premedication
        What is given before infusions.
    simulation, whole, early
        Virtual patients, their curves over the whole course and over its first days.
    result
        The verdicts of the rules on the one file.
    evidence, preset
        How true the model is to its sources, and its parameters.
    command, fingerprint
        The command line that makes the report again, and the hash of the regimen file.
    label
        The label that the regimen follows, and who says so.
    """

    choice: Choice
    label: FollowedLabel
    course: Course | None
    unknown: str
    premedication: PremedicationPlan | None
    simulation: Simulation
    whole: Bands
    early: Bands
    result: Result
    evidence: Evidence
    preset: Preset
    command: str
    fingerprint: str

    @property
    def judgement(self) -> Judgement:
        """The verdicts on the file."""
        return self.result.judgements[0]


_SECTIONS = {
    "summary": "Summary",
    "timeline": "Timeline",
    "curves": "What virtual patients go through",
    "endpoints": "Endpoints",
    "rules": "What the rules say",
    "evidence": "Is the model true to its sources?",
    "assumptions": "What this rests on, and what is not verified",
    "manifest": "How to make this report again",
}


def report_html(report: Report) -> str:
    """Write the page: one file that needs nothing from elsewhere."""
    regimen = report.choice.regimen
    return render(
        "report.html",
        title=f"{regimen.name}: {regimen.title}",
        running=regimen.name,
        sections=_SECTIONS,
        notice=NOT_A_DEVICE,
        summary=_summary(report),
        doses=_doses(report),
        curves=curves_section(report.simulation, report.whole, report.early),
        endpoints=_endpoints(report.simulation),
        verdicts=verdicts_section(report.judgement),
        judged_on=_judged_on(report),
        claims=evidence_section(report.evidence),
        assumptions=assumptions_section(report.simulation, report.preset, report.judgement.limits),
        command=report.command,
        manifest=tuple(_manifest(report)),
    )


def _judged_on(report: Report) -> str:
    """Say on whom the rules are judged, where they are not those of whom the page tells."""
    simulator = report.result.simulator
    if simulator is None or isinstance(report.simulation.cohort, DrawnCohort):
        return ""
    return (
        f"Rules that look at virtual patients are judged on {simulator.patients:,} drawn ones, seed {simulator.seed},"
        " and not on the table of patients."
    )


@dataclass(frozen=True, slots=True)
class SummarySection:
    """What a report comes to: its status, what counts in it, and what is known of the regimen."""

    status: int
    verdict: str
    reason: str
    unverified: str
    counted: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    shares: tuple[str, ...]


def _summary(report: Report) -> SummarySection:
    rows = {row.key: row for row in share_rows(report.simulation)}
    keys = (*_KEY_SHARES, *(own.key for own in report.simulation.request.own))
    return SummarySection(
        report.result.status,
        report.result.summary,
        f"Exit status {report.result.status}: {report.result.reason}.",
        " ".join(unverified_lines(report.choice.regimen)),
        tuple(_decisive_findings(report)),
        tuple(_facts(report)),
        tuple(f"{row.group}: {_share(row)}" for key in keys if (row := rows.get(key)) is not None),
    )


def _decisive_findings(report: Report) -> Iterator[str]:
    """The findings that decide the status, a line each."""
    for finding in report.judgement.findings:
        if report.result.counts(report.judgement, finding):
            yield f"{finding.severity.value} {finding.code}: {finding.message}"


_KEY_SHARES = ("b_depleted_cycle_1", "t_returned", "il6_elevated_cycle_1")


def _share(row: ShareRow) -> str:
    if row.share == "-":
        return f"{row.label}: no patient at risk"
    return f"{row.label} in {row.share} of {row.total} patients (95 % interval {row.interval} %)"


def _facts(report: Report) -> Iterator[tuple[str, str]]:
    regimen = report.choice.regimen
    yield "Indication", regimen.indication.value.replace("-", " ")
    yield "For", str(regimen.eligibility)
    yield "Course", " ".join(_course(report.simulation.periods))
    yield "Dose", "; ".join(_in_words(report.simulation.periods))
    known = [] if report.course is None else known_figures(report.course.patient)
    yield "Patient", (", ".join(known) or "nothing given") + f". {report.choice.reason}."
    yield "Label", label_text(regimen, report.label)
    for told in departure_lines(regimen):
        heading, _, text = told.partition(": ")
        yield heading, text
    course = report.course
    for line in () if course is None else (*said_besides(course), *asked_of_the_site(course, None)):
        yield "By the label", line
    yield "Premedication", _premedication(report)
    for remark in premedication_remarks(report.premedication):
        yield "Premedication by age", remark.text
    days = [f"first {days} days of cycle {number}" for number, days in enumerate(regimen.hospital_days, 1)]
    yield "In hospital", ", ".join(days) or "not stated"
    for due in () if course is None else due_lines(course):
        yield "Due besides", due.plain


def _premedication(report: Report) -> str:
    declared = report.choice.regimen.premedication
    if not declared:
        return "none declared in this regimen"
    if report.premedication is None:
        given = "; ".join(f"{given.drug} {given.dose}" for given in declared)
        return f"{given}; what the patient gets is not evaluated: {report.unknown}"
    return "; ".join(premedication_counts(report.premedication)) or "none declared for this patient"


def _course(periods: tuple[Period, ...]) -> Iterator[str]:
    """Say how long a course is, to which blocks its cycles belong, and which are optional."""
    return chain((_length(periods),), blocks_and_intervals(periods), optional_cycles(periods))


def _length(periods: tuple[Period, ...]) -> str:
    cycles = periods[-1].cycle
    infused = sum(period.minutes for period in periods if period.dose is not None)
    total = duration_text(periods[-1].stop)
    return f"{cycles} {plural('cycle', cycles)}; {duration_text(infused)} of infusion in {total}"


def _in_words(periods: tuple[Period, ...]) -> Iterator[str]:
    """Say what is given, cycles that are the same together."""
    cycles = [(number, _steps(tuple(of_one))) for number, of_one in groupby(periods, lambda period: period.cycle)]
    for steps, alike in groupby(cycles, lambda cycle: cycle[1]):
        numbers = [number for number, _ in alike]
        named = f"cycle {numbers[0]}" if len(numbers) == 1 else f"cycles {numbers[0]}-{numbers[-1]}"
        yield f"{named}: {steps}"


def _steps(periods: tuple[Period, ...]) -> str:
    texts = (
        f"{duration_text(period.minutes)} free"
        if period.dose is None
        else f"{ordered_text(period)} for {duration_text(period.minutes)}"
        for period in periods
    )
    return ", ".join(texts)


@dataclass(frozen=True, slots=True)
class DosesSection:
    """What is ordered, drawn and as a table, and what the patient gets of it, where that is known."""

    drawn: LineOfTime
    table: PageTable
    unknown: str
    total: str


def _doses(report: Report) -> DosesSection:
    given = {event.period: event for event in report.course.events} if report.course else {}
    columns = (
        PageColumn("Days", "w"),
        PageColumn("Cycle", "w"),
        PageColumn("Step", "w"),
        PageColumn("Ordered"),
        PageColumn("mcg/day", "n"),
        PageColumn("mcg", "n"),
    )
    rows = (_period(period, given.get(period)) for period in report.simulation.periods)
    total = "" if report.course is None else _total(report.course)
    return DosesSection(_doses_over_time(report), page_table("The doses", columns, rows), report.unknown, total)


def _total(course: Course) -> str:
    given, most = amount_text(course.for_everybody.micrograms), amount_text(course.micrograms)
    return f"{given} mcg" + (f"; up to {most} mcg with the optional cycles" if given != most else "")


def _doses_over_time(report: Report) -> LineOfTime:
    periods = report.simulation.periods
    doses = [(period, period.dose.amount) for period in periods if period.dose is not None and period.dose.amount]
    highest = max((amount for _, amount in doses), default=None)
    bars = [
        Bar(period.start, period.stop, float(amount / highest), decimal_text(amount), dark=True)
        for period, amount in doses
        if highest
    ]
    first = {period.cycle: period.start for period in reversed(periods)}
    marks = [(first[cycle], f"Cycle {cycle}") for cycle in sorted(first)]
    return timeline(bars, periods[-1].stop, marks, f"Ordered dose over time, in {dose_unit(periods)}")


def _period(period: Period, event: Event | None) -> tuple[str, ...]:
    days = days_of(period), str(period.cycle)
    if period.dose is None:
        return *days, "", "free", "0", "0"
    if event is None:
        return *days, str(period.step), ordered_text(period), "-", "-"
    rate = amount_text(event.rate) + (" (cap)" if event.capped else "")
    return *days, str(period.step), ordered_text(period), rate, amount_text(event.micrograms)


@dataclass(frozen=True, slots=True)
class EndpointsSection:
    """What became of virtual patients: values, times, and shares of patients."""

    how_to_read: str
    tables: tuple[PageTable, ...]


def _endpoints(simulation: Simulation) -> EndpointsSection:
    def over(text: str) -> tuple[str, ...]:
        """A cell over models, where there are any."""
        return () if simulation.uncertainty is None else (text,)

    values = (
        (row.group, (row.label, row.typical, row.median, row.between, row.count, *over(row.over_sets)))
        for row in endpoint_rows(simulation)
    )
    times = (
        (row.group, (row.label, row.typical, row.half, row.nine_in_ten, row.never, row.total, *over(row.over_sets)))
        for row in time_rows(simulation)
    )
    shares = (
        (row.group, (row.label, row.typical, row.share, row.interval, row.total, *over(row.over_sets)))
        for row in share_rows(simulation)
    )
    by_day = ((row.group, (row.label, row.share, row.interval, row.total)) for row in by_day_rows(simulation))
    median, half, share = (over(over_sets_head(simulation, what)) for what in ("Median", "Half", "Share"))
    models = simulation.uncertainty
    tables = (
        page_table(
            "Endpoints", _columns("Endpoint", "Typical", "Median", "5-95 %", "n", *median), _with_group_names(values)
        ),
        page_table("Times", _columns("Time", "Typical", *TIME_HEADS, *half), _with_group_names(times)),
        page_table("By day", _columns("There by", "Share", "95 % interval", "of"), _with_group_names(by_day)),
        page_table(
            "Shares of patients",
            _columns("Patients in whom", "Typical", "Share", "95 % interval", "of", *share),
            _with_group_names(shares),
        ),
    )
    people, off = simulation.cohort, off_drug_lines(simulation.off_drug, simulation.cohort.size)
    over_models = () if models is None else (over_models_text(models),)
    own = own_course_lines(simulation.own_courses, simulation.cohort.size)
    of_shares = (
        how_to_read_shares(of_table=simulation.cohort.table is not None),
        *no_share_lines(simulation),
        *not_yet_lines(simulation),
    )
    told = (
        f"{how_to_read_typical(simulation)} {HOW_TO_READ_VALUES}",
        *missing_lines(simulation),
        HOW_TO_READ_TIMES,
        *of_shares,
        *over_models,
        *given_lines(people.table, people.given_parameters, simulation.regimens),
        *off,
        *own,
    )
    return EndpointsSection(" ".join(told), tuple(table for table in tables if table.rows))


def _columns(name: str, *numbers: str) -> Iterator[PageColumn]:
    yield PageColumn(name, is_name=True)
    yield from (PageColumn(number, "n") for number in numbers)


def _with_group_names(rows: Iterator[tuple[str, tuple[str, ...]]]) -> Iterator[tuple[str, ...]]:
    """Put the name of each group before its rows."""
    for group, members in groupby(rows, lambda row: row[0]):
        yield (group,)
        yield from (cells for _, cells in members)


def _manifest(report: Report) -> Iterator[tuple[str, str]]:
    """What the report was made of, and by what."""
    simulation, result = report.simulation, report.result
    entries = manifest(
        regimen=simulation.regimen.name,
        input=report.fingerprint,
        label=report.label.name,
        population=simulation.preset,
        patients=simulation.cohort.size,
        **number_drawn(simulation.cohort),
        seed=simulation.seed,
        curves_of_patients=report.whole.patients,
        typical_bsa_m2=round(simulation.typical_area, 3),
        attenuation=simulation.options.attenuation,
        premedication=simulation.options.premedication,
        engine=simulation.engine,
        **({} if simulation.uncertainty is None else {"plausible_models": simulation.uncertainty.sets}),
        follow_up_days=simulation.follow_up_days,
        **_further_requests(simulation),
        evidence_patients=report.evidence.patients,
        today=result.today.isoformat(),
        fail_on=result.fail_on.value,
    )
    return ((name.replace("_", " "), str(value)) for name, value in entries.items())


def _further_requests(simulation: Simulation) -> dict[str, str]:
    """What was given of patients and asked of endpoints, where it is not what nobody asks for."""
    asked = simulation.request
    table = simulation.cohort.table
    named = {
        "people_table": "" if table is None else table.fingerprint,
        "given_baselines": ", ".join(simulation.cohort.given_parameters),
        "endpoints": ", ".join(asked.keys),
        "own_endpoints": "; ".join(own.text for own in asked.own),
        "by_day": ", ".join(digits_text(day) for day in asked.by_day),
    }
    return {name: text for name, text in named.items() if text}
