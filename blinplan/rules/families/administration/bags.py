"""What the rules about bags ask. Apart from the rules, so that a check without a site profile does not wait for it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from blinplan.course.bags.bag import Bag
from blinplan.course.bags.contents import impossible_bags
from blinplan.course.bags.errors import NeverOpenError, NoSequenceError
from blinplan.course.bags.preparation import (
    advice_on_allowed_bags,
    faults_of_site,
    is_too_light,
    preserved_bags_text,
    too_light_text,
)
from blinplan.course.bags.sequence import bag_sequence, usable_bags, without_preservative
from blinplan.course.dated import date_course
from blinplan.course.events import Course, expand
from blinplan.course.infusions import Infusion
from blinplan.course.patient import BodySurfaceArea, Patient, PatientError
from blinplan.label.read import label_of
from blinplan.limits import Limits
from blinplan.quantities import MINUTES_PER_DAY, Basis, decimal_text, duration_text
from blinplan.regimen.regimen import Cycle, Step
from blinplan.regimen.site.site import WEEKDAYS, Site
from blinplan.regimen.toml.positions import KeyPath
from blinplan.rules.checks import labelled
from blinplan.rules.rule import Answer, Case, Finding, NotEvaluated, Rule, Severity

_MONDAY = datetime(2026, 11, 2, tzinfo=UTC)


def _infusions(cycle: Cycle) -> list[tuple[Step, Infusion]]:
    """The steps of a cycle with their minutes from its start. The rate plays no part in which bags fit."""
    infusions, start = [], 0
    for step in cycle.steps:
        infusions.append((step, Infusion(start, start + step.minutes, step.dose.amount)))
        start += step.minutes
    return infusions


def _alone(infusion: Infusion) -> Infusion:
    """The same stretch as if the course began with it."""
    return Infusion(0, infusion.stop - infusion.start, infusion.rate)


def bags_do_not_fit(rule: Rule, case: Case, site: Site) -> Iterator[Finding]:
    """Find the steps that no sequence of the site's bags lasts as long as, or only with a rest to throw away."""
    sizes = ", ".join(duration_text(size.minutes) for size in site.bags)
    for cycle in case.regimen.cycles:
        for step, infusion in _infusions(cycle):
            path, what = case.length_path(step), f"this step lasts {duration_text(step.minutes)}"
            try:
                bags = bag_sequence([_alone(infusion)], site, None, thrifty=True)
            except NoSequenceError as error:
                yield case.finding(
                    rule,
                    path,
                    f"{what}, and no sequence of the site's bags ({sizes}) does: {error}",
                    "prepare a longer bag",
                    severity=Severity.ERROR,
                    value=f"{duration_text(step.minutes)} in bags of {sizes}",
                )
                continue
            wasted = sum(bag.size.minutes - bag.minutes for bag in bags)
            if wasted:
                yield case.finding(
                    rule,
                    path,
                    f"{what}; the site's bags ({sizes}) last {duration_text(step.minutes + wasted)}, and"
                    f" {duration_text(wasted)} of them would be thrown away",
                    "prepare a bag that fits, or plan to discard the rest",
                    value=f"{duration_text(step.minutes)} in bags of {sizes}",
                )


def _finding(
    rule: Rule,
    case: Case,
    path: KeyPath,
    message: str,
    advice: str,
    *,
    severity: Severity | None = None,
    value: str | None = None,
) -> Finding:
    """A finding by those limits of its rule that the label states."""
    return case.finding(
        rule, path, message, advice, severity=severity, value=value, limits=labelled.limits_stated(rule, case)
    )


def preservative(rule: Rule, case: Case, site: Site) -> Answer:
    """Find the steps that need a bag with preservative, where patients are admitted who must not have it."""
    least = _preservative_from(case.limits, site)
    weight = case.patient.weight if case.patient else case.regimen.eligibility.minimum_weight
    if weight is not None and weight >= least:
        return ()
    who = (
        "patients of any weight are admitted"
        if weight is None
        else f"the patient weighs {decimal_text(weight, 3)} kg"
        if case.patient
        else f"patients from {decimal_text(weight, 3)} kg are admitted"
    )
    if case.patient and weight is None:
        return NotEvaluated("undecided", "the patient's weight is not given")
    findings = []
    for cycle in case.regimen.cycles:
        for step, infusion in _infusions(cycle):
            try:
                bag_sequence([_alone(infusion)], site, None, lambda _: without_preservative(site))
            except NoSequenceError:
                findings.append(
                    _finding(
                        rule,
                        case,
                        case.length_path(step),
                        f"{who}, and the site has no bags without preservative that give this step:"
                        f" {preserved_bags_text(site)}",
                        f"for patients below {decimal_text(least)} kg"
                        f" {advice_on_allowed_bags(site, label_of(case.regimen))}",
                    )
                )
    return findings


