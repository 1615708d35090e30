"""A label: what one text says, as far as it was seen, each value with its source and status.

A label is named by the text that was seen, its country and date. No label takes anything from another: what its own
text does not state is not known. The values are named tuples, because every check imports them: as data classes they
take twice the time.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from blinplan.limits import Limit, StatedLimits
from blinplan.quantities import Basis, DoseRate, Mass
from blinplan.regimen.regimen import Regimen
from blinplan.regimen.vocabulary import AgeGroup, Indication, Occasion, Phase, Status

HIGHEST_DOSES = frozenset({"labelled_maximum_flat", "labelled_maximum_by_area"})
"""The names of the numbers above which a label gives nobody a dose."""


class FollowedLabel(NamedTuple):
    """The name of the label that a regimen follows, and who says so.

    ``is_told`` says that somebody else than the regimen chose it, which a reader has to know; ``unheeded`` names the
    numbers of it that a project changes for checks, and that a plan does not go by.
    """

    name: str
    origin: str
    is_told: bool = False
    unheeded: tuple[str, ...] = ()


class Stated(NamedTuple):
    """Where something is said: the sentence, its source, and how far that was checked."""

    says: str
    source: str
    status: Status

    @property
    def citation(self) -> str:
        """The source, with the status where nobody has seen the text."""
        return self.source if self.status is Status.SEEN else f"{self.source} ({self.status})"


class LabelledDose(NamedTuple):
    """One dose of a label: flat, by body surface area, and the most that the latter comes to."""

    name: str
    flat: Limit
    by_area: Limit
    cap: Limit

    @property
    def numbers(self) -> tuple[Limit, Limit, Limit]:
        """The numbers that it is said with."""
        return self.flat, self.by_area, self.cap

    def rate(self, basis: Basis) -> DoseRate:
        """The dose as it is ordered."""
        limit = self.flat if basis is Basis.FLAT else self.by_area
        return DoseRate(limit.value, basis)

    def highest(self, basis: Basis) -> DoseRate | None:
        """The cap of the dose as it is ordered; None for a flat one."""
        return None if basis is Basis.FLAT else DoseRate(self.cap.value, Basis.FLAT)


class LabelledStep(NamedTuple):
    """A dose of a label, for so many days."""

    dose: LabelledDose
    days: int


class LabelledCycle(NamedTuple):
    """A cycle of a label: its steps, the treatment-free interval after it, and how often it is given in all."""

    name: str
    phase: Phase | None
    steps: tuple[LabelledStep, ...]
    treatment_free: Limit
    repeat: int


class LabelledSchedule(NamedTuple):
    """What a label orders for an indication. Weight decides which number of a dose is given.

    ``patients`` is the age group it is for, None for everybody, and ``basis`` how its doses are counted, None for both
    ways; ``hospital_days`` are those of cycle 1, cycle 2 and so on, empty where the text does not state them.
    """

    indication: Indication
    patients: AgeGroup | None
    basis: Basis | None
    cycles: tuple[LabelledCycle, ...]
    most_cycles: Limit
    hospital_days: tuple[Limit, ...]
    stated: Stated
    note: str | None

    @property
    def doses(self) -> frozenset[LabelledDose]:
        """The doses that are given in it."""
        return frozenset(step.dose for cycle in self.cycles for step in cycle.steps)

    def course(self) -> Iterator[LabelledCycle]:
        """Each cycle as often as it is given."""
        for cycle in self.cycles:
            for _ in range(cycle.repeat):
                yield cycle


class Drug(NamedTuple):
    """A drug, its dose, and the most that a dose by body surface area comes to."""

    name: str
    dose: Mass
    cap: Mass | None = None


class LabelledPremedication(NamedTuple):
    """What a label gives before infusions to adults or to children, and what counts as the same.

    ``minutes_before`` and ``latest_minutes_before`` bound the time; they are equal where it is one time.
    """

    indication: Indication
    patients: AgeGroup
    drug: Drug
    equivalents: tuple[Drug, ...]
    minutes_before: int
    latest_minutes_before: int
    occasions: frozenset[Occasion]
    stated: Stated


class LabelledBag(NamedTuple):
    """A size of bag that a label has: minutes, pump rate in mL/h, whether it holds preservative, in-use minutes.

    ``cold`` is how many minutes it keeps at 2 to 8 °C, and ``diluent`` how many mL of saline go into it; both are None
    where the text was not seen to state them.
    """

    minutes: int
    millilitres_per_hour: Fraction
    preservative: bool
    in_use: int | None
    stated: Stated
    cold: int | None = None
    diluent: Limit | None = None


class LabelledVial(NamedTuple):
    """What a vial holds: micrograms that can be drawn, and how many are in a millilitre after reconstitution."""

    micrograms: Fraction
    per_millilitre: Fraction
    stated: Stated


class Statement(NamedTuple):
    """Something that a label says in words, for some indications, or for all where none is named."""

    name: str
    indications: frozenset[Indication]
    stated: Stated

    def is_for(self, indication: Indication) -> bool:
        """Whether it is said of an indication."""
        return not self.indications or indication in self.indications


class LabelledRegimen(NamedTuple):
    """A regimen file that is made from a label: a schedule for one basis of doses, perhaps without some phases."""

    name: str
    title: str
    indication: Indication
    basis: Basis
    otherwise: str | None
    without: frozenset[Phase]


class Label(NamedTuple):
    """What one text says.

    Attributes
    ----------
    name
        By which a regimen or a project follows it.
    title, country, date, text
        Which text it is, and what copies of it were seen.
    numbers
        The numbers that decide, by name. Asked for one that the text does not state, it raises `NotStatedError`.
    schedules, premedications
        What is ordered, by indication and age.
    bags
        The bags by the minutes that they last; empty where the text was not seen to state any.
    vial
        What a vial holds; None where the text was not seen to state it.
    statements
        What it says in words.
    regimens
        The regimen files that are made from it.
    """

    name: str
    title: str
    country: str
    date: str
    text: str
    numbers: StatedLimits
    doses: tuple[LabelledDose, ...]
    schedules: tuple[LabelledSchedule, ...]
    premedications: tuple[LabelledPremedication, ...]
    bags: tuple[LabelledBag, ...]
    vial: LabelledVial | None
    statements: tuple[Statement, ...]
    regimens: tuple[LabelledRegimen, ...]

    def __str__(self) -> str:
        return f"{self.title} ({self.country}, {self.date})"

    def schedule(self, indication: Indication, basis: Basis) -> LabelledSchedule | None:
        """What is ordered for an indication, with doses counted in one way; None where the text does not have it."""
        fitting = (s for s in self.schedules if s.indication is indication and s.basis in {None, basis})
        return next(fitting, None)

    def schedule_for(self, regimen: Regimen) -> LabelledSchedule | None:
        """What is ordered for the patients of a regimen; None where the text does not have it for all of them."""
        schedule = self.schedule(regimen.indication, regimen.basis)
        return schedule if schedule is not None and schedule.patients in {None, self._group_of(regimen)} else None

    def _group_of(self, regimen: Regimen) -> AgeGroup | None:
        """The age group that all patients of a regimen belong to; None where it admits both."""
        who, adult = regimen.eligibility, self.numbers.get("adult_from")
        if adult is None:
            return None
        if who.below_age is not None and who.below_age <= adult.value:
            return AgeGroup.CHILDREN
        return AgeGroup.ADULTS if who.minimum_age is not None and who.minimum_age >= adult.value else None

    def numbers_for(self, regimen: Regimen) -> StatedLimits:
        """The numbers as far as they hold for a regimen: a dose whose schedule nobody has seen is unverified.

        Where there is no schedule, the highest doses stay what they are: the label gives nobody more.
        """
        if regimen.indication is Indication.INVESTIGATIONAL:
            return self.numbers
        schedule = self.schedule_for(regimen)
        if schedule is None:
            source = f"{self}, as far as it was seen, has no schedule for the patients of this indication"
            unseen = {limit.name: self._unseen(limit, source) for limit in self._doses_of_a_schedule()}
            return self.numbers.without(f"cycles_{regimen.indication.replace('-', '_')}").with_limits(unseen)
        own = {schedule.most_cycles.name: schedule.most_cycles}
        for dose in schedule.doses if schedule.stated.status is not Status.SEEN else ():
            own |= {limit.name: self._unseen(limit, schedule.stated.source) for limit in dose.numbers}
        return self.numbers.with_limits(own)

    def _doses_of_a_schedule(self) -> Iterator[Limit]:
        """The numbers of doses, but for the highest, which nobody is given more than whatever the indication."""
        for dose in self.doses:
            yield from (limit for limit in dose.numbers if limit.name not in HIGHEST_DOSES)

    @staticmethod
    def _unseen(limit: Limit, source: str) -> Limit:
        return limit._replace(status=Status.UNVERIFIED, source=source)

    def premedication(self, indication: Indication, patients: AgeGroup) -> tuple[LabelledPremedication, ...]:
        """What is given before infusions for an indication and age group; empty where the text does not state it."""
        return tuple(
            given for given in self.premedications if given.indication is indication and given.patients is patients
        )

    def statement(self, name: str) -> Statement | None:
        """What it says of something, by its name; None where the text was not seen to say anything of it."""
        return next((statement for statement in self.statements if statement.name == name), None)

    def bag(self, minutes: int) -> LabelledBag | None:
        """The bag that lasts so many minutes; None where the text has none."""
        return next((bag for bag in self.bags if bag.minutes == minutes), None)
