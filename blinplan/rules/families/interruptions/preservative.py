"""What the rule about bags with preservative asks: whether one hung on a patient who is too light for it."""

from datetime import date
from fractions import Fraction

from blinplan.label.read import label_of
from blinplan.quantities import MINUTES_PER_HOUR, decimal_text
from blinplan.regimen.record.record import CourseRecord
from blinplan.rules.rule import Answer, Case, Finding, NotEvaluated, Rule

_NO_BAGS = NotEvaluated("not applicable", "no bags are on record")
_NO_WEIGHT = NotEvaluated("undecided", "the weight is not on record, and a bag with preservative hung")


def preservative(rule: Rule, case: Case) -> Answer:
    """Find bags on record that hold a preservative by their label, on a patient below the weight for it."""
    record, label = case.record, label_of(case.regimen)
    assert record is not None  # noqa: S101 - rules of records are asked about records only
    if not record.bags:
        return _NO_BAGS
    labelled = ((bag, label.bag(bag.minutes)) for bag in record.bags)
    preserved = [bag for bag, made in labelled if made is not None and made.preservative]
    if not preserved:
        return ()
    if record.weight is None:
        return _NO_WEIGHT
    own = None if case.site is None else case.site.preservative_from
    labelled_least = case.limits["preservative_from_weight"].value
    least = labelled_least if own is None else max(own, labelled_least)
    found: list[Finding] = []
    for bag in preserved:
        weight = _weight_on(record, record.weight, bag.hung.astimezone(record.zone).date())
        if weight < least:
            found.append(
                case.finding(
                    rule,
                    (*bag.path, "hours"),
                    f"a bag for {bag.minutes // MINUTES_PER_HOUR} hours hung on a patient of {decimal_text(weight, 3)}"
                    f" kg; it holds a preservative, and such bags are not for patients below {decimal_text(least)} kg",
                    "take it down where it hangs, tell the treating physician, and hang bags without preservative",
                )
            )
    return found


def _weight_on(record: CourseRecord, at_start: Fraction, day: date) -> Fraction:
    """The weight that was known on a day: the last that was taken, or that of the start."""
    known = [taken.weight for taken in record.measurements if taken.day <= day and taken.weight is not None]
    return known[-1] if known else at_start
