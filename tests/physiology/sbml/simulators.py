"""Simulators of others that run an exported model: libRoadRunner (CVODE) and COPASI (LSODA)."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from blinplan.physiology.model.population import FloatArray
from tests.public_files import package


class Tolerance(NamedTuple):
    """The error that a simulator allows; its own default where None."""

    relative: float | None = None
    absolute: float | None = None


DEFAULT, FINE = Tolerance(), Tolerance(1e-10, 1e-14)

Simulator = Callable[[str, int, Sequence[str], Tolerance], FloatArray]
"""From SBML, whole days and names of series to their values (series, days + 1) on each day."""


def libroadrunner(model: str, days: int, names: Sequence[str], tolerance: Tolerance) -> FloatArray:
    """Run with libRoadRunner."""
    roadrunner = package("roadrunner")
    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_FATAL)
    _compiled(model)
    runner = roadrunner.RoadRunner(model)
    if tolerance.relative is not None:
        runner.integrator.relative_tolerance = tolerance.relative
        runner.integrator.absolute_tolerance = tolerance.absolute
        runner.integrator.maximum_num_steps = 2_000_000
    runner.timeCourseSelections = list(names)
    return np.array(runner.simulate(0, days, days + 1), dtype=np.float64).T


@lru_cache(maxsize=1)
def _compiled(model: str) -> Any:
    """A model loaded, while which lives nobody who loads it again waits for its compiler."""
    return package("roadrunner").RoadRunner(model)


def copasi(model: str, days: int, names: Sequence[str], tolerance: Tolerance) -> FloatArray:
    """Run with COPASI; an `ArithmeticError` where it does not come to the end."""
    program = package("COPASI")
    data = program.CRootContainer.addDatamodel()
    assert data.importSBMLFromString(model)
    task = data.getTask("Time-Course")
    task.setMethodType(program.CTaskEnum.Method_deterministic)
    problem, method = task.getProblem(), task.getMethod()
    problem.setDuration(days)
    problem.setStepNumber(days)
    problem.setTimeSeriesRequested(True)
    if tolerance.relative is not None:
        method.getParameter("Relative Tolerance").setDblValue(tolerance.relative)
        method.getParameter("Absolute Tolerance").setDblValue(tolerance.absolute)
    ended, series = task.process(True), task.getTimeSeries()
    if not ended or series.getRecordedSteps() != days + 1:
        raise ArithmeticError(task.getProcessError())
    columns = {series.getSBMLId(i, data): i for i in range(series.getNumVariables())}
    found = [[series.getConcentrationData(day, columns[name]) for day in range(days + 1)] for name in names]
    program.CRootContainer.removeDatamodel(data)
    return np.array(found)


SIMULATORS: dict[str, Simulator] = {"libRoadRunner": libroadrunner, "COPASI": copasi}
