"""Where a course begins for those who are not given its optional cycles."""

from blinplan.quantities import DoseRate
from blinplan.regimen.regimen import Cycle, Regimen


def first_for_everybody(regimen: Regimen) -> Cycle | None:
    """The first cycle that is not optional."""
    return next((cycle for cycle in regimen.cycles if not cycle.optional), None)


def start_without_low_step(regimen: Regimen, low_step: DoseRate) -> Cycle | None:
    """The cycle with which those begin who are not given optional ones before it, where these alone have a low step."""
    first, given = regimen.cycles[0], first_for_everybody(regimen)
    if given is None or given is first:
        return None
    is_low = first.steps[0].dose.amount <= low_step.amount < given.steps[0].dose.amount
    return given if is_low else None
