"""The regimen as values: what was ordered, in exact doses and whole minutes, each with its place in the file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from blinplan.outside_text import visible
from blinplan.quantities import MINUTES_PER_DAY, Basis, DoseRate, Mass, decimal_text, plural
from blinplan.regimen.toml.document import Document
from blinplan.regimen.toml.positions import KeyPath
from blinplan.regimen.vocabulary import (
    AgeGroup,
    Disease,
    DueKind,
    Indication,
    Occasion,
    Phase,
    Status,
    VirtualPopulation,
)
from blinplan.thresholds.threshold import threshold

if TYPE_CHECKING:
    from blinplan.regimen.age import Age


class Source(NamedTuple):
    """A citation for the regimen's doses, with how far it was checked."""

    citation: str
    status: Status = Status.UNVERIFIED
    note: str | None = None


class Eligibility(NamedTuple):
    """Whom the regimen is for (``minimum`` included, ``below`` excluded), and the regimen for other weights.

    ``population`` is the virtual population that stands for these patients, where the file names one.
    """

    minimum_weight: Fraction | None = None
    below_weight: Fraction | None = None
    otherwise: str | None = None
    population: VirtualPopulation | None = None
    minimum_age: Fraction | None = None
    below_age: Fraction | None = None

    def admits(self, weight: Fraction) -> bool:
        """Whether a patient of this weight in kg may be given the regimen."""
        return (self.minimum_weight is None or weight >= self.minimum_weight) and (
            self.below_weight is None or weight < self.below_weight
        )

    @property
    def of_children(self) -> bool:
        """Whether virtual children stand for these patients, rather than adults, who are heavier than any of them.

        Weight decides where it is limited; where it is not, age does.
        """
        if self.limited:
            return self.below_weight is not None and (self.minimum_weight or 0) < threshold("adult_weight")
        return self.below_age is not None and self.below_age <= threshold("adult_age")

    @property
    def limited(self) -> bool:
        """Whether body weight decides who may be given the regimen."""
        return self.minimum_weight is not None or self.below_weight is not None

    @property
    def limited_by_age(self) -> bool:
        """Whether age decides who may be given the regimen."""
        return self.minimum_age is not None or self.below_age is not None

    def admits_age(self, age: "Age") -> bool | None:
        """Whether a patient of this age on the first day may be given the regimen; None where that is not known."""
        old = True if self.minimum_age is None else age.is_at_least(self.minimum_age)
        grown = False if self.below_age is None else age.is_at_least(self.below_age)
        if old is False or grown is True:
            return False
        return True if old and grown is False else None

    def __str__(self) -> str:
        bounds = [
            *_bounds(self.minimum_weight, self.below_weight, "kg"),
            *_bounds(self.minimum_age, self.below_age, "years"),
        ]
        return ", ".join(bounds) or "any weight"


def _bounds(minimum: Fraction | None, below: Fraction | None, unit: str) -> list[str]:
    return [
        *([f"{_amount(minimum, unit)} and over"] if minimum is not None else []),
        *([f"below {_amount(below, unit)}"] if below is not None else []),
    ]


def _amount(value: Fraction, unit: str) -> str:
    return f"{decimal_text(value)} {unit.removesuffix('s') if value == 1 else unit}"


@dataclass(frozen=True, slots=True)
class Premedication:
    """A drug given before the infusion on each of the ``occasions``, to everybody or to ``patients`` of one age group.

    It is given from ``minutes_before`` the infusion to ``latest_minutes_before``: both the same where it is one time.
    """

    drug: str
    dose: Mass
    cap: Mass | None
    minutes_before: int
    latest_minutes_before: int
    occasions: frozenset[Occasion]
    patients: AgeGroup | None = None
    departure: "Departure | None" = None
    path: KeyPath = field(default=(), compare=False)

    def is_for(self, group: AgeGroup) -> bool:
        """Whether patients of an age group get it."""
        return self.patients in {None, group}


@dataclass(frozen=True, slots=True)
class Departure:
    """Why something is not that of the regimen departed from; ``source`` is a beginning of a citation."""

    reason: str
    source: str
    path: KeyPath = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, repr=False)
