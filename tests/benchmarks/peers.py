"""What somebody would take instead: each simulates the same patients one after the other, every state on every day."""

import ctypes
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from itertools import pairwise
from typing import Any

import numpy as np

from blinplan.physiology import Dosing, Population
from blinplan.physiology.model.population import FloatArray
from blinplan.physiology.model.sbml import constants_of, initial_states, to_sbml
from blinplan.physiology.model.states import initial_state
from blinplan.quantities import MINUTES_PER_DAY
from tests.benchmarks.engines import series
from tests.benchmarks.plain import by_plain, derivative, parameters_of
from tests.witness import SCALES

Run = Callable[[int], FloatArray]
"""The series of so many of the patients, the first ones."""

Peer = Callable[[Dosing, Population, FloatArray, float], Run]
"""Makes ready to simulate a course at a relative tolerance."""

ABSOLUTE = 1e-2
"""The absolute tolerance of every peer, over its relative one."""


def plain(threads: int = 1) -> Peer:
    """Dormand-Prince 5(4), compiled by numba."""

    def ready(dosing: Dosing, people: Population, days: FloatArray, relative: float) -> Run:
        def run(count: int) -> FloatArray:
            some, course = _first(dosing, people, count)
            return series(by_plain(course, some, days, relative, ABSOLUTE * relative, threads), some)

        return run

    return ready


def scipy(dosing: Dosing, people: Population, days: FloatArray, relative: float) -> Run:
    """SciPy's LSODA, with the right-hand side compiled by numba."""
    from scipy.integrate import odeint

    parameters, starts = parameters_of(people), initial_state(people)

    def solve(patient: int, rate: float, y: FloatArray, times: FloatArray) -> FloatArray:
        dy, own = np.empty(y.shape[0]), parameters[patient]

        def rates_of_change(y: FloatArray, _: float) -> FloatArray:
            derivative(y, rate, own, dy)
            return dy

        found = odeint(rates_of_change, y, times, rtol=relative, atol=ABSOLUTE * relative, mxstep=100_000)
        return np.asarray(found)

    return _run_by_intervals(dosing, people, days, starts, solve)


def sundials(dosing: Dosing, people: Population, days: FloatArray, relative: float) -> Run:
    """CVODE of SUNDIALS, by scikit-sundae, with the right-hand side compiled by numba."""
    cvode = import_module("sksundae.cvode")
    parameters, starts = parameters_of(people), initial_state(people)

    def solve(patient: int, rate: float, y: FloatArray, times: FloatArray) -> FloatArray:
        own = parameters[patient]

        def rates_of_change(_: float, y: FloatArray, dy: FloatArray) -> None:
            derivative(y, rate, own, dy)

        solver = cvode.CVODE(rates_of_change, rtol=relative, atol=ABSOLUTE * relative, max_num_steps=100_000)
        return np.asarray(solver.solve(times, y).y)

    return _run_by_intervals(dosing, people, days, starts, solve)


Solve = Callable[[int, float, FloatArray, FloatArray], FloatArray]
"""From a patient, a rate, a state and times, of which the first is that of the state, to the states (times, states)."""


def _run_by_intervals(dosing: Dosing, people: Population, days: FloatArray, starts: FloatArray, solve: Solve) -> Run:
    return lambda count: series(_by_intervals(dosing, days, starts, count, solve), people.select(slice(0, count)))


def _by_intervals(dosing: Dosing, days: FloatArray, starts: FloatArray, count: int, solve: Solve) -> FloatArray:
    """The states (states, times, patients) of a solver that begins anew where the infusion changes."""
    out = np.empty((starts.shape[0], days.shape[0], count))
    edges = np.array(dosing.edges_minutes) / MINUTES_PER_DAY
    for patient in range(count):
        y, column = starts[:, patient].copy(), patient if dosing.rates.shape[1] > 1 else 0
        for interval, (start, stop) in enumerate(pairwise(edges)):
            inside = np.flatnonzero((days >= start) & (days <= stop))
            times = np.union1d(days[inside], [start, stop])
            found = solve(patient, float(dosing.rates[interval, column]), y, times)
            out[:, inside, patient] = found[np.searchsorted(times, days[inside])].T
            y = np.array(found[-1])
    return out


