"""The plan for one patient: the event table and what goes with it."""

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from rich.text import Text

from blinplan.course.eligibility import Choice
from blinplan.course.events import Course, Event, Period
from blinplan.course.premedication import PremedicationPlan
from blinplan.course.remarks import Remark
from blinplan.course.things_due import hospital_stays
from blinplan.label.label import FollowedLabel
from blinplan.outside_text import visible
from blinplan.quantities import MINUTES_PER_DAY, DoseRate
from blinplan.reports.plan.followed import label_json, label_line
from blinplan.reports.plan.premedication import premedication_json, premedication_lines
from blinplan.reports.plan.remarks import joined_texts, once_told, remark_lines, stands_above
from blinplan.reports.plan.things_due import cycle_text, due_json, due_lines, reason_of_no_interval
from blinplan.reports.shared.departures import departures_json
from blinplan.reports.shared.document import DocumentKind
from blinplan.reports.shared.words import (
    NOT_A_DEVICE,
    amount_text,
    blocks_and_intervals,
    days_of,
    exact_amount,
    known_figures,
    ordered_text,
)
from blinplan.terminal import Screen

if TYPE_CHECKING:
    from rich.console import RenderableType

    from blinplan.data_table import Column, DataTable
    from blinplan.regimen.site.site import Site

PLAN = DocumentKind("plan")


def plan_head(
    course: Course, choice: Choice, label: FollowedLabel, remarks: Sequence[Remark] = ()
) -> "list[RenderableType]":
    """Draw what the plan is of, what decided its doses, and what has to be known of the whole course."""
    title = Text.assemble((visible(course.regimen.name), "title"), "  ", visible(course.regimen.title))
    words = map(Text, blocks_and_intervals([event.period for event in course.events]))
    above = [remark for remark in remarks if stands_above(remark)]
    return [title, *_decisions(course, choice, label), *words, *remark_lines(above), ""]


def plan_report(
    course: Course,
    choice: Choice,
    label: FollowedLabel,
    premedication: PremedicationPlan | None,
    screen: Screen,
    remarks: Sequence[Remark] = (),
    cycle: int | None = None,
) -> "list[RenderableType]":
    """Draw the event table of one patient, with what decided its doses above and what goes with it below."""
    below = [remark for remark in remarks if not stands_above(remark)]
    parts: list[RenderableType] = [
        *plan_head(course, choice, label, remarks),
        _events(course, screen, cycle),
        "",
        whole_course(course),
        *premedication_lines(premedication),
        *due_lines(course),
        *hospital_days(course),
        *remark_lines(below),
        Text(NOT_A_DEVICE, "quiet"),
    ]
    return parts


def _decisions(course: Course, choice: Choice, label: FollowedLabel) -> list[Text]:
    lines = [Text(f"Patient: {', '.join(known_figures(course.patient)) or 'nothing given'}")]
    if not choice.switched:  # which the list of remarks tells
        lines.append(Text(f"{choice.limit}: {choice.reason}"))
    return [*lines, Text(label_line(course, label))]


def _events(course: Course, screen: Screen, cycle: int | None) -> "RenderableType":
    table = screen.table()
    table.add_column("Days", no_wrap=True)
    table.add_column("Cycle", justify="right")
    table.add_column("Step", justify="right")
    table.add_column("Ordered")
    table.add_column("mcg/day", justify="right", no_wrap=True)
    table.add_column("mcg", justify="right", no_wrap=True)
    table.add_column("Line", justify="right")
    for event in shown_events(course, cycle):
        table.add_row(*_event_row(course, event), style="" if event.period.dose else "quiet")
    return table


def free_text(period: Period) -> str:
    """Say that nothing is infused, and why where the regimen says it."""
    why = why_free(period)
    return "free" if why is None else f"free: {why}"


def why_free(period: Period) -> str | None:
    """Say why nothing is infused: the regimen's reason, or that another block begins after it."""
    why = period.interval_reason or period.block_change
    return None if why is None else visible(why)


def no_interval_text(course: Course, period: Period) -> str:
    """Say that no interval follows a period, and why, where the regimen says it."""
    reason = reason_of_no_interval(course, period.cycle)
    last = period.stop == max(event.period.stop for event in course.events if event.period.cycle == period.cycle)
    return f"; no interval follows: {visible(reason)}" if reason is not None and last else ""


def _event_row(course: Course, event: Event) -> Sequence[str | Text]:
    period = event.period
    if period.dose is None:
        return _days(event), cycle_text(course, period.cycle), "", free_text(period), "0", "0", str(period.line)
    given = Text(amount_text(event.rate))
    if event.capped:
        given.append(" (cap)", "warning")
    return (
        _days(event),
        cycle_text(course, period.cycle),
        str(period.step),
        ordered_text(period) + no_interval_text(course, period),
        given,
        amount_text(event.micrograms),
        str(period.line),
    )


def _days(event: Event) -> str:
    return days_of(event.period)


def whole_course(course: Course) -> Text:
    """Say how much is infused in all and on how many days, and how much of it everybody is given."""
    (mcg, days), (most, longest) = (dose_and_days(each) for each in (course.for_everybody, course))
    more = f"; up to {most} over {longest} with the optional cycles" if (mcg, days) != (most, longest) else ""
    return Text(f"Whole course: {mcg} mcg over {days} days of infusion{more}")


def dose_and_days(course: Course) -> tuple[str, str]:
    """Write how much a course infuses, in mcg, and on how many days."""
    return amount_text(course.micrograms), amount_text(Fraction(course.infusion_minutes, MINUTES_PER_DAY))


