"""Courses with stops and restarts, told by walking through them by the half day with what is left in hand."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from blinplan.course.calendar import Due, entries
from blinplan.course.events import expand
from blinplan.course.happened.ledger_document import ledger_data, ledger_of
from blinplan.course.happened.replan import replan, replay
from tests.course.records import CRS, DAY, record, stop
from tests.course.regimens import ADULT, cycle, regimen

HALF = DAY // 2
WEEK, FREE = 14, 28
STEPS = ((5, 8), (9, 6), (14, 10), (28, 32))
"""Doses in mcg/day, each for so many half days."""
PLAN = expand(
    regimen(cycle(";".join(f'dose = "{dose} mcg/day", hours = {12 * halves}' for dose, halves in STEPS), 14, 2)), ADULT
)


@dataclass
class Ward:
    """Somebody who gives what is left of a cycle, half day by half day, and writes down what happened."""

    given: list[int] = field(default_factory=list)
    stops: list[dict[str, Any]] = field(default_factory=list)
    low: tuple[str, int, int] | None = None

    def interrupt(
        self, how: tuple[int, str, int | None, int | None], number: int, left: list[list[int]]
    ) -> list[list[int]]:
        """Stop after the last half day; returned is what is left then, the lower dose of the restart first."""
        lasts, kind, restart, after = how
        cause, grade = ("technical", None) if kind == "technical" else (CRS, int(kind))
        told = {"restart_dose": None if restart is None else f"{restart} mcg/day"}
        days = None if after is None else after * HALF
        at = len(self.given) * HALF
        self.stops.append(stop(at, lasts * HALF, cause, number, grade=grade, full_dose_after=days, **told))
        stopped = self.given[-1]
        self.given += [0] * lasts
        recurs = kind == "2" and self.low == (cause, stopped, number)  # a pump that fails is no event that came back
        if self.low is not None and self.low[1] != stopped:
            self.low = None
        dose, halves = restart, None if after is None or restart == 28 else after
        if kind == "3" or recurs:
            dose = restart or (9 if kind == "3" else stopped)
            halves = halves or (WEEK if dose != 28 else None)
        elif dose is None or (dose == stopped and after is None):
            return left
        if dose is not None and halves is not None:
            self.low = (cause, dose, number)
        return self.lowered(dose or stopped, halves, left)

    @staticmethod
    def lowered(dose: int, halves: int | None, left: list[list[int]]) -> list[list[int]]:
        """What is left, at a dose for so many half days, and then up the steps of the cycle; no longer in all."""
        if halves is None or dose >= max(planned for planned, _ in left):
            return [[dose, left[0][1]], *left[1:]]
        climbing = [[step, whole] for step, whole in STEPS if dose < step < left[0][0]]
        later = [[dose, halves], *climbing, *(part for part in left if part[0] > dose)]
        one_by_one = [planned for planned, count in later for _ in range(count)]
        total = sum(count for _, count in left)
        one_by_one = (one_by_one + [one_by_one[-1]] * total)[:total]
        joined: list[list[int]] = []
        for planned, count in later:
            taken = one_by_one[:count]
            one_by_one = one_by_one[count:]
            joined += [[planned, len(taken)]] if taken else []
        if one_by_one:
            joined[-1][1] += len(one_by_one)
        return joined


HOW = st.tuples(
    st.integers(1, 13),
    st.sampled_from(["technical", "2", "3", "3"]),
    st.sampled_from([None, None, 5, 9, 14, 28]),
    st.sampled_from([None, None, 4, 20]),
)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(1, 40), HOW), max_size=5))
def test_a_course_with_restarts_is_what_a_ward_would_give(
    happens: list[tuple[int, tuple[int, str, int | None, int | None]]],
) -> None:
    ward, waiting, since, bounds = Ward(), list(happens), 0, list[int]()
    for number in (1, 2):
        bounds.append(len(ward.given) * HALF)
        left = [list(step) for step in STEPS]
        while left:
            ward.given.append(left[0][0])
            since += 1
            left[0][1] -= 1
            left = left if left[0][1] else left[1:]
            if waiting and left and since >= waiting[0][0]:
                since, how = 0, waiting.pop(0)[1]
                left = ward.interrupt(how if how[2] is not None else (*how[:3], None), number, left)
        bounds.append(len(ward.given) * HALF)
        ward.given += [0] * FREE
    found = replan(PLAN, record(*ward.stops, regimen="example"))
    rates = [Fraction(0)] * len(ward.given)
    for event in found.course.events:
        for half in range(event.period.start // HALF, event.period.stop // HALF):
            rates[half] = event.rate
    assert found.course.events[-1].period.stop == len(ward.given) * HALF
    assert rates == ward.given
    assert not found.ended
    assert found.course.infusion_minutes == PLAN.infusion_minutes
    assert replay(PLAN, ledger_of(ledger_data(found.ledger))).course == found.course
    due = {
        what: [
            (each.start, each.stop, each.cycle)
            for each in entries(found.course, ledger=found.ledger)
            if each.due is what
        ]
        for what in Due
    }
    stops = [(each["at"], each["at"] + each["lasts"], each["cycle"]) for each in ward.stops]
    assert due[Due.INTERRUPTION] == stops
    assert [(begin, number) for begin, _, number in due[Due.RESTART]] == [(until, number) for _, until, number in stops]
    assert due[Due.SUPERVISION] == [(until, until, number) for _, until, number in stops]  # after half a day and more
    assert [begin for begin, _, _ in due[Due.START]] == bounds[::2]
    assert due[Due.STOP] == [(end, end, number) for number, end in enumerate(bounds[1::2], start=1)]
    assert due[Due.NEXT_CYCLE] == [(bounds[2], bounds[2], 2)]
    steps = [event.period for event in found.course.events if event.rate]
    begun = {begin for what in (Due.START, Due.RESTART, Due.STEP) for begin, _, _ in due[what]}
    assert begun == {period.start for period in steps}