class Step:
    """One dose rate held for ``minutes``; ``cap`` in mcg/day limits a dose by body surface area.

    ``departure`` says why dose, cap or length are not those of the regimen departed from.
    """

    dose: DoseRate
    cap: DoseRate | None
    minutes: int
    departure: Departure | None = None
    path: KeyPath = field(default=(), compare=False)
    document: Document | None = field(default=None, compare=False, repr=False)

    @property
    def line(self) -> int:
        """The line of the file on which it begins; 0 where it is of none."""
        return 0 if self.document is None else self.document.line_of(self.path)

    def __repr__(self) -> str:
        cap = "" if self.cap is None else f", at most {self.cap}"
        return f"<Step: {self.dose}{cap}, {_days_text(self.minutes)}>"


@dataclass(frozen=True, slots=True, repr=False)
class Cycle:
    """Steps without a gap, then a treatment-free interval in minutes; given ``repeat`` times in all.

    ``interval_reason`` says why the interval is what it is, ``block`` to which treatment block the cycle belongs, and
    ``optional`` that not everybody is given it. ``departure`` says why interval, infusion or the cycle itself are not
    those of the regimen departed from.
    """

    name: str
    phase: Phase | None
    steps: tuple[Step, ...]
    treatment_free: int
    repeat: int
    interval_reason: str | None = None
    block: str | None = None
    optional: bool = False
    departure: Departure | None = None
    path: KeyPath = field(default=(), compare=False)
    document: Document | None = field(default=None, compare=False, repr=False)

    @property
    def infusion(self) -> int:
        """Minutes of infusion in the cycle."""
        return sum(step.minutes for step in self.steps)

    def __repr__(self) -> str:
        free = f"{_days_text(self.treatment_free)} free" if self.treatment_free else "no days free"
        times = f", {self.repeat} times" if self.repeat > 1 else ""
        named = f" {visible(self.name)}" if self.name else ""
        infused = f"{_doses_text(self.steps)} over {_days_text(self.infusion)}"
        return f"<Cycle{named}: {infused}, {free}{times}{', optional' if self.optional else ''}>"


def _days_text(minutes: int) -> str:
    days = minutes / MINUTES_PER_DAY
    return f"{days:g} {plural('day', days)}"


def _doses_text(steps: Sequence[Step]) -> str:
    """The least and the most of the doses of steps."""
    least, most = (among(steps, key=lambda step: step.dose.amount).dose for among in (min, max))
    return str(most) if least == most else f"{decimal_text(least.amount)} to {most}"


class DoseByAge(NamedTuple):
    """The dose of patients of some age in years: ``minimum`` included, ``below`` excluded."""

    dose: str
    minimum_age: Fraction | None = None
    below_age: Fraction | None = None


@dataclass(frozen=True, slots=True)
class ThingDue:
    """Something due that is not blinatumomab, on days counted from the starts of some cycles, or of all.

    Day 1 is that of the start, and day -1 the one before it; from each of the days it is due for ``for_days``. ``dose``
    is for everybody, and ``doses`` are by age.
    """

    kind: DueKind
    what: str
    days: tuple[int, ...]
    for_days: int = 1
    cycles: tuple[int, ...] = ()
    dose: str | None = None
    doses: tuple[DoseByAge, ...] = ()
    path: KeyPath = field(default=(), compare=False)


