"""A second check of a bag and a pump: from what stands on them back to the dose, and beside what the plan has.

The way back uses nothing that the plan was made with: the concentration in the bag, and how fast the pump empties it.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from blinplan.course.bags.bag import Bag
from blinplan.course.bags.contents import Contents, contents
from blinplan.course.dated import Dated
from blinplan.course.events import Event, Period
from blinplan.quantities import HOURS_PER_DAY, MINUTES_PER_DAY, MINUTES_PER_HOUR, decimal_text


@dataclass(frozen=True, slots=True)
class WrittenFigure:
    """A number as it stands somewhere, and half of its last place: 28.5 may be anything from 28.45 to 28.55."""

    value: Fraction
    half: Fraction

    @property
    def bounds(self) -> tuple[Fraction, Fraction]:
        """The least and the greatest number that is written so."""
        return self.value - self.half, self.value + self.half

    def is_of(self, exact: Fraction) -> bool:
        """Whether an exact number is written so."""
        low, high = self.bounds
        return low <= exact <= high


def written_figure(text: str) -> WrittenFigure:
    """Read a number of digits with at most one point."""
    _, _, decimals = text.partition(".")
    return WrittenFigure(Fraction(text), Fraction(1, 2 * 10 ** len(decimals)))


@dataclass(frozen=True, slots=True)
class BagAndPump:
    """What stands on a bag and on its pump.

    Attributes
    ----------
    micrograms
        The drug in the bag, priming included.
    total
        The volume in the bag, in mL, priming included.
    rate
        What the pump gives, in mL per hour.
    infused
        The volume that the pump is to infuse, in mL.
    hours
        How long the pump is to run.
    """

    micrograms: WrittenFigure
    total: WrittenFigure
    rate: WrittenFigure | None = None
    infused: WrittenFigure | None = None
    hours: WrittenFigure | None = None

    @property
    def millilitres_per_hour(self) -> Fraction | None:
        """The pump's rate: as it stands there, or else by volume and hours; None where neither says it."""
        if self.rate is not None:
            return self.rate.value
        if self.infused is None or self.hours is None or not self.hours.value:
            return None
        return self.infused.value / self.hours.value

    @property
    def dose(self) -> WrittenFigure | None:
        """The dose in mcg/day that they come to; as uncertain as the rounded micrograms make it."""
        per_hour = self.millilitres_per_hour
        if per_hour is None or not self.total.value:
            return None
        per_microgram = per_hour * HOURS_PER_DAY / self.total.value
        return WrittenFigure(self.micrograms.value * per_microgram, self.micrograms.half * per_microgram)


DOSE = "dose"


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure beside what the plan has.

    Attributes
    ----------
    planned
        None where the plan has none, and then it decides nothing.
    made_for
        What the whole bag is made for, where it is taken down before that: a pump that is set to it is not wrong.
    """

    what: str
    unit: str
    found: WrittenFigure
    planned: Fraction | None
    made_for: Fraction | None = None

    @property
    def agrees(self) -> bool | None:
        """Whether the two are the same but for how the figure is rounded."""
        if self.planned is None:
            return None
        return self.found.is_of(self.planned) or (self.made_for is not None and self.found.is_of(self.made_for))

    @property
    def difference(self) -> str:
        """By how much the figure differs, in words."""
        if self.planned is None or self.agrees:
            return ""
        more = self.found.value - self.planned
        share = f", {_times(self.found.value / self.planned)}" if self.planned else ""
        return f"{_number(abs(more))} {self.unit} {'more' if more > 0 else 'less'}{share}"


def _number(value: Fraction) -> str:
    return decimal_text(value, 3).replace("≈ ", "≈")


def _times(ratio: Fraction) -> str:
    near = abs(ratio - 1) < 1
    return f"{_number(abs(100 * (ratio - 1)))} %" if near else f"{_number(ratio)} times"


@dataclass(frozen=True, slots=True)
class Verification:
    """A bag and a pump beside a plan, at a minute of it.

    The plan's own bag may differ from the order, because syringes measure its drug: ``planned_dose`` is what it gives.

    Attributes
    ----------
    event
        What the plan infuses then; None where it infuses nothing.
    bag
        The bag that the plan has then, where a site prepares them; and its ``number``.
    compared
        Each figure beside that of the plan; the dose first.
    contradictions
        What of the figures cannot all be right, whatever the plan says.
    likely
        What the difference looks like.
    """

    at: int
    event: Event | None
    number: int | None
    bag: Bag | None
    compared: tuple[Compared, ...]
    contradictions: tuple[str, ...]
    likely: tuple[str, ...]

    @property
    def planned_dose(self) -> Fraction | None:
        """The dose in mcg/day of the plan's bag, or as ordered where no bag is known; None where nothing runs."""
        dose = next((figure.planned for figure in self.compared if figure.what == DOSE), None)
        return dose if dose is not None or self.event is None else self.event.rate

    @property
    def agrees(self) -> bool:
        """Whether all figures are those of the plan, and contradict each other nowhere."""
        return (
            self.event is not None
            and not self.contradictions
            and all(figure.agrees is not False for figure in self.compared)
        )


