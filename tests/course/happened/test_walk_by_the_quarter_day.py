"""Courses in which cycles begin early, late or anew and end before their end, told by walking through by six hours."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from blinplan.course.calendar import Due, entries
from blinplan.course.events import expand
from blinplan.course.happened.ledger_document import ledger_data, ledger_of
from blinplan.course.happened.replan import Replanned, replan, replay
from blinplan.regimen.record.record import Ending, EndOfCourse
from tests.course.records import CRS, HOUR, START, record, stop
from tests.course.regimens import ADULT, cycle, regimen

SLOT = 6 * HOUR
WEEK = 28
"""After an adverse event a stop of more slots than these begins a new cycle."""


class Cycle(NamedTuple):
    """Doses in mcg/day, each for so many slots, and the slots without infusion after them."""

    steps: list[tuple[int, int]]
    free: int

    @property
    def written(self) -> str:
        steps = ";".join(f'dose = "{dose} mcg/day", hours = {6 * slots}' for dose, slots in self.steps)
        return cycle(steps, self.free // 4)

    @property
    def slots(self) -> list[int]:
        """The dose of each slot of infusion."""
        return [dose for dose, count in self.steps for _ in range(count)]

    @property
    def edges(self) -> list[int]:
        """The slots with which steps begin, and the end of the last."""
        return [sum(count for _, count in self.steps[:place]) for place in range(len(self.steps) + 1)]

    def left_of_step(self, place: int) -> int:
        """How many slots of a step were left before a slot; none where a step had just ended."""
        return min(edge for edge in self.edges if edge >= place) - place


class Happens(NamedTuple):
    """What happens in a cycle: pauses, by the slot of infusion before which they are and how long they last; and how
    it ends: whole, cut by the next cycle, or broken off for a new one before a slot. The next one begins so much late.
    """

    pauses: dict[int, int]
    ends: str
    before: int
    late: int | None


CYCLES = st.builds(
    Cycle,
    st.lists(st.tuples(st.sampled_from([5, 9, 28]), st.integers(1, 9)), min_size=1, max_size=3),
    st.sampled_from([0, 4, 12]),
)
HAPPENS = st.builds(
    Happens,
    st.dictionaries(st.integers(0, 12), st.integers(1, WEEK), max_size=2),
    st.sampled_from(["whole", "whole", "cut", "anew"]),
    st.integers(0, 20),
    st.none() | st.integers(-12, 9),
)


@dataclass
class Ward:
    """Somebody who gives a course slot by slot, and writes down what happened and what was due."""

    planned: list[Cycle]
    given: list[int] = field(default_factory=list)
    stops: list[dict[str, Any]] = field(default_factory=list)
    starts: list[tuple[int, int, int, int]] = field(default_factory=list)
    due: dict[Due, list[tuple[int, int]]] = field(default_factory=lambda: {what: [] for what in Due})
    planned_stops: dict[int, int] = field(default_factory=dict)
    last: int = 0
    """The minute of the last thing on record."""

    @property
    def now(self) -> int:
        """The minute of the course."""
        return len(self.given) * SLOT

    def note(self, what: Due, number: int, later: int = 0) -> None:
        """Something of a cycle is due now, or so many slots later."""
        self.due[what].append((self.now + later * SLOT, number))

    def run(self, happens: list[Happens]) -> bool:
        """Give all cycles; say whether the course ended with a stop after which a new cycle would begin."""
        like = 0
        for number, (own, happened) in enumerate(zip(self.planned, happens, strict=False), start=1):
            steps, is_last = self.planned[like], number == len(self.planned)
            before = happened.before % len(steps.slots)
            ends = happened.ends if before and not (happened.ends == "cut" and is_last) else "whole"
            pauses = {place: lasts for place, lasts in happened.pauses.items() if ends == "whole" or place < before}
            self.infuse(number, steps, before if ends != "whole" else len(steps.slots), pauses)
            if ends == "anew":
                self.stop(number, steps, before, WEEK + 1 + like, CRS, ends=is_last)
                if is_last:
                    return True
                like = number if max(steps.slots) in steps.slots[:before] else like
                continue
            self.note(Due.STOP, number)
            like = number
            if is_last:
                self.given += [0] * own.free
            elif ends == "cut":
                left = len(steps.slots) - before + own.free
                self.planned_stops[self.now] = self.now + steps.left_of_step(before) * SLOT
                self.begin(number + 1, -left, left)
            else:
                self.begin(number + 1, happened.late, own.free)
        return False

    def infuse(self, number: int, steps: Cycle, until: int, pauses: dict[int, int]) -> None:
        """Give the slots of a cycle up to one, with the pauses before some of them."""
        for place, dose in enumerate(steps.slots[:until]):
            if place in pauses:
                self.stop(number, steps, place, pauses[place], "technical")
                self.note(Due.RESTART, number)
            elif place in steps.edges:
                self.note(Due.STEP if place else Due.START, number)
            self.given.append(dose)

    def stop(self, number: int, steps: Cycle, place: int, lasts: int, cause: str, *, ends: bool = False) -> None:
        """The infusion of a cycle is stopped before a slot of it, for so many; what follows it may be nothing."""
        self.stops.append(stop(self.now, lasts * SLOT, cause, number, grade=2 if cause == CRS else None))
        if place:
            self.planned_stops[self.now] = self.now + steps.left_of_step(place) * SLOT
        if ends:
            self.note(Due.STOP, number)
        else:
            self.note(Due.INTERRUPTION, number)
            self.given += [0] * lasts
        self.last = self.now

    def begin(self, number: int, late: int | None, could: int) -> None:
        """A cycle begins that could after so many slots, so much later or earlier where that is on record."""
        waits = max(0, could + (late or 0))
        late = None if late is None else waits - could
        if late is not None:
            earliest, begun = self.now + could * SLOT, self.now + waits * SLOT
            self.starts.append((number, earliest, begun, max(0, earliest - begun)))
            self.last = begun
        if waits:
            self.note(Due.NEXT_CYCLE, number, min(could, waits))
        self.given += [0] * waits


@given(
    planned=st.lists(CYCLES, min_size=1, max_size=4),
    happens=st.lists(HAPPENS, min_size=4, max_size=4),
    ends=st.none() | st.integers(1, 40),
)
def test_a_course_is_what_a_ward_would_give(planned: list[Cycle], happens: list[Happens], ends: int | None) -> None:
    ward = Ward(planned)
    stopped = ward.run(happens)
    whole = expand(regimen("".join(each.written for each in planned)), ADULT)
    happened = record(*ward.stops, regimen="example", starts={number: begun for number, _, begun, _ in ward.starts})
    found = replan(whole, happened)
    assert found.ended is stopped
    holds(found, ward, ward.given)
    assert {at: found.planned_stops.get(at) for at in ward.planned_stops} == ward.planned_stops
    assert [(each.cycle, each.earliest, each.start, each.early) for each in found.ledger.starts] == ward.starts
    due = {what: list[tuple[int, int]]() for what in Due}
    for entry in entries(found.course, ledger=found.ledger):
        due[entry.due].append((entry.start, entry.cycle))
    for what in (Due.START, Due.STEP, Due.RESTART, Due.INTERRUPTION, Due.STOP, Due.NEXT_CYCLE):
        assert due[what] == ward.due[what], what
    at = ward.last // SLOT + (ends or 0)
    if ends is not None and not stopped and at < len(ward.given):
        end = EndOfCourse(START + timedelta(minutes=at * SLOT), Ending.TRANSPLANT, None)
        ended = replan(whole, replace(happened, end=end))
        assert ended.ended
        holds(ended, ward, ward.given[:at])


def holds(found: Replanned, ward: Ward, given: list[int]) -> None:
    """A course gives that much slot by slot, without a gap, and can be made again from its ledger."""
    events = found.course.events
    rates = [event.rate for event in events for _ in range(event.period.start // SLOT, event.period.stop // SLOT)]
    assert rates == given
    assert all(one.period.stop == other.period.start for one, other in pairwise(events))
    assert all(event.period.minutes > 0 for event in events)
    assert all((event.period.step == 0) is (event.period.dose is None) for event in events)
    assert replay(found.undated, ledger_of(ledger_data(found.ledger))) == found
