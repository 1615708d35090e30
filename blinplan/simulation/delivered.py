"""What was delivered of what was planned, and the same virtual patients in both courses."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from blinplan.course.dated import Dated
from blinplan.course.events import Course
from blinplan.physiology.model.population import FloatArray
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.regimen.record import Cause
from blinplan.simulation.outcome import Occurrence, Quantity
from blinplan.simulation.trial import Simulation, run

_DAYS_PER_WEEK = 7


@dataclass(frozen=True, slots=True)
class Delivery:
    """A stretch of a course, a cycle or the whole of it: minutes of infusion and in all, and micrograms."""

    infused: int
    minutes: int
    micrograms: Fraction

    def intensity(self, least: int = 0) -> Fraction:
        """Micrograms in a week, over the whole of the time, and no less than so many minutes."""
        minutes = max(self.minutes, least)
        return Fraction(0) if not minutes else self.micrograms * _DAYS_PER_WEEK * MINUTES_PER_DAY / minutes


@dataclass(frozen=True, slots=True)
class DeliveredCycle:
    """One cycle as it was delivered and as it was planned; ``cycle`` is None for the whole course."""

    cycle: int | None
    delivered: Delivery
    planned: Delivery

    @property
    def intensity(self) -> Fraction:
        """Micrograms in a week that were delivered, over no less than the time that was planned."""
        return self.delivered.intensity(self.planned.minutes)

    @property
    def relative_intensity(self) -> Fraction | None:
        """The intensity over the planned one; None where nothing was planned."""
        planned = self.planned.intensity()
        return self.intensity / planned if planned else None


@dataclass(frozen=True, slots=True)
class Delivered:
    """What was delivered beside what was planned.

    Attributes
    ----------
    cycles
        Each cycle of the two courses, and the whole course last.
    simulated, planned
        The same virtual patients in the course as it came to be, and as it was planned.
    overdosed
        Whether an overdose is on record; what it gave in excess is not, and in no figure.
    """

    cycles: tuple[DeliveredCycle, ...]
    simulated: Simulation
    planned: Simulation
    overdosed: bool

    @property
    def quantities(self) -> tuple[tuple[Quantity, Quantity], ...]:
        """The endpoints that both courses have, each as delivered and as planned, of the same virtual patients."""
        planned = {quantity.key: quantity for quantity in self.planned.quantities}
        return tuple((each, planned[each.key]) for each in self.simulated.quantities if each.key in planned)

    @property
    def events(self) -> tuple[tuple[Occurrence, Occurrence], ...]:
        """What happens to a patient or not in both courses, as delivered and as planned."""
        planned = {event.key: event for event in self.planned.events}
        return tuple((each, planned[each.key]) for each in self.simulated.events if each.key in planned)


def delivered(
    dated: Dated, *, patients: int = 1000, seed: int = 1, progress: Callable[[int], None] | None = None
) -> Delivered:
    """Send the same virtual patients through a course as it came to be and as it was planned.

    Parameters
    ----------
    dated
        The plan.
    patients, seed
        How many virtual patients, and what they are drawn from.
    progress
        Called with the number of patients done, those of both courses counted together.

    Raises
    ------
    NotEligibleError
        When the regimen does not admit the weight of a virtual patient.
    """
    planned = dated.replanned.planned
    return Delivered(
        cycles=delivered_cycles(dated.course, planned),
        simulated=_through(dated.course, patients, seed, progress),
        planned=_through(planned, patients, seed, _counted_from(progress, patients)),
        overdosed=any(entry.interruption.cause is Cause.OVERDOSE for entry in dated.ledger.interruptions),
    )


def delivered_cycles(course: Course, planned: Course) -> tuple[DeliveredCycle, ...]:
    """What each cycle of a course delivers beside what was planned; the whole course is last."""
    cycles = sorted({event.period.cycle for each in (course, planned) for event in each.events})
    return tuple(DeliveredCycle(cycle, delivery(course, cycle), delivery(planned, cycle)) for cycle in (*cycles, None))


def delivery(course: Course, cycle: int | None = None) -> Delivery:
    """What a cycle of a course delivers, or the whole course: nothing where the course has no such cycle."""
    events = [event for event in course.events if cycle in {None, event.period.cycle}]
    return Delivery(
        sum(event.period.minutes for event in events if event.period.dose is not None),
        sum(event.period.minutes for event in events),
        sum((event.micrograms for event in events), Fraction(0)),
    )


def ratios(delivered: Quantity, planned: Quantity) -> FloatArray:
    """Each virtual patient's own ratio; NaN where one of the two does not occur."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = delivered.values / planned.values
    return np.asarray(np.where(np.isfinite(ratio), ratio, np.nan), dtype=np.float64)


def _through(course: Course, patients: int, seed: int, progress: Callable[[int], None] | None) -> Simulation:
    periods = [event.period for event in course.events]
    return run(course.regimen, patients=patients, seed=seed, course=periods, progress=progress)


def _counted_from(progress: Callable[[int], None] | None, start: int) -> Callable[[int], None] | None:
    return None if progress is None else lambda done: progress(start + done)