def verify_bag(dated: Dated, at: int, seen: BagAndPump) -> Verification:
    """Go from what stands on a bag and a pump back to the dose, and compare it with a plan at a minute of its course.

    Parameters
    ----------
    dated
        The plan.
    at
        The minute of the course.
    seen
        What stands on the bag and the pump; its rate must follow from it.
    """
    event = _event_at(dated, at)
    number, bag = _bag_at(dated, at)
    if event is None:
        return Verification(at, None, None, None, _alone(seen), tuple(_contradictions(seen)), ())
    holds = None if bag is None or dated.site is None else contents(bag, dated.site)
    compared = tuple(_compare(seen, event, bag, holds))
    likely = tuple(_likely(dated, seen, event, bag, holds))
    return Verification(at, event, number, bag, compared, tuple(_contradictions(seen)), likely)


def _event_at(dated: Dated, at: int) -> Event | None:
    running = (event for event in dated.course.events if event.period.start <= at < event.period.stop)
    return next((event for event in running if event.period.dose is not None), None)


def _bag_at(dated: Dated, at: int) -> tuple[int | None, Bag | None]:
    bag = next((bag for bag in dated.bags if bag.start <= at < bag.stop), None)
    return None if bag is None else dated.bag_numbers[bag.start], bag


def _alone(seen: BagAndPump) -> tuple[Compared, ...]:
    return () if seen.dose is None else (Compared(DOSE, "mcg/day", seen.dose, None),)


def _compare(seen: BagAndPump, event: Event, bag: Bag | None, holds: Contents | None) -> Iterator[Compared]:
    if seen.dose is not None:
        yield Compared(DOSE, "mcg/day", seen.dose, event.rate * (1 if holds is None else holds.share))
    planned = (None,) * 5 if bag is None else _figures_of(bag, holds)
    whole = (None,) * 5 if bag is None or bag.minutes == bag.size.minutes else _figures_of(_whole(bag), holds)
    of_bag = (
        ("drug in the bag", "mcg", seen.micrograms),
        ("volume in the bag", "mL", seen.total),
        ("pump rate", "mL/h", seen.rate),
        ("volume to be infused", "mL", seen.infused),
        ("running time", "h", seen.hours),
    )
    for (what, unit, found), exact, made_for in zip(of_bag, planned, whole, strict=True):
        if found is not None:
            yield Compared(what, unit, found, exact, None if made_for == exact else made_for)


def _whole(bag: Bag) -> Bag:
    """The same bag as if it hung until it has given what it is made for."""
    return replace(bag, stop=bag.start + bag.size.minutes)


def _figures_of(bag: Bag, holds: Contents | None) -> tuple[Fraction | None, ...]:
    drug, volume = (None, None) if holds is None else (holds.micrograms, holds.millilitres)
    return drug, volume, bag.size.millilitres_per_hour, bag.millilitres, Fraction(bag.minutes, MINUTES_PER_HOUR)


def _contradictions(seen: BagAndPump) -> Iterator[str]:
    """What of the figures cannot all be right."""
    if seen.infused is not None and seen.infused.value > seen.total.value:
        yield (f"{_number(seen.infused.value)} mL are to be infused, and {_number(seen.total.value)} mL are in the bag")
    if seen.rate is not None and seen.infused is not None and seen.hours is not None:
        runs = seen.rate.value * seen.hours.value
        if not seen.infused.is_of(runs):
            yield (
                f"{_number(seen.rate.value)} mL/h for {_number(seen.hours.value)} h are {_number(runs)} mL, and"
                f" {_number(seen.infused.value)} mL are to be infused"
            )
    elif seen.rate is not None and seen.hours is not None:
        runs = seen.rate.value * seen.hours.value
        if runs > seen.total.value:
            yield (
                f"{_number(seen.rate.value)} mL/h for {_number(seen.hours.value)} h are {_number(runs)} mL, and"
                f" {_number(seen.total.value)} mL are in the bag: it is empty before"
            )