def hospital_days(course: Course, site: "Site | None" = None) -> list[Text]:
    """Say on which days the patient is in hospital, and how many a site asks for at least."""
    stays = [
        f"first {days} days of cycle {cycle}" for cycle, (_, days) in sorted(hospital_stays(course).items()) if days
    ]
    wanted = ", ".join(str(days) for days in site.hospital_days) if site is not None else ""
    asked = f"; {visible(site.name)} asks for no fewer than {wanted}" if site is not None and wanted else ""
    return [Text(f"In hospital: {', '.join(stays)}{asked}")] if stays else []


def plan_json(
    course: Course,
    choice: Choice,
    label: FollowedLabel,
    premedication: PremedicationPlan | None,
    input_fingerprint: str,
    cycle: int | None = None,
) -> dict[str, Any]:
    """Write the plan as a JSON document; amounts as exact fractions and as numbers."""
    # Imported here, because a plan for people states no fingerprints.
    from blinplan.reports.shared.manifest import manifest

    patient = course.patient
    return {
        **PLAN.head(manifest(regimen=course.regimen.name, input=input_fingerprint, label=label.name)),
        "patient": {
            "weight_kg": _number(patient.weight),
            "height_cm": _number(patient.height),
            "bsa_m2": _number(patient.area.square_metres) if patient.area else None,
            "bsa_origin": patient.area.origin if patient.area else None,
            "age": patient.age.words if patient.age else None,
        },
        "label": label_json(course, label),
        **departures_json(course.regimen),
        "weight_limit": choice.reason,
        "switched": choice.switched,
        "unverified": course.regimen.unverified,
        "events": [_event_json(event) for event in shown_events(course, cycle)],
        "total_mcg": exact_amount(course.micrograms),
        "total_mcg_without_optional": exact_amount(course.for_everybody.micrograms),
        **premedication_json(premedication),
        "hospital_days": list(course.regimen.hospital_days),
        "due": due_json(course),
        "notice": NOT_A_DEVICE,
    }


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def _event_json(event: Event) -> dict[str, Any]:
    period, ordered = event.period, event.period.instead_of or event.period
    return {
        "start_minute": period.start,
        "stop_minute": period.stop,
        "rate_mcg_per_day": exact_amount(event.rate),
        "mcg": exact_amount(event.micrograms),
        "cycle": period.cycle,
        "cycle_name": period.cycle_name,
        "step": period.step,
        "ordered": _order_text(ordered.dose),
        "max": _order_text(ordered.cap),
        "wrong_bag": ordered is not period,
        "capped": event.capped,
        "line": period.line,
        "optional": period.optional,
        "interval_reason": period.interval_reason,
        "block": period.block,
    }


def _order_text(dose: DoseRate | None) -> str | None:
    return None if dose is None else f"{dose.amount} {dose.unit}"


def shown_events(course: Course, cycle: int | None) -> list[Event]:
    """The events of a course, or of one cycle of it where that is asked for."""
    return [event for event in course.events if cycle is None or event.period.cycle == cycle]


def plan_table(
    course: Course, remarks: Sequence[Remark] = (), cycle: int | None = None, *, told_once: bool = False
) -> "DataTable":
    """The event table as data, one event a row.

    What is of the whole plan stands in each row, or ``told_once`` in the first.
    """
    from blinplan.data_table import table_of_rows
    from blinplan.reports.shared.decimals import with_decimals

    rows = [with_decimals(_event_values(event, remarks)) for event in shown_events(course, cycle)]
    return table_of_rows("plan", _columns(), once_told(rows) if told_once else rows)


def _columns() -> "tuple[Column, ...]":
    from blinplan.data_table import Column, ColumnKind
    from blinplan.reports.shared.decimals import ROUNDED

    text, truth, whole = ColumnKind.TEXT, ColumnKind.TRUTH, ColumnKind.WHOLE
    return (
        Column("start_minute", "min", "start, from the start of the course", whole),
        Column("stop_minute", "min", "end, from the start of the course", whole),
        Column("rate_mcg_per_day", "mcg/day", "infusion rate, after the cap"),
        Column("mcg", "mcg", "what is infused"),
        Column("cycle", "", "number of the cycle", whole),
        Column("step", "", "number of the dose step within its cycle, 0 in a treatment-free interval", whole),
        Column("ordered", "", "dose as it is ordered", text),
        Column("capped", "", "whether the cap decided the dose", truth),
        Column("line", "", "line of the regimen file", whole),
        Column("optional", "", "whether not everybody is given the cycle", truth),
        Column("interval_reason", "", "why an interval without infusion is what it is, or none follows", text),
        Column("block", "", "treatment block that the cycle belongs to", text),
        Column("remarks", "", "what has to be known of its cycle", text),
        Column("remarks_of_course", "", "what has to be known of the whole plan", text),
        ROUNDED,
    )


def _event_values(event: Event, remarks: Sequence[Remark]) -> dict[str, Any]:
    period = event.period
    return {
        "start_minute": period.start,
        "stop_minute": period.stop,
        "rate_mcg_per_day": event.rate,
        "mcg": event.micrograms,
        "cycle": period.cycle,
        "step": period.step,
        "ordered": _order_text((period.instead_of or period).dose),
        "capped": event.capped,
        "line": period.line,
        "optional": period.optional,
        "interval_reason": period.interval_reason,
        "block": period.block,
        "remarks": joined_texts(remark for remark in remarks if remark.cycle == period.cycle),
        "remarks_of_course": joined_texts(remark for remark in remarks if remark.cycle is None),
    }
