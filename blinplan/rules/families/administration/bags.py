"""What the rules about bags ask. Apart from the rules, so that a check without a site profile does not wait for it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from blinplan.course.bags.preparation import faults_of_site
from blinplan.course.bags.sequence import Infusion, NoSequenceError, bag_sequence, usable_bags, without_preservative
from blinplan.label.read import label_of
from blinplan.quantities import MINUTES_PER_DAY, decimal_text, duration_text
from blinplan.regimen.regimen import Cycle, Step
from blinplan.regimen.site import WEEKDAYS, Site
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


def preservative(rule: Rule, case: Case, site: Site) -> Answer:
    """Find the steps that need a bag with preservative, where patients are admitted who must not have it."""
    least = _preservative_from(case, site)
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
                    case.finding(
                        rule,
                        case.length_path(step),
                        f"{who}, and the site has no bags without preservative that give this step",
                        f"prepare {labelled.bags_without_preservative(case)} for patients below"
                        f" {decimal_text(least)} kg",
                    )
                )
    return findings


def _preservative_from(case: Case, site: Site) -> Fraction:
    """The weight in kg from which bags with preservative are given: the stricter of the label's and the site's."""
    own = site.preservative_from
    if own is not None and "preservative_from_weight" not in case.limits:
        return own
    limit = case.limits["preservative_from_weight"].value
    return limit if own is None else max(own, limit)


def follows_label(rule: Rule, case: Case, site: Site) -> Iterator[Finding]:
    """Find in what the site is laxer than the label that the regimen follows, or cannot be right."""
    for fault in faults_of_site(site, label_of(case.regimen)):
        yield case.finding(rule, ("cycle", 0, "steps"), f"{site.name}: {fault.message}", fault.advice)


def times(rule: Rule, case: Case, site: Site) -> Answer:
    """Find bags that are used beyond their time, and changes at times at which the site makes none."""
    findings = [*_bags_beyond_their_time(rule, case, site), *_steps_off_the_hour(rule, case, site)]
    findings = findings or list(_no_day_to_start(rule, case, site))
    unknown = [size for size in site.bags if size.in_use is None]
    if unknown and not findings:
        names = ", ".join(duration_text(size.minutes) for size in unknown)
        return NotEvaluated("undecided", f"how long a bag for {names} may be used is not given (`in_use_hours`)")
    return findings


def _bags_beyond_their_time(rule: Rule, case: Case, site: Site) -> Iterator[Finding]:
    for size in site.bags:
        limit = size.in_use
        if limit is not None and site.prepared_before + size.minutes > limit:
            yield case.finding(
                rule,
                ("cycle", 0, "steps"),
                f"{site.name} prepares bags {duration_text(site.prepared_before)} before they start; those that last"
                f" {duration_text(size.minutes)} may be used for {duration_text(limit)} in all",
                "prepare bags later, or shorter ones",
                value=f"bags of {duration_text(size.minutes)}, ready {duration_text(site.prepared_before)} before, good"
                f" for {duration_text(limit)}",
            )


def _steps_off_the_hour(rule: Rule, case: Case, site: Site) -> Iterator[Finding]:
    if site.change_minute is None:
        return
    for cycle in case.regimen.cycles:
        for step, infusion in _infusions(cycle):
            if infusion.start % MINUTES_PER_DAY:
                yield case.finding(
                    rule,
                    (*step.path, "dose"),
                    f"this step begins {duration_text(infusion.start)} into the cycle, and {site.name} changes bags at"
                    " one time of day",
                    "let every step before it last whole days",
                    value=f"{duration_text(infusion.start)} into the cycle",
                )


def _no_day_to_start(rule: Rule, case: Case, site: Site) -> Iterator[Finding]:
    if not site.closed:
        return
    weight = case.patient.weight if case.patient else None
    week = replace(site, holidays=frozenset(), bags=usable_bags(site, weight))
    for cycle in case.regimen.cycles:
        if any(_runs(cycle, week, _MONDAY + timedelta(days=day)) for day in range(7)):
            continue
        closed = ", ".join(WEEKDAYS[day] for day in sorted(site.closed))
        yield case.finding(
            rule,
            (*cycle.path, "steps"),
            f'on whatever day "{cycle.name}" starts, {site.name} would have to change a bag on a day on which it does'
            f" not ({closed})",
            "prepare a bag that lasts over these days",
            value=f"{case.text_at((*cycle.path, 'steps'))}; closed on {closed}",
        )


def _runs(cycle: Cycle, site: Site, start: datetime) -> bool:
    """Whether a cycle that starts then has all its changes, those of the dose too, on open days."""
    infusions = [infusion for _, infusion in _infusions(cycle)]
    if any((start + timedelta(minutes=infusion.start)).weekday() in site.closed for infusion in infusions):
        return False
    at = start + timedelta(minutes=site.change_minute or 0)
    try:
        bag_sequence(infusions, site, at)
    except NoSequenceError:
        return False
    return True
