"""A course that tests of this folder share where it is no matter how long it is."""

from dataclasses import replace

import blinplan
from blinplan.regimen.library import regimen as shipped
from blinplan.regimen.regimen import Regimen


def course_of_days() -> Regimen:
    """rr-adult with its premedication, and a first step, a second and a free interval of days in place of weeks."""
    low, full = blinplan.step("9 mcg/day", days=3), blinplan.step("28 mcg/day", days=5)
    first = blinplan.cycle(steps=[low, full], treatment_free_days=2, name="Induction 1")
    second = blinplan.cycle(steps=[full], treatment_free_days=2, name="Induction 2")
    return replace(shipped("rr-adult"), cycles=(first, second))
