"""Records of courses with interruptions, in minutes of the course."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from blinplan.course.events import Course, expand
from blinplan.course.patient import patient
from blinplan.quantities import read_dose
from blinplan.regimen import library
from blinplan.regimen.age import completed_age
from blinplan.regimen.record.record import Cause, CourseRecord, CycleStart, Interruption

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
DAY, HOUR = 24 * 60, 60
CRS = "cytokine-release-syndrome"


def course(name: str = "rr-adult", area: Fraction | None = None) -> Course:
    regimen = library.regimen(name)
    return expand(regimen, patient(Fraction(70) if area is None else Fraction(40), None, area, age=completed_age(40)))


def stop(at: int, lasts: int | None, cause: str = "technical", cycle: int = 1, **more: Any) -> dict[str, Any]:
    return {"at": at, "lasts": lasts, "cause": cause, "cycle": cycle, **more}


def record(*stops: dict[str, Any], regimen: str = "rr-adult", starts: dict[int, int] | None = None) -> CourseRecord:
    """A record of stops and of later cycles, in minutes of the course."""
    begun = [
        CycleStart(cycle, START + timedelta(minutes=at), ("cycle_start", number))
        for number, (cycle, at) in enumerate((starts or {}).items())
    ]
    made = []
    for number, one in enumerate(stops):
        stopped = START + timedelta(minutes=one["at"])
        dose = one.get("restart_dose")
        made.append(
            Interruption(
                stopped=stopped,
                restarted=None if one["lasts"] is None else stopped + timedelta(minutes=one["lasts"]),
                cause=Cause(one["cause"]),
                cycle=one["cycle"],
                grade=one.get("grade"),
                seizures=one.get("seizures"),
                resolved=None,
                restart_dose=None if dose is None else read_dose(dose).rate,
                premedicated=None,
                new_cycle=one.get("new_cycle"),
                path=("interruption", number),
                full_dose_after=one.get("full_dose_after"),
                same_bag=one.get("same_bag"),
            )
        )
    return CourseRecord(regimen, START, None, None, None, None, tuple(made), tuple(begun))
