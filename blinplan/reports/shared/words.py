"""Words that several reports say: amounts, days, doses, what is known of a patient, and what is warned of."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol

from blinplan.outside_text import visible
from blinplan.quantities import MINUTES_PER_DAY, Mass, decimal_text, plural, time_in_course
from blinplan.regimen.regimen import Premedication, Source
from blinplan.regimen.vocabulary import Status

if TYPE_CHECKING:
    from blinplan.course.events import Period
    from blinplan.course.patient import Patient
    from blinplan.regimen.age import Age
    from blinplan.regimen.regimen import Regimen
    from blinplan.simulation.off_drug import OffDrugCount
    from blinplan.simulation.people.people import GivenTable
    from blinplan.simulation.percentiles import Bands

DRUG = "blinatumomab"
CAUTIONS = (
    "blinplan is a planning and research tool, not a medical device.",
    "Check every dose against the label.",
)
NOT_A_DEVICE = " ".join(CAUTIONS)
UNVERIFIED_DOSES = "Doses of this regimen are unverified: nobody has seen them in the source."


class _Sourced(Protocol):
    """A regimen, or a file that holds one."""

    @property
    def sources(self) -> tuple[Source, ...]: ...


def unverified_lines(regimen: _Sourced) -> tuple[str, ...]:
    """Say what of a regimen nobody has seen in its source: all doses, or what the sources that nobody saw are for."""
    sources = regimen.sources
    unseen = [source for source in sources if source.status is Status.UNVERIFIED]
    notes = [source.note for source in unseen if source.note]
    if len(unseen) == len(sources) or len(notes) < len(unseen):  # all of it, or nobody says which part
        return (UNVERIFIED_DOSES,) if unseen else ()
    return tuple(f"Partly unverified: {visible(note)}" for note in notes)


def unverified_mark(regimen: _Sourced) -> str:
    """Say the same in two words, beside a name; nothing where all of it was seen."""
    lines = unverified_lines(regimen)
    if not lines:
        return ""
    return "doses unverified" if lines == (UNVERIFIED_DOSES,) else "partly unverified"


def amount_text(value: Fraction) -> str:
    """Write an exact amount with at most three decimals; ``≈`` marks one that is rounded."""
    return decimal_text(value, 3).replace("≈ ", "≈")


def known_figures(patient: "Patient") -> list[str]:
    """What is known of a patient, in words."""
    return [
        *([f"weight {decimal_text(patient.weight, 3)} kg"] if patient.weight is not None else []),
        *([f"height {decimal_text(patient.height, 3)} cm"] if patient.height is not None else []),
        *([f"body surface area {patient.area}"] if patient.area is not None else []),
        *([_age_text(patient.age)] if patient.age is not None else []),
    ]


def _age_text(age: "Age") -> str:
    return str(age) if age.born is not None else f"age {age}"


def exact_amount(value: Fraction) -> dict[str, Any]:
    """Write an exact amount as a fraction, and as a number."""
    return {"value": float(value), "exact": str(value)}


def ordered_text(period: "Period") -> str:
    """Write an order with its cap: 5 mcg/m²/day, max 9 mcg/day."""
    return str(period.dose) + (f", max {period.cap}" if period.cap else "")


def days_of(period: "Period") -> str:
    """Write the days of a period, counted from 1: 8-28; with hours where it does not begin or end with a day."""
    start, stop = period.start, period.stop
    if start % MINUTES_PER_DAY or stop % MINUTES_PER_DAY:
        return f"{time_in_course(start)} to {time_in_course(stop)}"
    first, last = start // MINUTES_PER_DAY + 1, stop // MINUTES_PER_DAY
    return f"{first}" if first == last else f"{first}-{last}"


def given_dose(given: Premedication, dose: Mass | None, *, capped: bool) -> str:
    """Write which premedication is given: the drug, the ordered dose, and what it comes to in the patient."""
    ordered = str(given.dose) + (f", max {given.cap}" if given.cap else "")
    if dose is not None and str(dose) != ordered:
        ordered += f" = {amount_text(dose.milligrams)} mg{' (cap)' if capped else ''}"
    return f"{visible(given.drug)} {ordered}"


def moment_text(when: datetime) -> str:
    """Write a local time: Mon 2026-11-02 10:00; with its offset in the hour that comes twice."""
    twice = when.replace(fold=0).utcoffset() != when.replace(fold=1).utcoffset()
    return f"{when:%a %Y-%m-%d %H:%M}{when: %z}" if twice else f"{when:%a %Y-%m-%d %H:%M}"


def moment_beside(when: datetime, other: datetime) -> str:
    """Write a local time in a line with another, with the name of its zone where that of the other is not the same."""
    return moment_text(when) if str(when.tzinfo) == str(other.tzinfo) else f"{when:%a %Y-%m-%d %H:%M %Z}"


def moments_text(first: datetime, last: datetime) -> tuple[str, str]:
    """Write two local times that stand in one line, with their zones where these are not the same."""
    return moment_beside(first, last), moment_beside(last, first)


def optional_cycles(periods: "Iterable[Period]") -> Iterator[str]:
    """Say which cycles are optional, where any is."""
    numbers = sorted({period.cycle for period in periods if period.optional})
    if numbers:
        *first, last = map(str, numbers)
        said = f"{', '.join(first)} and {last}" if first else last
        verb, it = ("is", "it") if len(numbers) == 1 else ("are", "them")
        yield f"{plural('Cycle', len(numbers))} {said} {verb} optional: not everybody is given {it}."


def block_marks(block: str | None, *, optional: bool) -> str:
    """Write beside a cycle to which block it belongs, and whether it is optional: `` (block HR3, optional)``."""
    marks = [*([] if block is None else [f"block {visible(block)}"]), *(["optional"] if optional else [])]
    return f" ({', '.join(marks)})" if marks else ""


def blocks_and_intervals(periods: "Sequence[Period]") -> Iterator[str]:
    """Say which cycles belong to which treatment block, and why intervals are what they are, where the file says it."""
    yield from _treatment_blocks(periods)
    reasons = {period.cycle: _interval_text(period) for period in periods if period.interval_reason is not None}
    if reasons:
        yield f"{plural('Interval', len(reasons))}: {'; '.join(reasons.values())}."


def _interval_text(period: "Period") -> str:
    return f"{'none ' if period.dose else ''}after cycle {period.cycle}: {visible(period.interval_reason or '')}"


def _treatment_blocks(periods: "Iterable[Period]") -> Iterator[str]:
    cycles: dict[str, list[int]] = {}
    for period in periods:
        if period.block is not None and period.cycle not in cycles.setdefault(period.block, []):
            cycles[period.block].append(period.cycle)
    if cycles:
        told = (f"{visible(block)} ({_numbered_cycles(numbers)})" for block, numbers in cycles.items())
        yield f"Treatment blocks: {'; '.join(told)}."


def _numbered_cycles(numbers: list[int]) -> str:
    return f"{plural('cycle', len(numbers))} {', '.join(map(str, numbers))}"


class Drawn(Protocol):
    """Virtual patients, as far as it is said how they were drawn."""

    @property
    def seed(self) -> int | None:
        """What they were drawn from."""
        ...

    @property
    def size(self) -> int:
        """How many they are."""
        ...

    @property
    def draws(self) -> int:
        """How many people were drawn to get them."""
        ...

    @property
    def preset(self) -> str:
        """The name of the population."""
        ...

    @property
    def before(self) -> int:
        """How many patients of the seed come before them."""
        ...

    @property
    def table(self) -> "GivenTable | None":
        """The table that they are of, of whom only the rest is drawn; None where they are of none."""
        ...


def people_text(people: Drawn, *, passed_over: bool = True) -> str:
    """Say who the patients are, at the head of a line: so many of a population, or those of a table."""
    if people.table is not None:
        return f"The {_of_table(people)}"
    drawn = drawn_from(people) if passed_over else drawn_from(people).split(" (")[0]
    which = f", from patient {people.before + 1:,} on" if people.before else ""
    return f"{people.size:,} virtual {plural('patient', people.size)} of {people.preset}, {drawn}{which}"


def people_drawn(people: Drawn) -> str:
    """Say it in the caption of a figure."""
    if people.table is not None:
        return f"the {_of_table(people)}"
    return f"{people.size:,} {plural('patient', people.size)} of {people.preset}, {drawn_from(people)}"


def _of_table(people: Drawn) -> str:
    who = "patient" if people.size == 1 else f"{people.size:,} patients"
    return f"{who} of the table, {rest_drawn(people.preset, people.seed)}"


def rest_drawn(preset: str, seed: int | None) -> str:
    """Say what of the patients of a table the table does not say."""
    return f"all else drawn of {preset}, seed {seed}"


def patients_drawn(number: str, *, of_table: bool) -> str:
    """So many of the patients, by what they are."""
    noun = plural("patient", 1 if number == "1" else 2)
    return f"{number} {noun} of the table" if of_table else f"{number} virtual {noun}"


def covers(*, of_table: bool) -> str:
    """Say what intervals cover."""
    who = "they are" if of_table else "was drawn"
    return f"of {patients_drawn('these', of_table=of_table)}: how far chance in who {who} moves them, {_NOT_OF_MODEL}"


NO_SHARE_BY_DAY = "No share by a day is shown: none of the endpoints that are named is a time, as b_depleted_day is."
_NOT_OF_MODEL = "and not whether the model is true"


_MANY_SETS = 20
"""Parameter sets of which the 5th and the 95th percentile lie between two of them."""


def over_sets_text(sets: int, of: str = "") -> str:
    """Say what a range over published parameter sets is, and of few what it is not."""
    few = f" (of fewer than {_MANY_SETS} narrower than of many)" if sets < _MANY_SETS else ""
    return f"5th to 95th percentile{of} over {sets} parameter {plural('set', sets)}{few}"


def plausible_text(models: int, noun: str) -> str:
    """So many plausible models, or ones."""
    return f"{models} plausible {plural(noun, models)}"


def drawn_from(people: Drawn) -> str:
    """Say what virtual patients were drawn from, and how many were where the regimen does not admit all of them."""
    if people.seed is None:
        return "given as they are"
    passed_over = "" if people.draws == people.size else f" ({people.draws:,} drawn, the others not admitted)"
    return f"seed {people.seed}{passed_over}"


def number_drawn(people: Drawn) -> dict[str, int]:
    """How many people were drawn, for a document, where the regimen does not admit all of them."""
    return {} if people.seed is None or people.draws == people.size else {"drawn": people.draws}


_BASELINES = {"b_cells": "B cells", "t_cells": "T cells", "blasts": "blasts", "baseline_il6": "IL-6"}


def given_by_table(table: "GivenTable | None", parameters: tuple[str, ...], off_drug: "OffDrugCount") -> dict[str, Any]:
    """Which table of patients there was, for a document, and what it gave of them; nothing where there was none."""
    return {
        **({} if table is None else {"people_table": table.fingerprint, "not_said": list(table.unsaid)}),
        **({"given_baselines": list(parameters)} if parameters else {}),
        **({"off_drug": off_drug.early} if off_drug.early else {}),
        **({"off_drug_late": off_drug.late} if off_drug.late else {}),
    }


def ages_not_judged(table: "GivenTable | None", regimens: Iterable["Regimen"]) -> list["Regimen"]:
    """The regimens of which age decides who may be given them, where a table of patients does not say it."""
    if table is None or "age_years" not in table.unsaid:
        return []
    return [regimen for regimen in regimens if regimen.eligibility.limited_by_age]


def off_drug_lines(count: "OffDrugCount", size: int) -> Iterator[str]:
    """Say how many patients go off the drug before their last infusion ends, and from how many a day takes nothing."""
    if early := count.early:
        who = f"{early:,} of {size:,} {plural('patient', size)} {'goes' if early == 1 else 'go'}"
        yield (
            f"{who} off the drug before the end of the last infusion: what is told of an infusion and of its end is"
            " told of each one's own, and what is told of a cycle of those who are infused in it."
        )
    if late := count.late:
        who = f"{late:,} of {size:,} {plural('patient', size)} {'gets' if late == 1 else 'get'}"
        yield (
            f"{who} all of the course in spite of an off_drug_day, which is at the end of the last infusion or later."
        )


def own_course_lines(number: int, size: int) -> Iterator[str]:
    """Say how many patients have a course of their own, where any do."""
    if number:
        has = "has a course" if number == 1 else "have courses"
        yield (
            f"{number:,} of {size:,} {plural('patient', size)} {has} of their own, as the table gives it: cycles and"
            " windows are each one's own, and what a course does not have is missing in its patients. The course and"
            " the typical patient that are shown are those of the regimen."
        )


def still_in_course(bands: "Bands") -> str:
    """Say of how many patients percentiles are, where some are through with courses of their own sooner than others."""
    if bands.within is None or bands.within[-1] == bands.patients:
        return ""
    first, last = ((int(bands.within[at]), float(bands.days[at])) for at in (0, -1))
    return (
        f" Each day's are of those still in their course: {first[0]:,} on day {first[1]:g}, {last[0]:,} on day"
        f" {last[1]:g}."
    )


def otherwise_drawn(off_drug: int, own_courses: int, size: int) -> str:
    """Say under a drawing that stands alone how many of its patients get something else; "" where nobody does."""
    patients = plural("patient", size)
    off = f"go{'es' * (off_drug == 1)} off the drug before the end"
    own = f"{'has a course' if own_courses == 1 else 'have courses'} of their own: cycles and doses are the regimen's"
    each = ((off_drug, off), (own_courses, own))
    return "".join(f" {count:,} of {size:,} {patients} {what}." for count, what in each if count)


def given_lines(
    table: "GivenTable | None", parameters: tuple[str, ...], regimens: Iterable["Regimen"]
) -> Iterator[str]:
    """Say what of before treatment is as a table of patients gives it, and which limits of regimens it leaves open."""
    for regimen in ages_not_judged(table, regimens):
        yield (
            f"{visible(regimen.name)} is for {regimen.eligibility}; the table does not say how old the patients are, so"
            " age is not evaluated."
        )
    if parameters:
        words = ", ".join(_BASELINES[parameter] for parameter in parameters)
        yield f"Before treatment as the table of patients says, and drawn where a cell is empty: {words}."