WaivedValue = str | int | Decimal | date | tuple[Any, ...]
"""What stood at the place of a waiver, as TOML has it; an array as a tuple."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """A rule's finding accepted on purpose, until ``expires`` (that day included) or for good.

    ``at`` is the place in words, and ``value`` what stood there: it holds for nothing else. Without them it is of the
    form that blinplan had first, and covers all that its rule finds. It covers nothing worse than ``severity``, or than
    the rule where that is not said.
    """

    rule: str
    reason: str
    expires: date | None = None
    at: str | None = None
    value: WaivedValue | None = None
    severity: str | None = None
    path: KeyPath = field(default=(), compare=False)


@dataclass(frozen=True, repr=False)
class Regimen:
    """A whole regimen. Paths and lines point into the file it was read from; two that order the same are equal.

    ``label`` is the one that it follows, where the file names one; ``premedication`` is empty where none is declared.
    ``departs_from`` names the shipped regimen that an investigational one is laid beside.
    """

    name: str
    title: str
    indication: Indication
    family: str | None
    sources: tuple[Source, ...]
    eligibility: Eligibility
    basis: Basis
    premedication: tuple[Premedication, ...]
    hospital_days: tuple[int, ...]
    cycles: tuple[Cycle, ...]
    waivers: tuple[Waiver, ...]
    label: str | None = None
    route: str | None = None
    due: tuple[ThingDue, ...] = ()
    departs_from: str | None = None
    disease: Disease = Disease.LEUKAEMIA

    @cached_property
    def departures(self) -> tuple[Departure, ...]:
        """The departures that it states, in the order of the file."""
        of_premedication = (given.departure for given in self.premedication)
        of_cycles = (
            departure
            for cycle in self.cycles
            for departure in (*(step.departure for step in cycle.steps), cycle.departure)
        )
        return tuple(departure for departure in (*of_premedication, *of_cycles) if departure is not None)

    @property
    def unverified(self) -> bool:
        """Whether any of its sources has not been seen by anyone."""
        return any(source.status is Status.UNVERIFIED for source in self.sources)

    @property
    def status(self) -> Status:
        """The status of its least certain source."""
        return max((source.status for source in self.sources), key=list(Status).index)

    @property
    def most_cycles(self) -> int:
        """How many cycles there are with the optional ones."""
        return sum(cycle.repeat for cycle in self.cycles)

    @property
    def fewest_cycles(self) -> int:
        """How many cycles everybody is given."""
        return sum(cycle.repeat for cycle in self.cycles if not cycle.optional)

    @property
    def virtual_population(self) -> VirtualPopulation:
        """The virtual population that stands for its patients, where the file names none by weight and indication."""
        if self.eligibility.population is not None:
            return self.eligibility.population
        if self.eligibility.of_children:
            return "child"
        if self.indication in {Indication.MRD_POSITIVE, Indication.CONSOLIDATION}:
            return "adult-mrd"
        return "adult-rr"

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """All steps of all cycles, in the order of the file."""
        return tuple(step for cycle in self.cycles for step in cycle.steps)

    @cached_property
    def one_by_one(self) -> tuple[Cycle, ...]:
        """The cycles as they are given, one after another, each as often as it is repeated."""
        return tuple(cycle for cycle in self.cycles for _ in range(cycle.repeat))

    @property
    def target(self) -> Step:
        """The step of the first cycle with the highest dose rate: the dose that escalation leads to.

        One regimen has one basis (flat or by body surface area), so its dose rates can be compared.
        """
        return max(self.cycles[0].steps, key=lambda step: step.dose.amount)

    @property
    def doses_by_area(self) -> bool:
        """Whether any dose needs the patient's body surface area."""
        return any(step.dose.basis is Basis.BSA for step in self.steps)

    def columns(self) -> dict[str, list[Any]]:
        """Its steps and its intervals without infusion, one a row; a cycle that is repeated stands once.

        ``pandas.DataFrame``, ``polars.DataFrame`` and ``pyarrow.table`` take it. Doses are numbers here, in the unit
        beside them; an interval is step 0 and has none.
        """
        rows = list(self._rows())
        return {name: [row[name] for row in rows] for name in _row(0, self.cycles[0], 0, None)}

    def _rows(self) -> Iterator[dict[str, Any]]:
        first = 1
        for cycle in self.cycles:
            for number, step in enumerate(cycle.steps, start=1):
                yield _row(first, cycle, number, step)
            if cycle.treatment_free:
                yield _row(first, cycle, 0, None)
            first += cycle.repeat

    def __repr__(self) -> str:
        cycles = " to ".join(str(count) for count in dict.fromkeys((self.fewest_cycles, self.most_cycles)))
        minutes = sum(cycle.repeat * (cycle.infusion + cycle.treatment_free) for cycle in self.cycles)
        parts = [f"{cycles} {plural('cycle', self.most_cycles)}", _days_text(minutes), _doses_text(self.steps)]
        return f"<Regimen {self.name}: {', '.join(parts)}>"

    def _repr_html_(self) -> str:
        from blinplan.data_table import table_html

        return table_html(self.columns(), f"{repr(self)[1:-1]}: {self.title}")


def _row(first: int, cycle: Cycle, number: int, step: Step | None) -> dict[str, Any]:
    """A step of a cycle, or the interval after its steps, as `Regimen.columns` has it."""
    return {
        "first_cycle": first,
        "last_cycle": first + cycle.repeat - 1,
        "step": number,
        "dose": None if step is None else float(step.dose.amount),
        "unit": None if step is None else step.dose.unit,
        "cap_mcg_per_day": None if step is None or step.cap is None else float(step.cap.amount),
        "days": (cycle.treatment_free if step is None else step.minutes) / MINUTES_PER_DAY,
    }