def libroadrunner(dosing: Dosing, people: Population, days: FloatArray, relative: float) -> Run:
    """CVODE of libRoadRunner, with the exported model loaded and compiled once."""
    roadrunner: Any = import_module("roadrunner")
    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_FATAL)
    runner = roadrunner.RoadRunner(to_sbml(dosing, people))
    runner.integrator.relative_tolerance = relative
    runner.integrator.absolute_tolerance = ABSOLUTE * relative
    runner.integrator.maximum_num_steps = 100_000
    runner.timeCourseSelections = list(SCALES)

    def run(count: int) -> FloatArray:
        found = []
        for patient in range(count):
            runner.reset()
            for name, value in _values(dosing, people, patient).items():
                runner[name] = value
            with _quiet():
                found.append(np.array(runner.simulate(0, days[-1], days.shape[0])).T)
        return np.stack(found, axis=-1)

    return run


def copasi(dosing: Dosing, people: Population, days: FloatArray, relative: float) -> Run:
    """LSODA of COPASI, with the exported model loaded once."""
    program: Any = import_module("COPASI")
    data = program.CRootContainer.addDatamodel()
    if not data.importSBMLFromString(to_sbml(dosing, people)):
        raise ArithmeticError("COPASI does not read the model")
    model, task = data.getModel(), data.getTask("Time-Course")
    task.setMethodType(program.CTaskEnum.Method_deterministic)
    problem, method = task.getProblem(), task.getMethod()
    problem.setDuration(float(days[-1]))
    problem.setStepNumber(days.shape[0] - 1)
    problem.setTimeSeriesRequested(True)
    method.getParameter("Relative Tolerance").setDblValue(relative)
    method.getParameter("Absolute Tolerance").setDblValue(ABSOLUTE * relative)
    values = {model.getModelValue(k).getSBMLId(): model.getModelValue(k) for k in range(model.getNumModelValues())}

    def one(patient: int) -> FloatArray:
        changed = program.ObjectStdVector()
        for name, value in _values(dosing, people, patient).items():
            values[name].setInitialValue(value)
            changed.append(values[name].getInitialValueReference())
        model.updateInitialValues(changed)
        if not task.process(True):
            raise ArithmeticError(task.getProcessError())
        series = task.getTimeSeries()
        columns = {series.getSBMLId(k, data): k for k in range(series.getNumVariables())}
        steps = range(days.shape[0])
        return np.array([[series.getConcentrationData(step, columns[name]) for step in steps] for name in SCALES])

    return lambda count: np.stack([one(patient) for patient in range(count)], axis=-1)


def _values(dosing: Dosing, people: Population, patient: int) -> dict[str, float]:
    """What the exported model has of a patient, by its names."""
    column = patient if dosing.rates.shape[1] > 1 else 0
    rates = {f"rate_{k}": float(rate) for k, rate in enumerate(dosing.rates[:, column])}
    values = {**constants_of(people, patient), **initial_states(people, patient), **rates}
    values["rate"] = values.pop("rate_0")
    return values


def _first(dosing: Dosing, people: Population, count: int) -> tuple[Population, Dosing]:
    """The first patients of a population, and what they get."""
    from dataclasses import replace

    rates = dosing.rates if dosing.rates.shape[1] == 1 else dosing.rates[:, :count]
    return people.select(slice(0, count)), replace(dosing, rates=rates)


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence the integrator, which writes a line at every event past the logger, so that it is not timed for that."""
    sys.stdout.flush()
    kept, nowhere = (os.dup(1), os.dup(2)), os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    try:
        yield
    finally:
        ctypes.CDLL(None).fflush(None)
        for stream, before in zip((1, 2), kept, strict=True):
            os.dup2(before, stream)
            os.close(before)
        os.close(nowhere)
