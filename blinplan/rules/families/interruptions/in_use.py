"""What the rule about expired bags asks: whether a bag ran after its in-use time was over."""

from collections.abc import Iterator

from blinplan.course.happened.hung import HungBag, hung_bags
from blinplan.label.read import label_of
from blinplan.quantities import duration_text, hours_text
from blinplan.regimen.record.moments import minutes_between
from blinplan.regimen.record.record import CourseRecord
from blinplan.rules.checks import labelled
from blinplan.rules.families.interruptions.restarts import record_in
from blinplan.rules.rule import Answer, Case, Finding, NotEvaluated, Rule

_NO_BAGS = NotEvaluated("not applicable", "no bags are on record for which the label has an in-use time")


def in_use(rule: Rule, case: Case) -> Answer:
    """Find bags on record that ran longer than they may be used, the same bag that was hung again with them."""
    record = record_in(case)
    asked = [(bag, limit) for bag in hung_bags(record) if (limit := _time_of(case, bag)) is not None]
    if not asked:
        return _NO_BAGS
    found = [finding for bag, limit in asked for finding in _findings(rule, case, record, bag, limit)]
    if found or not any(_may_be_expired(case, record, bag, limit) for bag, limit in asked):
        return found
    return NotEvaluated("undecided", "whether a bag was kept cold before it was hung is not known (`kept`, --site)")


def _findings(rule: Rule, case: Case, record: CourseRecord, bag: HungBag, limit: int) -> Iterator[Finding]:
    over = _ran_until(record, bag) - _used_since(case, record, bag) - limit
    if over <= 0:
        return
    since = "it was hung" if _used_since(case, record, bag) == _first_hung(record, bag) else "it was prepared"
    yield case.finding(
        rule,
        (*bag.path, "hung" if bag.stop is None else "taken_down"),
        f"{_name_of(bag)} ran until {duration_text(over)} after its in-use time was over, which is {hours_text(limit)}"
        f" from when {since}",
        "take it down where it hangs, tell the treating physician, and hang a new bag before the time is over",
        limits=labelled.limits_stated(rule, case),
    )


def _name_of(bag: HungBag) -> str:
    return "this bag" if bag.bag.number is None else f"bag {bag.bag.number}"


def _time_of(case: Case, bag: HungBag) -> int | None:
    """How long a bag may be used: by the label, and by a site that is stricter."""
    labelled = label_of(case.regimen).bag(bag.bag.minutes)
    by_label = None if labelled is None or labelled.in_use is None else case.limits["in_use"].minutes
    sizes = () if case.site is None else case.site.bags
    own = next((size.in_use for size in sizes if size.minutes == bag.bag.minutes), None)
    return min((one for one in (by_label, own) if one is not None), default=None)


def _ran_until(record: CourseRecord, bag: HungBag) -> int:
    """Until when it is known that a bag ran: one that hangs, to the last time it was hung or went on after a stop."""
    if bag.stop is not None:
        return bag.stop
    again = [stop.restarted for stop in record.interruptions if stop.same_bag and stop.restarted is not None]
    return max([bag.start, *(minutes_between(record.start, restarted) for restarted in again)])


def _first_hung(record: CourseRecord, bag: HungBag) -> int:
    same = (one.start for one in hung_bags(record) if bag.bag.number is not None and one.bag.number == bag.bag.number)
    return min(same, default=bag.start)


def _used_since(case: Case, record: CourseRecord, bag: HungBag) -> int:
    """Since when its time runs: from hanging where it was cold, or may have been, and else from preparation."""
    prepared = bag.bag.prepared
    if prepared is None or case.site is None or case.site.kept_cold:
        return _first_hung(record, bag)
    return minutes_between(record.start, prepared)


def _may_be_expired(case: Case, record: CourseRecord, bag: HungBag, limit: int) -> bool:
    """Whether a bag ran too long if it was not cold before it was hung, which nobody says."""
    prepared = bag.bag.prepared
    if case.site is not None or prepared is None:
        return False
    return _ran_until(record, bag) - minutes_between(record.start, prepared) > limit
