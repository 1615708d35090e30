"""When premedication is due in a course, and how much."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from blinplan.course.events import Course, Period
from blinplan.course.patient import Patient
from blinplan.quantities import Basis, Mass
from blinplan.regimen.regimen import Occasion, Premedication


@dataclass(frozen=True, slots=True)
class PremedicationPlan:
    """The planned premedication: the dose for this patient where it is known, and when.

    ``minutes`` count from the start of the course and may lie before it. ``dose`` is None where a dose by body surface
    area meets a patient whose area is not known.
    """

    premedication: Premedication
    dose: Mass | None
    capped: bool
    minutes: tuple[int, ...]


def premedication_plan(course: Course) -> PremedicationPlan | None:
    """Plan the premedication of a course; None where the regimen declares none.

    Premedication for a restart after an interruption cannot be planned: the course has no interruption.
    """
    given = next(iter(course.regimen.premedication), None)
    if given is None:
        return None
    infused = [event for event in course.events if event.period.dose is not None]
    escalations = [
        following.period.start
        for event, following in pairwise(infused)
        if following.rate > event.rate and goes_on(event.period, following.period)
    ]
    dose, capped = _dose(given, course.patient)
    minutes = premedication_minutes(given, [event.period for event in course.events], escalations)
    return PremedicationPlan(given, dose, capped, minutes)


def goes_on(before: Period, after: Period) -> bool:
    """Whether an infusion goes on from a period to another: without a gap, or after an interruption of the cycle."""
    return before.stop == after.start or before.cycle == after.cycle


def premedication_minutes(
    given: Premedication, periods: Sequence[Period], escalations: Sequence[int]
) -> tuple[int, ...]:
    """When premedication is due, in minutes from the start of the course, rising.

    Parameters
    ----------
    escalations
        When the dose rises within a cycle, in minutes.
    """
    first = {period.cycle: period.start for period in reversed(periods) if period.step}
    starts = [first[cycle] for cycle in sorted(first)]
    due = {
        *(starts[:1] if Occasion.FIRST_START in given.occasions else ()),
        *(starts if Occasion.CYCLE_START in given.occasions else ()),
        *(escalations if Occasion.ESCALATION in given.occasions else ()),
    }
    return tuple(sorted(time - given.minutes_before for time in due))


def _dose(given: Premedication, patient: Patient) -> tuple[Mass | None, bool]:
    if given.dose.basis is Basis.FLAT:
        return given.dose, False
    if patient.area is None:
        return None, False
    milligrams = given.dose.milligrams * patient.area.square_metres
    if given.cap is not None and milligrams > given.cap.milligrams:
        return given.cap, True
    return Mass(milligrams, Basis.FLAT), False