def _preservative_from(limits: Limits, site: Site) -> Fraction:
    """The weight in kg from which bags with preservative are given: the stricter of the label's and the site's."""
    own = site.preservative_from
    if own is not None and "preservative_from_weight" not in limits:
        return own
    limit = limits["preservative_from_weight"].value
    return limit if own is None else max(own, limit)


def follows_label(rule: Rule, case: Case, site: Site) -> Iterator[Finding]:
    """Find in what the site is laxer than the label that the regimen follows, or cannot be right."""
    for fault in faults_of_site(site, label_of(case.regimen)):
        yield _finding(rule, case, ("cycle", 0, "steps"), f"{site.name}: {fault.message}", fault.advice)
    weight = case.patient.weight if case.patient else None
    for cycle in case.regimen.cycles:
        for step in cycle.steps:
            rate = _highest_rate(case, step)
            bags = [Bag(0, size.minutes, size, rate, 0) for size in usable_bags(site, weight)] if rate else []
            for bag, why in impossible_bags(bags, site):
                yield _finding(
                    rule,
                    case,
                    case.length_path(step),
                    f"{site.name}: a bag for {duration_text(bag.size.minutes)} with {decimal_text(bag.rate, 3)} mcg/day"
                    f" cannot be made: {why}",
                    "correct `vial` or the volumes of the bag in the site profile",
                )


def _highest_rate(case: Case, step: Step) -> Fraction | None:
    """The most that anybody is given in a step, in mcg/day, or that the patient is; None where nobody knows."""
    if step.dose.basis is Basis.FLAT:
        return step.dose.amount
    area = case.patient.area if case.patient else None
    cap = None if step.cap is None else step.cap.amount
    if area is None:
        return cap
    by_area = step.dose.amount * area.square_metres
    return by_area if cap is None else min(by_area, cap)


def times(rule: Rule, case: Case, site: Site) -> Answer:
    """Find bags that are used beyond their time, and changes at times at which the site makes none."""
    findings = [
        *_bags_beyond_their_time(rule, case, site),
        *_steps_off_the_hour(rule, case, site),
        *_no_course(rule, case, site),
    ]
    findings = findings or list(_no_day_to_start(rule, case, site))
    unknown = [size for size in site.bags if size.in_use is None]
    if unknown and not findings:
        names = ", ".join(duration_text(size.minutes) for size in unknown)
        return NotEvaluated("undecided", f"how long a bag for {names} may be used is not given (`in_use_hours`)")
    return findings


def _bags_beyond_their_time(rule: Rule, case: Case, site: Site) -> Iterator[Finding]:
    ward = replace(site, preservative_from=_least_weight(case, site))
    left = usable_bags(ward, case.patient.weight if case.patient else None)
    severity = None if left else Severity.ERROR
    for size in site.bags:
        limit = size.in_use
        if site.kept_cold and size.cold is not None and site.prepared_before > size.cold:
            yield _finding(
                rule,
                case,
                ("cycle", 0, "steps"),
                f"{site.name} prepares bags {duration_text(site.prepared_before)} before they start; those that last"
                f" {duration_text(size.minutes)} keep for {duration_text(size.cold)} at 2 to 8 °C",
                "prepare bags later",
                severity=severity,
                value=f"bags of {duration_text(size.minutes)}, ready {duration_text(site.prepared_before)} before, cold"
                f" for {duration_text(size.cold)}",
            )
        elif limit is not None and site.warm_before + size.minutes > limit:
            yield _finding(
                rule,
                case,
                ("cycle", 0, "steps"),
                f"{site.name} prepares bags {duration_text(site.warm_before)} before they start; those that last"
                f" {duration_text(size.minutes)} may be used for {duration_text(limit)} in all",
                "prepare bags later, or shorter ones",
                severity=severity,
                value=f"bags of {duration_text(size.minutes)}, ready {duration_text(site.prepared_before)} before, good"
                f" for {duration_text(limit)}",
            )


def _steps_off_the_hour(rule: Rule, case: Case, site: Site) -> Iterator[Finding]:
    if site.change_minute is None:
        return
    for cycle in case.regimen.cycles:
        for step, infusion in _infusions(cycle):
            if infusion.start % MINUTES_PER_DAY:
                yield _finding(
                    rule,
                    case,
                    (*step.path, "dose"),
                    f"this step begins {duration_text(infusion.start)} into the cycle, and {site.name} changes bags at"
                    " one time of day",
                    "let every step before it last whole days",
                    value=f"{duration_text(infusion.start)} into the cycle",
                )


