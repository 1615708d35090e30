"""The lines above and below the tables of a comparison: who, what is unverified, findings, what intervals cover."""

from collections.abc import Iterator

from blinplan.design.comparison.compare import OverSets, PairedComparison
from blinplan.design.comparison.contrast import Measure
from blinplan.design.comparison.courses import end_of
from blinplan.design.comparison.intervals import MEANS, SHARES
from blinplan.outside_text import visible
from blinplan.quantities import plural
from blinplan.reports.design.comparison.texts import shown_shares
from blinplan.reports.design.comparison.view import ComparisonView
from blinplan.reports.shared.words import (
    NO_SHARE_BY_DAY,
    ages_not_judged,
    covers,
    given_lines,
    off_drug_lines,
    over_sets_text,
    people_text,
    plausible_text,
    unverified_mark,
)
from blinplan.simulation.models.source import SetsOf
from blinplan.simulation.off_drug import OffDrugCount, off_drug_count

TIMES = " A time counts up to where all courses are looked at, and all of that in who never gets there."


def who_lines(compared: PairedComparison) -> Iterator[str]:
    """Say who the patients are, how many were drawn, whom one of the regimens refuses, and how long it is."""
    people = compared.cohort
    regimens = [arm.regimen for arm in compared.arms]
    is_judged = people.seed is not None and not ages_not_judged(people.table, regimens)
    admitted = ", all admitted by each regimen" if is_judged else ""
    yield f"{people_text(people, passed_over=False)}{admitted}"
    refusals = compared.refusals
    if refusals is not None and any(refusals):
        told = (
            f"{visible(arm.name)} ({arm.regimen.eligibility}) refuses {count:,}"
            for arm, count in zip(compared.arms, refusals, strict=True)
            if count
        )
        yield f"{people.draws:,} people were drawn: {'; '.join(told)}."
    yield from given_lines(people.table, people.given_parameters, regimens)
    yield from off_drug_lines(off_drug_of_arms(compared), people.size)
    strangers = [arm for arm in compared.arms if arm.regimen.virtual_population != compared.preset]
    for arm in strangers:
        own = arm.regimen.virtual_population
        yield f"Alone, {visible(arm.name)} would be simulated on {own}, and not on {compared.preset}."
    if compared.cycles is not None:
        first = (
            "The first cycle of each is" if compared.cycles == 1 else f"The first {compared.cycles} cycles of each are"
        )
        yield f"{first} compared."
    if compared.follow_up_days:
        yield f"{compared.follow_up_days} days without infusion are added at the end of each."
    shortest, longest = (of(end_of(arm.periods) for arm in compared.arms) for of in (min, max))
    if shortest < longest:
        yield (
            f"The courses last from {shortest:,g} to {longest:,g} days: what is of a whole course, as a nadir or"
            " whether T cells return, is looked at for longer under a longer one."
        )


def off_drug_of_arms(compared: PairedComparison) -> OffDrugCount:
    """How many patients have a day to go off the drug, by all of the courses."""
    trials = [arm.outcome.trial for arm in compared.arms]
    return off_drug_count(trials[0].off_drug, *(trial.infusion_ends for trial in trials))


def unverified_lines_of(compared: PairedComparison) -> Iterator[str]:
    """Say what of the regimens nobody has verified."""
    for arm in compared.arms:
        mark = unverified_mark(arm.regimen)
        if mark:
            yield f"{visible(arm.name)}: {mark}"
    if compared.options.premedication:
        yield "That premedication lowers cytokine release, and by how much, is assumed: unverified."


def finding_lines(of: ComparisonView) -> Iterator[str]:
    """Say what `check` finds in some of the regimens and not in all."""
    if of.findings is None:
        return
    if not of.findings:
        yield "Findings of `blinplan check`: the same rules find something in each, or nothing."
        return
    yield "Findings of `blinplan check` that not all have:"
    for finding in of.findings:
        names = " and ".join(map(visible, finding.names))
        yield f"  {names}: {finding.severity}[{finding.code}] {visible(finding.message)}"


def reading_lines(compared: PairedComparison) -> Iterator[str]:
    """Say how the tables are read, what the intervals cover, and what is not in them."""
    yield from how_to_read(compared)
    yield from not_shown_lines(compared)


def how_to_read(compared: PairedComparison) -> Iterator[str]:
    """Say how the tables are read, and what the intervals cover."""
    reference = visible(compared.reference.name)
    if compared.shares:
        yield (
            "Shares differ by percentage points. only one: patients in whom it is so under the other regimen and not"
            f" under {reference}, and the other way round."
        )
    if compared.numbers:
        yield (
            "Values are means over all patients, of concentrations geometric means, compared by their ratio (×)."
            f"{TIMES if any(one.within is not None for one in compared.numbers) else ''}"
        )
    yield (
        "same: in all patients within the solver's accuracy (1 in 10,000; of times a minute); equal: to the last bit."
    )
    shares, means = compared.shares and f" Shares: {SHARES}.", compared.numbers and f" Means: {MEANS}."
    yield f"Intervals are of 95 %, {covers(of_table=compared.cohort.table is not None)}.{shares or ''}{means or ''}"
    if compared.over_sets is not None:
        yield _over_text(compared.over_sets)


def not_shown_lines(compared: PairedComparison) -> Iterator[str]:
    """Say what of a comparison is not in its tables, and why."""
    hidden = len(compared.shares) - len(shown_shares(compared))
    if hidden:
        verb = "is" if hidden == 1 else "are"
        yield f"Not shown: {hidden} {plural('share', hidden)} by a day, which {verb} 0 or 100 % under each."
    times = sum(one.measure is Measure.TIME for one in compared.endpoints)
    if compared.asked.by_day and not times:
        yield NO_SHARE_BY_DAY
    not_yet = times * len(compared.asked.by_day) - sum(one.by_day is not None for one in compared.shares)
    if not_yet:
        yield f"Not shown: {not_yet} {plural('share', not_yet)} by a day before it is looked at under any."
    yield from _left_out_lines(compared)


def _left_out_lines(compared: PairedComparison) -> Iterator[str]:
    """Say which days are not compared."""
    own = {one.days_key: one for one in compared.asked.own}
    cycles = [key.rpartition("_")[2] for key in compared.left_out if key not in own]
    if cycles:
        noun = plural("cycle", len(cycles))
        yield f"Days depleted in {noun} {', '.join(cycles)} are not compared: they are not the same days."
    others = "; ".join(f"days {own[key].label}" for key in compared.left_out if key in own)
    if others:
        yield f"Not compared, since they are counted out of more days under one than under another: {others}."


def _over_text(over: OverSets) -> str:
    """Say what lies between the ends of a range over parameter sets."""
    if over.of is SetsOf.PLAUSIBLE:
        return (
            "Over models: the least and the greatest estimate of the shipped model and "
            f"{plausible_text(over.sets, 'one')}, on"
            " the same patients. Each keeps every claim of the article and every published number that the shipped one"
            " meets. It is a range: no confidence, and no probability."
        )
    return (
        f"Over sets: {over_sets_text(over.sets, ' of the estimate')}, with"
        f" {', '.join(over.parameters)} drawn within their published standard errors; no uncertainty of the others is"
        " counted."
    )
