"""What the rule about the starts of cycles asks. Apart from the rules, so that a check of regimens does not wait."""

from blinplan.course.happened.decided import RecordError
from blinplan.course.happened.ledger import StartOfCycle
from blinplan.course.patient import PatientError
from blinplan.quantities import MINUTES_PER_DAY, duration_text
from blinplan.regimen.record.moments import minutes_between
from blinplan.regimen.record.record import CourseRecord
from blinplan.rules.families.interruptions.restarts import DOES_NOT_FIT, ledger_of, record_in
from blinplan.rules.rule import Answer, Case, Finding, NotEvaluated, Rule


def starts(rule: Rule, case: Case) -> Answer:
    """Find cycles that began before they could, or a day or more after it."""
    record = record_in(case)
    if not record.cycle_starts:
        return NotEvaluated("not applicable", "the record has no start of a later cycle")
    try:
        ledger = ledger_of(case)
    except RecordError:
        return DOES_NOT_FIT
    except PatientError as error:
        return NotEvaluated("undecided", str(error))
    return [found for start in ledger.starts for found in _beside_plan(rule, case, record, start)]


def _beside_plan(rule: Rule, case: Case, record: CourseRecord, start: StartOfCycle) -> list[Finding]:
    begun = next((one for one in record.cycle_starts if one.cycle == start.cycle), None)
    planned = next((one for one in record.planned_starts if one.cycle == start.cycle), None)
    plan = start.earliest if planned is None else minutes_between(record.start, planned.starts)
    could = max(start.earliest, plan)
    if begun is None or not (start.early or start.start >= could + MINUTES_PER_DAY):
        return []
    lasts = duration_text(start.early or start.start - could)
    message = (
        f"cycle {start.cycle} began {lasts} before the cycle and the interval before it had ended"
        if start.early
        else f"cycle {start.cycle} began {lasts} later than {'was planned' if could > start.earliest else 'it could'}"
    )
    advice = "have the treating physician look at it; the plan goes on from this start"
    return [case.finding(rule, (*begun.path, "started"), message, advice)]
