"""Records of courses that begin at a local time, in minutes of the course."""

from datetime import UTC, datetime, timedelta

from blinplan.course.events import Course
from blinplan.regimen.record.record import Cause, CourseRecord, CycleStart, Interruption


def interruption(
    start: datetime, at: int, lasts: int | None, cause: Cause, grade: int | None, cycle: int
) -> Interruption:
    stopped = start.astimezone(UTC) + timedelta(minutes=at)
    restarted = None if lasts is None else stopped + timedelta(minutes=lasts)
    path = ("interruption", at)
    return Interruption(stopped, restarted, cause, cycle, grade, None, None, None, None, None, path)


def record(planned: Course, start: datetime, *interruptions: Interruption, **starts: int) -> CourseRecord:
    begun = [
        CycleStart(int(name[1:]), start.astimezone(UTC) + timedelta(minutes=at), ("cycle_start", 0))
        for name, at in starts.items()
    ]
    name = planned.regimen.name
    return CourseRecord(name, start.astimezone(UTC), None, None, None, None, interruptions, tuple(begun))