_SLIPS_OF_TEN = tuple(Fraction(10) ** power for power in (-3, -2, -1, 1, 2, 3))


def _likely(dated: Dated, seen: BagAndPump, event: Event, bag: Bag | None, holds: Contents | None) -> Iterator[str]:
    """What a difference looks like: a dose of another step, a slip of ten, the drug without priming, another rate.

    The dose of a step is the one ordered, and the one of its bags, whose drug syringes measure.
    """
    dose = seen.dose
    right = (event.rate,) if holds is None else (event.rate, event.rate * holds.share)
    if dose is None or any(map(dose.is_of, right)):
        return
    other = next((period for rate, period in _doses(dated) if dose.is_of(rate)), None)
    if other is not None:
        yield f"it is the dose of step {other.step} of cycle {other.cycle}{_when(other, event.period)}"
    tenfold = next((rate for rate in right for factor in _SLIPS_OF_TEN if dose.is_of(rate * factor)), None)
    if tenfold is not None:
        yield f"it is {_number(dose.value / tenfold)} times the dose: a decimal point may stand in the wrong place"
    possible = (amount for rate in right for amount in _possible_amounts(seen, rate, bag))
    infused = next((amount for amount in possible if seen.micrograms.is_of(amount)), None)
    if holds is not None and infused is not None:
        yield f"{_number(infused)} mcg are what is infused; with priming the bag holds {_number(holds.micrograms)} mcg"
    yield from _other_rate(dated, seen, right)
    yield from _exchanged_figures(seen, right)


def _when(other: Period, now: Period) -> str:
    """Whether a dose of the step that runs now came before it: a restart has one of its own in its step."""
    is_same_step = (other.cycle, other.step) == (now.cycle, now.step)
    return " before the restart" if is_same_step and other.start < now.start else ""


def _exchanged_figures(seen: BagAndPump, doses: Collection[Fraction]) -> Iterator[str]:
    """Say that drug and volume stand in each other's place, where the other way round they would give the dose."""
    dose = replace(seen, micrograms=seen.total, total=seen.micrograms).dose
    if dose is not None and any(map(dose.is_of, doses)):
        yield "with mcg and mL of the bag in each other's place it would be the dose of the plan"


def _doses(dated: Dated) -> Iterator[tuple[Fraction, Period]]:
    """Every dose rate of a plan in mcg/day, as ordered and then as its bags give it, with the period it is of."""
    yield from ((event.rate, event.period) for event in dated.course.events if event.rate)
    for bag in dated.bags:
        event, holds = _event_at(dated, bag.start), None if dated.site is None else contents(bag, dated.site)
        if event is not None and holds is not None:
            yield event.rate * holds.share, event.period


def _possible_amounts(seen: BagAndPump, planned: Fraction, bag: Bag | None) -> Iterator[Fraction]:
    """What may be infused of a bag, in mcg: in the hours of the pump, as planned, or in all that it was made for."""
    if seen.hours is not None:
        yield planned * seen.hours.value / HOURS_PER_DAY
    if bag is not None:
        yield bag.micrograms
        yield planned * bag.size.minutes / MINUTES_PER_DAY


def _other_rate(dated: Dated, seen: BagAndPump, doses: Collection[Fraction]) -> Iterator[str]:
    """Say that the pump's rate is that of another bag, where the right one would give the dose."""
    for size in dated.site.bags if dated.site else ():
        right = size.millilitres_per_hour
        if right is None:
            continue
        scale = right * HOURS_PER_DAY / seen.total.value
        at_rate = WrittenFigure(seen.micrograms.value * scale, seen.micrograms.half * scale)
        if any(map(at_rate.is_of, doses)):
            hours = decimal_text(Fraction(size.minutes, MINUTES_PER_HOUR))
            yield f"at {_number(right)} mL/h, the rate of bags of {hours} hours, it would be the dose of the plan"
