"""One page on one regimen: what it is, what the rules say, what it does, and what that rests on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from blinplan.course.eligibility import Choice
from blinplan.course.events import Course, Event, Period
from blinplan.course.premedication import PremedicationPlan
from blinplan.evidence.evaluate import Evidence
from blinplan.physiology.model.parameters import Preset
from blinplan.quantities import decimal_text, duration_text
from blinplan.reports.plan.plan import NOT_A_DEVICE, days_of, given_dose, known_of, ordered_text, rounded
from blinplan.reports.plan.timeline import Bar, timeline
from blinplan.reports.shared.manifest import manifest
from blinplan.reports.shared.page import Html, facts, items, page, paragraph, section, shown, table, wide
from blinplan.reports.simulation.axes import dose_unit
from blinplan.reports.simulation.figures import FigureFormat, figure, reading_of
from blinplan.reports.simulation.summary import (
    HOW_TO_READ,
    ShareRow,
    endpoint_rows,
    share_rows,
    simulated_patients,
)
from blinplan.reports.summary_page.assumptions import assumptions_html, evidence_html
from blinplan.reports.summary_page.verdicts import verdicts_html
from blinplan.rules.judge import Judgement
from blinplan.rules.run_result import Result
from blinplan.simulation.percentiles import Bands
from blinplan.simulation.trial import Simulation


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
    """

    choice: Choice
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
    title = f"{regimen.name}: {regimen.title}"
    parts = {
        "summary": _summary(report),
        "timeline": _timeline(report),
        "curves": _curves(report),
        "endpoints": _endpoints(report.simulation),
        "rules": verdicts_html(report.judgement),
        "evidence": evidence_html(report.evidence),
        "assumptions": assumptions_html(report.simulation, report.preset, report.judgement.limits),
        "manifest": _manifest(report),
    }
    links = "".join(f'<li><a href="#{name}">{shown(text)}</a></li>' for name, text in _SECTIONS.items())
    body = "\n".join(
        [
            f"<header><h1>{shown(title)}</h1></header>",
            f'<nav aria-label="Sections"><ol>{links}</ol></nav>',
            "<main>",
            *(section(name, text, parts[name]) for name, text in _SECTIONS.items()),
            "</main>",
            f"<footer><p>{shown(NOT_A_DEVICE)}</p></footer>",
        ]
    )
    return page(title, _STYLE, body)


def _summary(report: Report) -> Html:
    regimen, simulation = report.choice.regimen, report.simulation
    status = f"Exit status {report.result.status}: {report.result.reason}."
    shares = {row.key: row for row in share_rows(simulation)}
    warning = [paragraph("Doses of this regimen are unverified: nobody has seen them in the source.", "unverified")]
    return Html(
        "\n".join(
            [
                f'<p class="verdict status-{report.result.status}"><strong>{shown(report.result.summary)}.</strong>'
                f" {shown(status)}</p>",
                *(warning if regimen.unverified else []),
                _counted(report),
                facts(_known(report)),
                "<h3>In virtual patients</h3>",
                items(f"{row.group}: {_share(row)}" for key in _KEY_SHARES if (row := shares.get(key)) is not None),
                paragraph(
                    "The status is that of blinplan check. 0: everything was checked, and nothing counts. 1: something"
                    " counts. 2: not all could be checked.",
                    "quiet",
                ),
            ]
        )
    )


def _counted(report: Report) -> Html:
    """The findings that decide the status, a line each; nothing where there are none."""
    found = [finding for finding in report.judgement.findings if report.result.counts(finding)]
    return (
        items(f"{finding.severity.value} {finding.code}: {finding.message}" for finding in found) if found else Html()
    )


_KEY_SHARES = ("b_depleted_cycle_1", "t_returned", "il6_elevated_cycle_1")


def _share(row: ShareRow) -> str:
    if row.share == "-":
        return f"{row.label}: no patient at risk"
    return f"{row.label} in {row.share} of {row.total} patients (95 % interval {row.interval} %)"


def _known(report: Report) -> Iterator[tuple[str, str]]:
    regimen = report.choice.regimen
    yield "Indication", regimen.indication.value.replace("-", " ")
    yield "For", str(regimen.eligibility)
    yield "Course", _length(report.simulation.periods)
    yield "Dose", "; ".join(_in_words(report.simulation.periods))
    known = [] if report.course is None else known_of(report.course.patient)
    yield "Patient", (", ".join(known) or "nothing given") + f". {report.choice.reason}."
    yield "Premedication", _premedication(report)
    days = [f"first {days} days of cycle {number}" for number, days in enumerate(regimen.hospital_days, 1)]
    yield "In hospital", ", ".join(days) or "not stated"


def _premedication(report: Report) -> str:
    declared = report.choice.regimen.premedication
    if declared is None:
        return "none declared in this regimen"
    if report.premedication is None:
        return f"{declared.drug} {declared.dose}; what the patient gets is not evaluated: {report.unknown}"
    return f"{given_dose(report.premedication)}, {len(report.premedication.minutes)} times"