def _no_day_to_start(rule: Rule, case: Case, site: Site) -> Iterator[Finding]:
    """Find cycles of which some step begins on a closed day, on whatever day of the week they start."""
    for cycle in case.regimen.cycles:
        days = [infusion.start // MINUTES_PER_DAY for _, infusion in _infusions(cycle)]
        if any(all((first + day) % len(WEEKDAYS) not in site.closed for day in days) for first in range(len(WEEKDAYS))):
            continue
        closed = ", ".join(WEEKDAYS[day] for day in sorted(site.closed))
        yield _finding(
            rule,
            case,
            (*cycle.path, "steps"),
            f'on whatever day "{cycle.name}" starts, {site.name} would have to begin a step on a day on which it'
            f" changes no bags ({closed})",
            "let each step last so long that the next begins on an open day",
            value=f"{case.text_at((*cycle.path, 'steps'))}; closed on {closed}",
        )


def _no_course(rule: Rule, case: Case, site: Site) -> Iterator[Finding]:
    """Find that a plan gets no bags for the course, on whatever day of a week it starts; or on which days it does not.

    Each start is planned as `blinplan plan` does, without holidays and days on which bags cannot be had: another week
    has others.
    """
    week = replace(
        site,
        holidays=frozenset(),
        shortages=tuple(shortage for shortage in site.shortages if shortage.holds(None)),
        preservative_from=_least_weight(case, site),
    )
    course, weight = course_of_case(case), case.patient.weight if case.patient else None
    if course is None or not usable_bags(week, weight) or _is_told_by_steps(case, week):
        return
    days = range(7) if site.closed else range(1)
    starts = [_MONDAY + timedelta(days=day, minutes=site.change_minute or 0) for day in days]
    refusals = {start: why for start in starts if (why := _refusal(course, week, start)) is not None}
    if not refusals:
        return
    first = next(iter(refusals.values()))
    names = [WEEKDAYS[start.weekday()].capitalize() for start in refusals]
    when = "on whatever day this course starts" if len(refusals) == len(starts) else f"from a start on a {_or(names)}"
    yield _finding(
        rule,
        case,
        ("cycle", 0, "steps"),
        f"{when}, no sequence of {site.name}'s bags gives it: {first}{_why_so_few(case, week)}",
        _advice(case, week),
        severity=Severity.ERROR if len(refusals) == len(starts) else Severity.NOTE,
        value=f"{len(refusals)} of {len(starts)} days; {case.text_at(('cycle', 0, 'steps'))}",
    )


def _is_told_by_steps(case: Case, site: Site) -> bool:
    """Whether a step alone gets no bags, of all or of those without preservative where the patient is too light."""
    weight = case.patient.weight if case.patient else None
    sizes = without_preservative(site) if is_too_light(site, weight) else site.bags
    infusions = [_alone(infusion) for cycle in case.regimen.cycles for _, infusion in _infusions(cycle)]
    try:
        for infusion in infusions:
            bag_sequence([infusion], site, None, lambda _: sizes)
    except NoSequenceError:
        return True
    return False


def _or(names: Sequence[str]) -> str:
    return " or ".join(names)


def _why_so_few(case: Case, site: Site) -> str:
    weight = case.patient.weight if case.patient else None
    if weight is None or not is_too_light(site, weight):
        return ""
    return f"; {too_light_text(site, weight, case.limits_unasked)}"


def _advice(case: Case, site: Site) -> str:
    weight = case.patient.weight if case.patient else None
    if is_too_light(site, weight):
        return advice_on_allowed_bags(site, label_of(case.regimen))
    return "prepare a bag that lasts over these days"


def _least_weight(case: Case, site: Site) -> Fraction | None:
    """The weight from which bags with preservative are given; None where neither the site nor its label says."""
    return None if site.preservative_from is None else _preservative_from(case.limits_unasked, site)


def course_of_case(case: Case) -> Course | None:
    """The course of the patient, or of anybody; None where the regimen is not for the patient."""
    patient = case.patient or Patient()
    if patient.area is None:  # bags are the same whatever the dose
        patient = replace(patient, area=BodySurfaceArea(Fraction(1), ""))
    try:
        return expand(case.regimen, patient)
    except PatientError:
        return None


def _refusal(course: Course, site: Site, start: datetime) -> str | None:
    """Why a plan from a start gets no bags; None where it gets them."""
    try:
        date_course(course, start, site, None)
    except (NoSequenceError, NeverOpenError) as error:
        return str(error)
    return None
