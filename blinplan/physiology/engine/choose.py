"""Which engine does the arithmetic: the only file that knows both.

Both give the same bytes. So the name says what is installed, and who needs no crowd does not wait for a compiler: few
patients are computed by NumPy under the name of the compiled engine, until there is machine code and it is loaded.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec

from blinplan.physiology.engine.by_numpy.engine import NUMPY
from blinplan.physiology.engine.integrate import Advance, Engine, EngineName, Timetable
from blinplan.physiology.engine.machine_code import ALIKE, SETS, is_kept
from blinplan.physiology.engine.own.plan import OwnPlan, SetPlans, Steps
from blinplan.physiology.engine.own.sets import advancing_sets
from blinplan.physiology.engine.plans import plan_of, plans_of_sets
from blinplan.physiology.engine.step.moment import Individual
from blinplan.physiology.engine.step.plan import StepPlan
from blinplan.physiology.model.population import Constants

WORTH_COMPILING = 20_000
"""Patients who take NumPy nearly as long as compiling takes.

Compiling took 18.2, 18.8 and 19.3 s of processor time, NumPy 0.65 to 0.83 ms a patient (endpoints of rr-adult, 4,096
patients, six runs beside it), machine code 0.06 ms: as long for some 29,000 patients. Machine code is kept and serves
later runs, so that it is worth it somewhat sooner. What patients of parameter sets of their own need is machine code by
itself: 14.7 and 15.9 s, NumPy 0.63 ms a set of one patient, machine code 0.045 ms (1,024 sets): as long for 25,000.
"""
WORTH_LOADING = 300
"""Patients who take NumPy as long as it takes to import numba and the machine code that is there, 0.2 s."""
_ALONE = 60
"""Patients of a crowd who take NumPy as long as one alone, 31 ms."""
_SIDE_BY_SIDE = 32
"""Patients of one parameter set, below which sets go side by side: so many take 42 µs each by themselves, and 40 so."""


def engine_called(name: EngineName | None) -> Engine:
    """An engine by its name; without one, the compiled engine where the extra `fast` is installed, else NumPy.

    Raises
    ------
    ImportError
        When the compiled engine is asked for and not installed.
    """
    if name == "numpy" or (name is None and not _is_installed()):
        return NUMPY
    if not _is_installed():
        raise ImportError("numba is not installed: pip install 'blinplan[fast]'")
    return Engine("compiled", _advancing_compiled, chunk=2048)


def takes_turns(name: EngineName | None, patients: int | None = None, courses: int = 1) -> bool:
    """Whether threads would wait for each other, as in many short calls of NumPy: it computes so many patients.

    Of a number that nobody knows, as if they were many. By machine code, too, where there are few patients of each of
    many courses: Python lays a course out in more time than these take. That is, where the code is there: of many
    copies each would make it.
    """
    if engine_called(name) is NUMPY:
        return True
    if patients is None:
        return False
    if courses >= _MANY_COURSES and courses * _OF_A_COURSE > patients and is_kept(ALIKE):
        return True
    return name is None and not _without_code.is_worth_it(patients)


_MANY_COURSES, _OF_A_COURSE = 128, 32
"""Courses that take as long as copying this process is worth, and patients who take as long as laying out a course.

Measured: 0.7 to 1.2 ms a course, and 0.03 ms each further patient of it.
"""


def engine_for(name: EngineName | None, patients: int, sets: int = 1) -> Engine:
    """What computes so many patients, of so many parameter sets, with the bytes of the engine of that name.

    NumPy where few would wait.
    """
    named = engine_called(name)
    if name is not None or named is NUMPY:
        return named
    few = _go_side_by_side(patients, sets)
    code = _without_code_of_sets if few else _without_code
    is_worth_it = code.is_worth_it(patients) or (few and _without_code.is_worth_loading(patients))
    code.patients += max(_ALONE, patients)
    return named if is_worth_it and _can_be_imported() else NUMPY


def steps_for(name: EngineName, timetable: Timetable, constants: Constants, days: tuple[float, ...]) -> Steps:
    """The steps of the patients of a chunk, as the engine of a name takes them."""
    if name == "numpy":
        return plan_of(timetable, constants, days)
    few = _go_side_by_side(max(map(len, constants.differing.values()), default=1), constants.sets)
    side_by_side = few and _without_code_of_sets.is_worth_it(0) and _can_be_imported()
    return plans_of_sets(timetable, constants, days, side_by_side=side_by_side)


def _go_side_by_side(patients: int, sets: int) -> bool:
    """Whether sets have so few patients each that they go side by side, where there is machine code for it."""
    return sets > 1 and patients < _SIDE_BY_SIDE * sets


def expect(patients: int, courses: int = 1) -> None:
    """Say that so many patients come, some at a time: whether compiling is worth it is known before the first.

    Those of each of so many courses go by themselves.
    """
    _without_code.expect(max(patients, _ALONE * courses))


def expect_sets(patients: int) -> None:
    """Say the same of patients of parameter sets of their own."""
    _without_code_of_sets.expect(patients)


@cache
def _can_be_imported() -> bool:
    """Whether numba can be imported: one that does not fit the NumPy beside it is there, and cannot."""
    try:
        _kernel()
    except Exception:  # as a ValueError of what the environment says to it
        return False
    return True


class _WithoutCode:
    """How many patients NumPy has computed in this process, one alone for as long as many, and how many are to come."""

    def __init__(self, compiled: str = ALIKE) -> None:
        self.patients, self.expected, self._kept = 0, 0, False
        self._compiled = compiled

    def expect(self, patients: int) -> None:
        """Take in that so many more are to come."""
        self.expected = max(self.expected, self.patients + patients)

    def is_worth_it(self, patients: int) -> bool:
        """Whether so many more are, with the others, worth machine code: to be loaded where there is some, or made."""
        return self._all(patients) >= WORTH_COMPILING or self.is_worth_loading(patients)

    def is_worth_loading(self, patients: int) -> bool:
        """Whether there is machine code now, and it is loaded, or so many more are worth it with the others."""
        self._kept = self._kept or is_kept(self._compiled)
        return self._kept and (_is_loaded() or self._all(patients) >= WORTH_LOADING)

    def _all(self, patients: int) -> int:
        return max(self.patients + patients, self.expected)


_COMPILED = "blinplan.physiology.engine.compiled"
_without_code = _WithoutCode()
_without_code_of_sets = _WithoutCode(SETS)


@cache  # asked for each chunk, and looked for in every folder that Python imports from
def _is_installed() -> bool:
    return find_spec("numba") is not None


def _is_loaded() -> bool:
    """Whether this process has imported numba and the kernel."""
    return _COMPILED in sys.modules


def _kernel() -> Callable[[StepPlan, Individual, Constants], Advance]:
    from blinplan.physiology.engine.compiled import advancing_compiled

    return advancing_compiled


def _advancing_compiled(course: Steps, p: Individual, c: Constants) -> Advance:
    """What advances by machine code; by NumPy, to the same bytes, where numba is there and cannot be imported."""
    assert not isinstance(course, OwnPlan)  # noqa: S101 - those who go side by side take the same steps
    advancing = _kernel() if _can_be_imported() else NUMPY.advancing
    return advancing_sets(advancing, course, p, c) if isinstance(course, SetPlans) else advancing(course, p, c)