def _length(periods: tuple[Period, ...]) -> str:
    cycles = periods[-1].cycle
    infused = sum(period.minutes for period in periods if period.dose is not None)
    total = duration_text(periods[-1].stop)
    return f"{cycles} cycle{'s' * (cycles != 1)}; {duration_text(infused)} of infusion in {total}"


def _in_words(periods: tuple[Period, ...]) -> Iterator[str]:
    """Say what is given, cycles that are the same together."""
    cycles = [(number, _steps(tuple(of_one))) for number, of_one in groupby(periods, lambda period: period.cycle)]
    for steps, alike in groupby(cycles, lambda cycle: cycle[1]):
        numbers = [number for number, _ in alike]
        named = f"cycle {numbers[0]}" if len(numbers) == 1 else f"cycles {numbers[0]}-{numbers[-1]}"
        yield f"{named}: {steps}"


def _steps(periods: tuple[Period, ...]) -> str:
    told = [
        f"{duration_text(one.minutes)} free"
        if one.dose is None
        else f"{ordered_text(one)} for {duration_text(one.minutes)}"
        for one in periods
    ]
    return ", ".join(told)


def _timeline(report: Report) -> Html:
    periods = report.simulation.periods
    highest = max((period.dose.amount for period in periods if period.dose is not None), default=None)
    bars = [
        Bar(one.start, one.stop, float(one.dose.amount / highest), decimal_text(one.dose.amount), dark=True)
        for one in periods
        if one.dose is not None and highest
    ]
    first = {period.cycle: period.start for period in reversed(periods)}
    marks = [(first[cycle], f"Cycle {cycle}") for cycle in sorted(first)]
    given = {event.period: event for event in report.course.events} if report.course else {}
    drawn = timeline(bars, periods[-1].stop, marks, f"Ordered dose over time, in {dose_unit(periods)}")
    rows = [_period(period, given.get(period)) for period in periods]
    heads = ("Days", "Cycle", "Step", "Ordered", "mcg/day", "mcg")
    parts = [
        wide(f'<div class="drawn">{drawn}</div>', "The doses, drawn"),
        *(
            [paragraph(f"What the patient gets is not evaluated: {report.unknown}.", "unverified")]
            * bool(report.unknown)
        ),
        wide(table(heads, ("w", "w", "w", "", "n", "n"), rows), "The doses"),
    ]
    if report.course is not None:
        parts.append(paragraph(f"Whole course: {rounded(report.course.micrograms)} mcg."))
    return Html("\n".join(parts))


def _period(period: Period, event: Event | None) -> tuple[str, ...]:
    days = days_of(period), str(period.cycle)
    if period.dose is None:
        return *days, "", "free", "0", "0"
    if event is None:
        return *days, str(period.step), ordered_text(period), "-", "-"
    rate = rounded(event.rate) + (" (cap)" if event.capped else "")
    return *days, str(period.step), ordered_text(period), rate, rounded(event.micrograms)


def _curves(report: Report) -> Html:
    whole, early = report.whole, report.early
    return Html(
        "\n".join(
            [
                paragraph(f"{simulated_patients(report.simulation)}. {reading_of(report.simulation, whole)}"),
                _figure(report.simulation, whole, "whole", "The whole course"),
                *([_figure(report.simulation, early, "early", "The first days")] if early is not whole else []),
            ]
        )
    )


_PHONE_WIDTH, _PAGE_WIDTH = 89.0, 183.0


def _figure(simulation: Simulation, bands: Bands, name: str, title: str) -> str:
    """Put a figure into the page, in two widths of which one is shown."""
    first, last = bands.days[0], bands.days[-1]
    signals = ", ".join(band.signal.label for band in bands.bands)
    said = f"{title}, day {first:g} to {last:g}: {signals} over time. The numbers are in the table of endpoints."
    shapes = (
        f'<div class="{width_name}">{_inline(svg, f"{name}-{width_name}", said)}</div>'
        for width_name, width in (("page", _PAGE_WIDTH), ("phone", _PHONE_WIDTH))
        for svg in (figure(simulation, bands, FigureFormat.SVG, width).decode("utf-8"),)
    )
    caption = f"{title}: day {first:g} to day {last:g}"
    return f"<figure><figcaption>{shown(caption)}</figcaption>{''.join(shapes)}</figure>"


def _inline(svg: str, name: str, said: str) -> str:
    """Make a drawing part of a page: names of its own, no more digits than can be seen, read aloud as one picture."""
    inner = svg[svg.index(">", svg.index("<svg")) + 1 :]
    box = re.search(r'viewBox="[^"]+"', svg)
    assert box is not None  # noqa: S101 - matplotlib writes one
    inner = re.sub(r"<metadata>.*?</metadata>", "", inner, flags=re.DOTALL)
    inner = re.sub(r'(id="|url\(#|href="#)', rf"\g<1>{name}-", inner)
    inner = re.sub(r"(\d+\.\d\d)\d+", r"\1", inner)
    return f'<svg {box[0]} role="img" aria-label="{shown(said)}">{inner}'


def _endpoints(simulation: Simulation) -> Html:
    endpoints = table(
        ("Endpoint", "Typical", "Median", "5-95 %", "n"),
        ("h", "n", "n", "n", "n"),
        _grouped(
            (row.group, (row.label, row.typical, row.median, row.between, row.count))
            for row in endpoint_rows(simulation)
        ),
    )
    shares = table(
        ("Patients in whom", "Typical", "Share", "95 % interval", "of"),
        ("h", "n", "n", "n", "n"),
        _grouped(
            (row.group, (row.label, row.typical, row.share, row.interval, row.total)) for row in share_rows(simulation)
        ),
    )
    parts = paragraph(HOW_TO_READ), wide(endpoints, "Endpoints"), wide(shares, "Shares of patients")
    return Html("\n".join(parts))


def _grouped(rows: Iterator[tuple[str, tuple[str, ...]]]) -> Iterator[tuple[str, ...]]:
    """Put the name of each group before its rows."""
    for group, of_one in groupby(rows, lambda row: row[0]):
        yield (group,)
        yield from (cells for _, cells in of_one)


def _manifest(report: Report) -> Html:
    simulation, result = report.simulation, report.result
    made = manifest(
        regimen=simulation.regimen.name,
        input=report.fingerprint,
        population=simulation.preset,
        patients=simulation.population.size,
        seed=simulation.seed,
        curves_of_patients=report.whole.patients,
        typical_bsa_m2=round(simulation.typical_area, 3),
        attenuation=simulation.options.attenuation,
        premedication=simulation.options.premedication,
        engine=simulation.engine,
        follow_up_days=simulation.follow_up_days,
        evidence_patients=report.evidence.patients,
        today=result.today.isoformat(),
        fail_on=result.fail_on.value,
    )
    return Html(
        f'<pre class="command">{shown(report.command)}</pre>\n'
        + paragraph("The same command, blinplan, model and regimen file make the same report to the last byte.")
        + facts((name.replace("_", " "), str(value)) for name, value in made.items())
    )


_STYLE = """
:root { color-scheme: light; }
@page { margin: 14mm; }
body { font: 1rem/1.45 system-ui, sans-serif; color: #1a1a1a; background: #fff; margin: 0 auto; padding: 1rem;
  max-width: 58rem; overflow-wrap: break-word; }
h1 { font-size: 1.5rem; line-height: 1.2; margin: 0 0 0.5rem; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 0.5rem; border-bottom: 2px solid #1a1a1a; }
h3 { font-size: 1rem; margin: 1.4rem 0 0.3rem; }
h4 { font-size: 1rem; margin: 0; }
h2, h3, h4, figcaption { break-after: avoid; }
p { margin: 0.4rem 0; }
nav ol { columns: 2; margin: 0.5rem 0; padding-left: 1.5rem; }
a { color: inherit; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.1rem 1rem; margin: 0.4rem 0; }
dt { color: #555; }
dd { margin: 0; }
table { font-size: 0.85rem; margin: 0.5rem 0; }
tbody th { font-weight: normal; }
tr.group th { font-weight: bold; padding-top: 0.5rem; border-bottom: none; }
.wide { overflow-x: auto; }
.drawn svg { min-width: 30rem; width: 100%; display: block; }
figure { margin: 1rem 0; }
figcaption { font-weight: bold; }
figure svg { width: 100%; height: auto; display: block; }
.phone { display: none; }
.verdict { border: 2px solid #1a1a1a; border-left-width: 0.6rem; padding: 0.5rem 0.8rem; }
.unverified { border-left: 0.3rem dotted #1a1a1a; padding-left: 0.6rem; font-weight: bold; }
.quiet, .where { color: #555; font-size: 0.85rem; }
.finding { border-left: 0.3rem solid #1a1a1a; padding-left: 0.8rem; margin: 0.9rem 0; break-inside: avoid; }
.finding.warning { border-left-style: double; }
.finding.note { border-left-style: dotted; }
.finding dl { font-size: 0.9rem; }
.mark { border: 1px solid #1a1a1a; padding: 0 0.3rem; text-transform: uppercase; font-size: 0.75rem; }
.command { border: 1px solid #999; padding: 0.6rem; white-space: pre-wrap; overflow-wrap: anywhere; }
footer { margin-top: 2rem; border-top: 1px solid #999; font-size: 0.9rem; }
@media (max-width: 40rem) {
  .page { display: none; }
  .phone { display: block; }
  nav ol { columns: 1; }
  dl { grid-template-columns: 1fr; }
  dd { margin-bottom: 0.3rem; }
  .wide table { min-width: 30rem; }
}
@media print {
  html { font-size: 9.5pt; }
  body { max-width: none; padding: 0; }
  section[aria-labelledby="curves"] { break-before: page; }
  nav { display: none; }
  .page { display: block; }
  .phone { display: none; }
  .wide { overflow: visible; }
  table { font-size: 8pt; }
  figure { break-inside: avoid; }
}
"""
